package dev.sallyport.internal.flight;

import dev.sallyport.internal.names.AddressText;
import java.net.SocketAddress;
import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import org.jspecify.annotations.Nullable;

/** An established connection has ended. */
@Name("dev.sallyport.Close")
@Label("TLS Close")
@Category({"Sallyport", "Server"})
@Description("An established connection has ended")
@StackTrace(false)
final class CloseEvent extends Event {
    @Label("Remote Address")
    @Nullable String remoteAddress;

    @Label("Bytes Received")
    @DataAmount
    long bytesReceived;

    @Label("Bytes Sent")
    @DataAmount
    long bytesSent;

    @Label("Error")
    @Description("What ended it early; null after an orderly close")
    @Nullable String error;

    private CloseEvent() {}

    /** Writes one, if anybody wants it. */
    static void write(SocketAddress remote, long received, long sent, @Nullable Throwable error) {
        CloseEvent event = new CloseEvent();
        if (event.isEnabled()) {
            event.remoteAddress = AddressText.of(remote);
            event.bytesReceived = received;
            event.bytesSent = sent;
            event.error = error == null ? null : error.toString();
            event.commit();
        }
    }
}
