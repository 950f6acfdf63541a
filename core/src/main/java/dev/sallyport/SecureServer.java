package dev.sallyport;

import java.io.Closeable;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A TLS server that is bound: what a {@link SecureServerSocket} and a {@link RawSecureServerSocket} have in common, which is
 * all but the way to take connections. Its addresses, options and statistics can be read after close, too.
 *
 * <p>Any thread may call any method; none blocks. Futures complete on {@link BindOptions#executor}.
 */
public sealed interface SecureServer extends Closeable permits SecureServerSocket, RawSecureServerSocket {
    // ---- what it is

    /** {@return the port bound; 0 for a Unix-domain address} */
    default int port() {
        return localAddress() instanceof InetSocketAddress inet ? inet.getPort() : 0;
    }

    /** {@return the address bound, or null for a Unix-domain address} */
    default @Nullable InetAddress address() {
        return localAddress() instanceof InetSocketAddress inet ? inet.getAddress() : null;
    }

    /** {@return the address and port bound, or the path} */
    SocketAddress localAddress();

    /** {@return the options it was bound with} */
    BindOptions options();

    /** {@return the transport in use: never {@code AUTO}} */
    Transport transport();

    /** {@return the provider in use: never {@code AUTO}} */
    TlsProvider provider();

    /** {@return the numbers so far} */
    ServerStatistics statistics();

    // ---- its context

    /** {@return the context that handshakes use now} */
    SecurityContext context();

    /**
     * Lets later handshakes use another context; established connections keep theirs, and no handshake fails because of
     * the change.
     *
     * @throws IllegalArgumentException when the context could not have been bound with, as in {@code bind}
     * @throws IllegalStateException when the server is closed
     */
    void replaceContext(SecurityContext replacement);

    // ---- ending

    /** {@return whether it has been neither closed nor shut down} */
    boolean isOpen();

    /**
     * Stops listening. Established connections stay; those still on their way are closed, or given to another server that
     * shares the address and may have them. May be repeated.
     */
    @Override
    void close();

    /**
     * Ends the server in order: it stops listening, lets handshakes finish and connections end, and resets those that are
     * left after {@code grace}. Handlers can tell by {@link #onDraining()} and {@link SecureConnection#onDraining()}.
     *
     * @param grace zero, for none, or more
     * @return completes when no connection is left
     */
    CompletableFuture<Void> shutdown(Duration grace);

    /** {@return completes when {@link #shutdown} or {@link #close} has begun} */
    CompletableFuture<Void> onDraining();

    /** {@return completes when the listening socket has been given back to the system} */
    CompletableFuture<Void> onClosed();
}
