package dev.sallyport.internal.flight;

import dev.sallyport.internal.names.AddressText;
import java.net.SocketAddress;
import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import org.jspecify.annotations.Nullable;

/** A connection was taken from the kernel. */
@Name("dev.sallyport.Accept")
@Label("TLS Accept")
@Category({"Sallyport", "Server"})
@Description("A connection was taken from the system, before its handshake")
@StackTrace(false)
final class AcceptEvent extends Event {
    @Label("Local Address")
    @Nullable String localAddress;

    @Label("Remote Address")
    @Nullable String remoteAddress;

    private AcceptEvent() {}

    /** Writes one, if anybody wants it. */
    static void write(SocketAddress local, SocketAddress remote) {
        AcceptEvent event = new AcceptEvent();
        if (event.isEnabled()) {
            event.localAddress = AddressText.of(local);
            event.remoteAddress = AddressText.of(remote);
            event.commit();
        }
    }
}
