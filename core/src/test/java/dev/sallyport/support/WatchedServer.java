package dev.sallyport.support;

import static dev.sallyport.testkit.Awaiting.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.BindOptions;
import dev.sallyport.HandshakeException;
import dev.sallyport.HandshakeException.Reason;
import dev.sallyport.Limit;
import dev.sallyport.SecureServerSocket;
import dev.sallyport.SecureSocket;
import dev.sallyport.SecurityContext;
import dev.sallyport.ServerObserver;
import dev.sallyport.ServerStatistics;
import dev.sallyport.matrix.Setup;
import dev.sallyport.testkit.Awaiting;
import dev.sallyport.testkit.HostileClient;
import dev.sallyport.testkit.JdkTlsClient;
import dev.sallyport.testkit.TlsConnection;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A server that echoes, and what its observer heard. Each handshake that fails has to be accounted for with
 * {@link #failure}, in which all that is promised of every failure is checked.
 */
public final class WatchedServer implements AutoCloseable {
    private final Setup setup;
    private final SecureServerSocket server;
    private final Heard heard;
    private final Map<Reason, Long> expected = new EnumMap<>(Reason.class);

    private WatchedServer(Setup setup, SecureServerSocket server, Heard heard) {
        this.setup = setup;
        this.server = server;
        this.heard = heard;
    }

    public static WatchedServer open(Setup setup) throws IOException {
        return open(setup, options -> {});
    }

    public static WatchedServer open(Setup setup, Consumer<BindOptions.Builder> options) throws IOException {
        return open(setup, setup.context().build(), options);
    }

    public static WatchedServer open(Setup setup, SecurityContext context, Consumer<BindOptions.Builder> options)
            throws IOException {
        Heard heard = new Heard();
        SecureServerSocket server = setup.open(context, builder -> options.accept(builder.observer(heard)));
        server.serve(socket -> {
            heard.accepted.add(socket);
            socket.inputStream().transferTo(socket.outputStream());
        });
        return new WatchedServer(setup, server, heard);
    }

    public SecureServerSocket server() {
        return server;
    }

    public ServerStatistics statistics() {
        return server.statistics();
    }

    public InetSocketAddress address() {
        return (InetSocketAddress) server.localAddress();
    }

    /** {@return a client of the matrix's version} */
    public JdkTlsClient client() {
        return setup.client(server.port());
    }

    /** {@return a connection that has sent nothing yet} */
    public HostileClient hostile() throws IOException {
        return HostileClient.to(address());
    }

    /** {@return the next connection that was delivered} */
    public SecureSocket accepted() throws InterruptedException {
        return next("a connection to be delivered", heard.accepted);
    }

    /** {@return the next bound that was reached} */
    public Limit limit() throws InterruptedException {
        return next("a limit to be reached", heard.limits);
    }

    /** The next failed handshake, which must be that of this client and server name. */
    public HandshakeException failure(Reason reason, SocketAddress peer, @Nullable String serverName)
            throws InterruptedException {
        HandshakeException failure = failure(reason);
        assertThat(failure.remoteAddress()).isEqualTo(peer);
        assertThat(failure.serverName()).isEqualTo(serverName);
        return failure;
    }

    /** The next failed handshake; its message is as promised and it was counted before. */
    public HandshakeException failure(Reason reason) throws InterruptedException {
        HandshakeException failure = next("the observer to hear of a failed handshake", heard.failures);
        assertThat(failure.reason()).as(failure.getMessage()).isEqualTo(reason);
        int port = ((InetSocketAddress) failure.remoteAddress()).getPort();
        assertThat(failure).hasMessageMatching("(?s)handshake 127\\.0\\.0\\.1:" + port + ": (?!handshake ).+");
        expected.merge(reason, 1L, Long::sum);
        assertThat(failuresCounted().get(reason)).isGreaterThanOrEqualTo(expected.get(reason));
        return failure;
    }

    private Map<Reason, Long> failuresCounted() {
        Map<Reason, Long> counted = new EnumMap<>(statistics().handshakesFailedByReason());
        counted.values().removeIf(count -> count == 0);
        return counted;
    }

    /** A good client gets its echo, and nothing has failed but what was expected. */
    public void assertServes() throws IOException {
        assertServes(client());
    }

    public void assertServes(JdkTlsClient client) throws IOException {
        try (TlsConnection connection = client.connect()) {
            connection.send("ping");
            assertThat(new String(connection.receive(4), StandardCharsets.UTF_8))
                    .isEqualTo("ping");
        }
        assertThat(failuresCounted()).isEqualTo(expected);
    }

    /** Everything that was accepted is gone again. */
    public void awaitNoConnections() {
        Awaiting.until(
                "all connections to be gone", PATIENCE, () -> statistics().connectionsOpen() == 0);
    }

    @Override
    public void close() {
        server.close();
    }

    private static <T> T next(String what, BlockingQueue<T> queue) throws InterruptedException {
        T next = queue.poll(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        assertThat(next).as("waited " + PATIENCE + " for " + what).isNotNull();
        return next;
    }

    private static final class Heard implements ServerObserver {
        final BlockingQueue<HandshakeException> failures = new LinkedBlockingQueue<>();
        final BlockingQueue<Limit> limits = new LinkedBlockingQueue<>();
        final BlockingQueue<SecureSocket> accepted = new LinkedBlockingQueue<>();

        @Override
        public void handshakeFailed(HandshakeException failure) {
            failures.add(failure);
        }

        @Override
        public void limitReached(Limit limit) {
            limits.add(limit);
        }
    }
}
