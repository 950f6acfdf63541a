package dev.sallyport.internal.flight;

import dev.sallyport.internal.names.AddressText;
import java.net.SocketAddress;
import java.nio.file.Path;
import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import org.jspecify.annotations.Nullable;

/** The security context of a server was replaced, or could not be. */
@Name("dev.sallyport.ContextReload")
@Label("TLS Context Reload")
@Category({"Sallyport", "Server"})
@Description("The security context of a server was replaced, or its changed files could not be used")
@StackTrace(false)
final class ContextEvent extends Event {
    @Label("Local Address")
    @Nullable String localAddress;

    @Label("Replaced")
    boolean replaced;

    @Label("File")
    @Description("The changed file that could not be used")
    @Nullable String file;

    @Label("Error")
    @Nullable String error;

    private ContextEvent() {}

    /** Writes one of a context that is in use now, if anybody wants it. */
    static void replaced(SocketAddress local) {
        write(local, true, null, null);
    }

    /** Writes one of a file that could not be used, if anybody wants it. */
    static void refused(SocketAddress local, Path file, Throwable error) {
        write(local, false, file, error);
    }

    private static void write(SocketAddress local, boolean replaced, @Nullable Path file, @Nullable Throwable error) {
        ContextEvent event = new ContextEvent();
        if (event.isEnabled()) {
            event.localAddress = AddressText.of(local);
            event.replaced = replaced;
            event.file = file == null ? null : file.toString();
            event.error = error == null ? null : error.getMessage();
            event.commit();
        }
    }
}
