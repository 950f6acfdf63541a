package dev.sallyport.ending;

import static dev.sallyport.support.ConnectedPair.assertTalks;
import static dev.sallyport.testkit.Awaiting.PATIENCE;
import static dev.sallyport.testkit.Awaiting.result;
import static dev.sallyport.testkit.Awaiting.until;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.HandshakeException.Reason;
import dev.sallyport.InternetAddress;
import dev.sallyport.SecureServerSocket;
import dev.sallyport.SecureSocket;
import dev.sallyport.SecurityContext;
import dev.sallyport.matrix.Matrix;
import dev.sallyport.matrix.Matrix.Dimension;
import dev.sallyport.matrix.Setup;
import dev.sallyport.support.ConnectedPair;
import dev.sallyport.testkit.HostileClient;
import dev.sallyport.testkit.TlsConnection;
import java.net.ConnectException;
import java.net.Socket;
import java.net.SocketException;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Ending a server in order, and by force when that takes too long. */
class ShutdownTest {
    private static final Duration NEVER = Duration.ofDays(36_500);

    @Matrix(Dimension.TRANSPORT)
    void isDoneAtOnceWithoutConnections(Setup setup) throws Exception {
        SecureServerSocket server = setup.open(options -> {});
        CompletableFuture<SecureSocket> waiting = server.acceptAsync();
        result("the shutdown", PATIENCE, server.shutdown(NEVER));
        result("the close", PATIENCE, server.onClosed());
        result("the draining", PATIENCE, server.onDraining());
        assertThat(server.isOpen()).isFalse();
        assertThat(waiting)
                .failsWithin(PATIENCE)
                .withThrowableOfType(ExecutionException.class)
                .withCauseInstanceOf(AsynchronousCloseException.class);
        assertThatThrownBy(server::accept).isInstanceOf(ClosedChannelException.class);
    }

    @Matrix(Dimension.TRANSPORT)
    void stopsAcceptingAndLetsEstablishedConnectionsFinish(Setup setup) throws Exception {
        try (SecureServerSocket server = setup.open(options -> {});
                var pair = ConnectedPair.of(server, setup.client(server.port()))) {
            assertThat(server.onDraining()).isNotDone();
            assertThat(pair.socket.onDraining()).isNotDone();
            CompletableFuture<Void> ended = server.shutdown(NEVER);
            result("the server's draining", PATIENCE, server.onDraining());
            result("the connection's draining", PATIENCE, pair.socket.onDraining());
            result("the listening socket to close", PATIENCE, server.onClosed());
            assertThatExceptionOfType(ConnectException.class)
                    .isThrownBy(() -> new Socket(InternetAddress.LOOPBACK_IPV4, server.port()).close());
            assertTalks(pair);
            assertThat(ended).isNotDone();
            pair.socket.close();
            assertThat(pair.client.receiveAll()).isEmpty();
            pair.client.close();
            result("the shutdown", PATIENCE, ended);
        }
    }

    @Matrix(Dimension.TRANSPORT)
    void resetsWhatIsLeftAfterTheGrace(Setup setup) throws Exception {
        try (SecureServerSocket server = setup.open(options -> {});
                var pair = ConnectedPair.of(server, setup.client(server.port()))) {
            result("the shutdown", PATIENCE, server.shutdown(Duration.ofMillis(50)));
            assertThatThrownBy(() -> pair.client.in().read())
                    .isInstanceOf(SocketException.class)
                    .hasMessageContaining("reset");
            result("the connection's end", PATIENCE, pair.socket.onClosed().exceptionally(failure -> null));
        }
    }

    @Matrix(Dimension.TRANSPORT)
    void resetsEverythingAtOnceWithoutGrace(Setup setup) throws Exception {
        try (SecureServerSocket server = setup.open(options -> {});
                var pair = ConnectedPair.of(server, setup.client(server.port()))) {
            CompletableFuture<Void> patient = server.shutdown(NEVER);
            result("the second shutdown", PATIENCE, server.shutdown(Duration.ZERO));
            result("the first shutdown", PATIENCE, patient);
            assertThatThrownBy(() -> pair.client.in().read()).isInstanceOf(SocketException.class);
            result("a third shutdown", PATIENCE, server.shutdown(NEVER));
        }
    }

    @Matrix(Dimension.TRANSPORT)
    void refusesThoseWhoHaveSaidNothingAndCountsThem(Setup setup) throws Exception {
        try (SecureServerSocket server = setup.open(options -> {});
                var pair = ConnectedPair.of(server, setup.client(server.port()));
                HostileClient silent = HostileClient.to(server.localAddress())) {
            until(
                    "the silent one to be taken",
                    PATIENCE,
                    () -> server.statistics().connectionsSilent() == 1);
            CompletableFuture<Void> ended = server.shutdown(NEVER);
            assertThat(silent.readAll().bytes().length).isLessThan(100);
            until(
                    "it to be counted",
                    PATIENCE,
                    () -> server.statistics().handshakesFailedByReason().getOrDefault(Reason.LOCAL_SHUTTING_DOWN, 0L)
                            == 1);
            assertTalks(pair);
            pair.close();
            result("the shutdown", PATIENCE, ended);
        }
    }

    @Matrix(Dimension.TRANSPORT)
    void deliversWhatHadFinishedItsHandshake(Setup setup) throws Exception {
        try (SecureServerSocket server = setup.open(options -> {});
                var begun = ConnectedPair.of(server, setup.client(server.port()));
                TlsConnection client = setup.client(server.port()).connect()) {
            until("it to wait", PATIENCE, () -> server.statistics().acceptQueueLength() == 1);
            CompletableFuture<Void> ended = server.shutdown(NEVER);
            try (var late = new ConnectedPair<>(client, server.accept(PATIENCE))) {
                assertTalks(late);
                assertTalks(begun);
            }
            begun.close();
            result("the shutdown", PATIENCE, ended);
        }
    }

    @Matrix(Dimension.TRANSPORT)
    void waitsForTheHandlersOfServe(Setup setup) throws Exception {
        SecureServerSocket server = setup.open(options -> {});
        CompletableFuture<Void> served = server.serve(socket -> {
            socket.onDraining().join();
            socket.outputStream().write(1);
        });
        try (TlsConnection client = setup.client(server.port()).connect()) {
            until(
                    "the handler to have it",
                    PATIENCE,
                    () -> server.statistics().connectionsOpen() == 1
                            && server.statistics().acceptQueueLength() == 0);
            CompletableFuture<Void> ended = server.shutdown(NEVER);
            assertThat(client.receiveAll()).containsExactly(1);
            client.close();
            result("the shutdown", PATIENCE, ended);
            result("serve to be done", PATIENCE, served);
        }
    }

    @Matrix(Dimension.TRANSPORT)
    void closeTellsThatItDrainsAndLeavesConnections(Setup setup) throws Exception {
        try (SecureServerSocket server = setup.open(options -> {});
                var pair = ConnectedPair.of(server, setup.client(server.port()))) {
            server.close();
            result("the server's draining", PATIENCE, server.onDraining());
            result("the connection's draining", PATIENCE, pair.socket.onDraining());
            result("the close", PATIENCE, server.onClosed());
            assertTalks(pair);
            CompletableFuture<Void> ended = server.shutdown(NEVER);
            assertThat(ended).isNotDone();
            pair.close();
            result("the shutdown after the close", PATIENCE, ended);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT-1S", "P36501D"})
    void refusesAGraceOutOfRange(String grace) throws Exception {
        try (SecureServerSocket server =
                SecureServerSocket.open("127.0.0.1", 0, SecurityContext.selfSigned("localhost"))) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> server.shutdown(Duration.parse(grace)))
                    .withMessageContaining("grace");
            assertThat(server.isOpen()).isTrue();
        }
    }
}
