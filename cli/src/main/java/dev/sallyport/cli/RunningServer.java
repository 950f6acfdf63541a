package dev.sallyport.cli;

import dev.sallyport.RawSecureServerSocket;
import dev.sallyport.SecureServerSocket;
import dev.sallyport.SecurityContext;
import dev.sallyport.TlsProvider;
import dev.sallyport.Transport;
import dev.sallyport.micrometer.ServerMetrics;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * What the program needs of a server once it serves; the library's two kinds have no type in common.
 *
 * @param port the port bound
 * @param engine what does the work, for a person
 * @param context what handshakes use now
 * @param meters its numbers
 * @param shutdown ends it within the grace that is given
 * @param closed completes when it has ended
 */
record RunningServer(
        int port,
        String engine,
        Supplier<SecurityContext> context,
        MeterBinder meters,
        Function<Duration, CompletableFuture<Void>> shutdown,
        CompletableFuture<Void> closed) {
    static RunningServer of(SecureServerSocket socket) {
        return new RunningServer(
                socket.port(),
                engine(socket.provider(), socket.transport()),
                socket::context,
                new ServerMetrics(socket, Tags.empty()),
                socket::shutdown,
                socket.onClosed());
    }

    static RunningServer of(RawSecureServerSocket socket) {
        return new RunningServer(
                socket.port(),
                engine(socket.provider(), socket.transport()),
                socket::context,
                new ServerMetrics(socket, Tags.empty()),
                socket::shutdown,
                socket.onClosed());
    }

    private static String engine(TlsProvider provider, Transport transport) {
        String tls = provider == TlsProvider.BORINGSSL ? "BoringSSL" : "the JDK's TLS";
        return tls + " over " + transport.name().toLowerCase(Locale.ROOT);
    }
}
