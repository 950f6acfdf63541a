package dev.sallyport.support;

import static dev.sallyport.testkit.Awaiting.PATIENCE;

import dev.sallyport.BindOptions;
import dev.sallyport.ConnectionInfo;
import dev.sallyport.HandshakeException;
import dev.sallyport.HandshakeInfo;
import dev.sallyport.SecureServerSocket;
import dev.sallyport.SecurityContext;
import dev.sallyport.ServerObserver;
import dev.sallyport.ServerStatistics;
import dev.sallyport.matrix.Setup;
import java.io.IOException;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A blocking echo server that tells, one after the other, what became of its connections. */
public final class WatchedEcho implements ServerObserver, AutoCloseable {
    private final BlockingQueue<HandshakeInfo> handshakes = new LinkedBlockingQueue<>();
    private final BlockingQueue<HandshakeException> failures = new LinkedBlockingQueue<>();
    private final BlockingQueue<String> ends = new LinkedBlockingQueue<>();
    private final SecureServerSocket server;

    private WatchedEcho(Setup setup, SecurityContext context, Consumer<BindOptions.Builder> options)
            throws IOException {
        server = setup.open(context, builder -> options.accept(builder.observer(this)));
        server.serve(socket -> socket.inputStream().transferTo(socket.outputStream()));
    }

    public static WatchedEcho open(Setup setup, SecurityContext context) throws IOException {
        return open(setup, context, options -> {});
    }

    public static WatchedEcho open(Setup setup, SecurityContext context, Consumer<BindOptions.Builder> options)
            throws IOException {
        return new WatchedEcho(setup, context, options);
    }

    public int port() {
        return server.port();
    }

    public ServerStatistics statistics() {
        return server.statistics();
    }

    public HandshakeInfo nextHandshake() throws InterruptedException {
        return next("a handshake", handshakes);
    }

    public HandshakeException nextFailure() throws InterruptedException {
        return next("a failed handshake", failures);
    }

    /** {@return "in order", or what ended the connection} */
    public String nextEnd() throws InterruptedException {
        return next("the end of a connection", ends);
    }

    private static <T> T next(String what, BlockingQueue<T> queue) throws InterruptedException {
        T next = queue.poll(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        if (next == null) {
            throw new AssertionError("waited " + PATIENCE + " for " + what);
        }
        return next;
    }

    @Override
    public void connectionOpened(ConnectionInfo connection) {
        handshakes.add(connection.handshake());
    }

    @Override
    public void handshakeFailed(HandshakeException failure) {
        failures.add(failure);
    }

    @Override
    public void connectionClosed(ConnectionInfo connection, @Nullable Throwable error) {
        ends.add(error == null ? "in order" : error.toString());
    }

    @Override
    public void close() {
        server.close();
    }
}
