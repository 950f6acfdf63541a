package dev.sallyport.bind;

import dev.sallyport.SecureServerSocket;
import dev.sallyport.SecurityContext;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.function.IntFunction;

/** A server to be made inside another class loader, where all of the library is there a second time. */
public final class ForeignServer implements IntFunction<AutoCloseable> {
    /** Binds a port of 127.0.0.1, shared, and sends one byte to each connection. */
    @Override
    public AutoCloseable apply(int port) {
        try {
            SecureServerSocket server = SecureServerSocket.open(
                    "127.0.0.1", port, SecurityContext.selfSigned("localhost"), options -> options.shared(true));
            server.serve(socket -> {
                socket.outputStream().write(server.port());
                socket.close();
            });
            return server;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
