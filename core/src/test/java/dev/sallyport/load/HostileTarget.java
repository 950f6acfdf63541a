package dev.sallyport.load;

import static dev.sallyport.testkit.Awaiting.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.BindOptions;
import dev.sallyport.ConnectionInfo;
import dev.sallyport.HandshakeException;
import dev.sallyport.HandshakeException.Reason;
import dev.sallyport.SecureServerSocket;
import dev.sallyport.SecureSocket;
import dev.sallyport.SecurityContext;
import dev.sallyport.ServerObserver;
import dev.sallyport.TruncatedStreamException;
import dev.sallyport.internal.resource.OwnedCount;
import dev.sallyport.matrix.Setup;
import dev.sallyport.testkit.Awaiting;
import dev.sallyport.testkit.JdkTlsClient;
import dev.sallyport.testkit.TestPki;
import dev.sallyport.testkit.TlsConnection;
import dev.sallyport.testkit.hostile.HostileCase;
import dev.sallyport.testkit.hostile.Outcome;
import dev.sallyport.testkit.hostile.ScriptedTlsClient;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** A server that echoes, meets hostile clients one after the other, and is looked over after each. */
public final class HostileTarget implements AutoCloseable, ServerObserver {
    /** How a connection ended, what was said of it, and why if it was refused. */
    private record End(
            Outcome outcome, String text, @Nullable Reason reason) {}

    private final ConcurrentHashMap<SocketAddress, End> ends = new ConcurrentHashMap<>();
    private final Set<SocketAddress> truncations = ConcurrentHashMap.newKeySet();
    private final Setup setup;
    private final SecureServerSocket server;
    private final JdkTlsClient good;
    private final Map<Reason, Long> failed = new EnumMap<>(Reason.class);
    private final Map<OwnedCount, Long> owned;

    private HostileTarget(Setup setup, SecurityContext context, Consumer<BindOptions.Builder> options)
            throws IOException {
        this.setup = setup;
        server = setup.open(context, builder -> options.accept(builder.observer(this)));
        server.serve(this::echo);
        good = client();
        try (TlsConnection connection = good.connect()) {
            connection.send("x");
            connection.receive(1);
        }
        Awaiting.until(
                "the first to be gone", PATIENCE, () -> server.statistics().connectionsOpen() == 0);
        owned = OwnedCount.snapshot();
    }

    public static HostileTarget open(Setup setup) throws IOException {
        return new HostileTarget(setup, setup.context().build(), options -> {});
    }

    /** {@return a server that lets nobody in without a certificate of {@link TestPki#ca()}; its good client has one} */
    public static HostileTarget requiringCertificates(Setup setup) throws IOException {
        SecurityContext context =
                setup.context().trustedCertificates(TestPki.ca().certificate()).build();
        return new HostileTarget(setup, context, options -> options.requireClientCertificate(true));
    }

    public SocketAddress address() {
        return server.localAddress();
    }

    /** {@return a new client that behaves} */
    public JdkTlsClient client() {
        return setup.client(server.port()).identity(TestPki.client());
    }

    /** Lets each case happen, also after one was not as it should be. */
    public void meetAll(List<HostileCase> cases) {
        List<String> failures = new ArrayList<>();
        for (HostileCase each : cases) {
            try {
                meet(each);
            } catch (Exception | AssertionError failure) {
                failures.add(each + ": " + failure);
            }
        }
        assertThat(failures).isEmpty();
    }

    private void meet(HostileCase hostile) throws Exception {
        try (ScriptedTlsClient client = ScriptedTlsClient.to(server.localAddress())) {
            SocketAddress address = client.localAddress();
            ends.remove(address); // somebody's who had this port before
            hostile.script().run(client);
            assertEnded(address, hostile.outcomes().toArray(Outcome[]::new));
        }
        assertUnharmed();
    }

    /** The connection of this client ends, in one of these ways, and is counted so. */
    public void assertEnded(SocketAddress client, Outcome... expected) {
        Awaiting.until("the connection to end", PATIENCE, () -> ends.containsKey(client));
        End end = Objects.requireNonNull(ends.remove(client));
        assertThat(expected).as(end.text).contains(end.outcome);
        if (end.reason != null) {
            failed.merge(end.reason, 1L, Long::sum);
        }
    }

    /** That many more handshakes are going to fail, or have. */
    public void expectFailed(long count, Reason reason) {
        failed.merge(reason, count, Long::sum);
    }

    /** A good client is served; then there is no connection left, nor anything of one. */
    public void assertUnharmed() throws IOException {
        try (TlsConnection connection = good.connect()) {
            connection.send("x");
            assertThat(connection.receive(1)).containsExactly('x');
        }
        Awaiting.until(
                "all connections to be gone",
                PATIENCE,
                () -> server.statistics().connectionsOpen() == 0);
        Awaiting.until(
                "nothing to be left", PATIENCE, () -> OwnedCount.snapshot().equals(owned));
        Awaiting.until(
                "all that failed, and nothing else, to be counted",
                PATIENCE,
                () -> failuresCounted().equals(failed));
    }

    private Map<Reason, Long> failuresCounted() {
        Map<Reason, Long> counted = new EnumMap<>(server.statistics().handshakesFailedByReason());
        counted.values().removeIf(count -> count == 0);
        return counted;
    }

    private void echo(SecureSocket socket) throws IOException {
        try {
            socket.inputStream().transferTo(socket.outputStream());
        } catch (TruncatedStreamException truncated) {
            // it is the reader's to know: the connection itself might have gone on
            truncations.add(socket.remoteAddress());
            throw truncated;
        }
    }

    @Override
    public void handshakeFailed(HandshakeException failure) {
        Reason reason = failure.reason();
        ends.put(failure.remoteAddress(), new End(Outcome.valueOf(reason.name()), failure.toString(), reason));
    }

    @Override
    public void connectionClosed(ConnectionInfo connection, @Nullable Throwable error) {
        SocketAddress remote = connection.remoteAddress();
        Outcome outcome = truncations.remove(remote) ? Outcome.TRUNCATED : outcome(error);
        ends.put(remote, new End(outcome, String.valueOf(error), null));
    }

    private static Outcome outcome(@Nullable Throwable error) {
        if (error == null) {
            return Outcome.ENDED_IN_ORDER;
        }
        if (error instanceof SocketException) {
            return Outcome.RESET;
        }
        if (error instanceof SSLException) {
            return Outcome.BROKEN_OFF;
        }
        throw new AssertionError("an end that nothing says of", error);
    }

    @Override
    public void close() {
        server.close();
    }
}
