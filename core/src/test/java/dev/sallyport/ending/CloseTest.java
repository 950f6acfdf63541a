package dev.sallyport.ending;

import static dev.sallyport.testkit.Awaiting.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.SecureServerSocket;
import dev.sallyport.SecureSocket;
import dev.sallyport.SecurityContext;
import dev.sallyport.matrix.Matrix;
import dev.sallyport.matrix.Matrix.Dimension;
import dev.sallyport.matrix.Setup;
import dev.sallyport.support.ConnectedPair;
import dev.sallyport.testkit.Awaiting;
import dev.sallyport.testkit.BackgroundTask;
import dev.sallyport.testkit.JdkTlsClient;
import dev.sallyport.testkit.TestPki;
import dev.sallyport.testkit.TlsConnection;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedChannelException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.Tag;

/** Contract 8: what {@code close} and {@code abort} do, to us and to the peer. */
class CloseTest {
    @Matrix
    void closeSendsWhatWasWrittenThenCloseNotifyThenFin(Setup setup) throws Exception {
        try (var pair = ConnectedPair.open(setup)) {
            TlsConnection client = pair.client;
            SecureSocket socket = pair.socket;
            byte[] sent = new byte[300_000];
            BackgroundTask<byte[]> received = BackgroundTask.supply("the client to receive all", client::receiveAll);
            socket.outputStream().write(sent);
            socket.close();
            assertThat(received.await()).isEqualTo(sent);
            assertThat(client.endedWithCloseNotify()).isTrue();
            client.shutdownOutput();
            socket.onClosed().get(10, TimeUnit.SECONDS);
        }
    }

    /** In TLS 1.3 tickets leave before it, and they contain the client's chain. */
    @Matrix
    void closeNotifyIsSentToAClientWithACertificateThoughNothingWasWritten(Setup setup) throws Exception {
        SecurityContext context =
                setup.context().trustedCertificates(TestPki.ca().certificate()).build();
        try (SecureServerSocket server = setup.open(context, options -> options.requireClientCertificate(true))) {
            for (Consumer<SecureSocket> end :
                    List.<Consumer<SecureSocket>>of(SecureSocket::close, SecureSocket::shutdownOutput)) {
                JdkTlsClient client = setup.client(server.port()).identity(TestPki.clientWithIntermediate());
                try (var pair = ConnectedPair.of(server, client)) {
                    end.accept(pair.socket);
                    assertThat(pair.client.receiveAll()).isEmpty();
                    assertThat(pair.client.endedWithCloseNotify()).isTrue();
                }
            }
        }
    }

    @Matrix
    void closeReachesAPeerThatIsStillSending(Setup setup) throws Exception {
        try (var pair = ConnectedPair.open(setup)) {
            TlsConnection client = pair.client;
            SecureSocket socket = pair.socket;
            client.send(new byte[100_000]); // nobody reads it
            socket.outputStream().write("last words".getBytes(StandardCharsets.UTF_8));
            socket.close();
            assertThat(new String(client.receiveAll(), StandardCharsets.UTF_8)).isEqualTo("last words");
            assertThat(client.endedWithCloseNotify()).isTrue();
        }
    }

    @Matrix
    void abortIsAReset(Setup setup) throws Exception {
        try (var pair = ConnectedPair.open(setup)) {
            TlsConnection client = pair.client;
            SecureSocket socket = pair.socket;
            socket.abort();
            socket.abort();
            assertThatThrownBy(() -> client.receive(1))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("reset");
            socket.onClosed().get(10, TimeUnit.SECONDS);
            assertThat(socket.isOpen()).isFalse();
        }
    }

    @Matrix({Dimension.TRANSPORT, Dimension.PROVIDER})
    void callsAfterCloseFailAndClosingAgainDoesNothing(Setup setup) throws Exception {
        try (var pair = ConnectedPair.open(setup)) {
            TlsConnection client = pair.client;
            SecureSocket socket = pair.socket;
            socket.close();
            socket.close();
            assertThat(socket.isOpen()).isFalse();
            assertThatThrownBy(() -> socket.inputStream().read()).isInstanceOf(ClosedChannelException.class);
            assertThatThrownBy(() -> socket.outputStream().write(1)).isInstanceOf(ClosedChannelException.class);
            assertThatThrownBy(() -> socket.outputStream().write(new byte[0]))
                    .isInstanceOf(ClosedChannelException.class);
            assertThat(socket.writeAsync(ByteBuffer.allocate(0))).isCompletedExceptionally();
            assertThat(socket.readAsync(ByteBuffer.allocate(1))).isCompletedExceptionally();
            assertThat(socket.writeAsync(ByteBuffer.allocate(1))).isCompletedExceptionally();
            assertThat(client.receiveAll()).isEmpty();
        }
    }

    @Matrix({Dimension.TRANSPORT, Dimension.PROVIDER})
    void callsThatWaitWhenItIsClosedSayThatItCameMeanwhile(Setup setup) throws Exception {
        try (var pair = ConnectedPair.open(setup)) {
            TlsConnection client = pair.client;
            SecureSocket blocking = pair.socket;
            BackgroundTask<Integer> read = BackgroundTask.supply(
                    "the blocked reader", () -> blocking.inputStream().read());
            Awaiting.until("the reader waits", PATIENCE, () -> read.isParkedIn("read"));
            blocking.close();
            assertThatThrownBy(read::await).hasRootCauseInstanceOf(AsynchronousCloseException.class);
            assertThat(client.receiveAll()).isEmpty();
        }
        try (var pair = ConnectedPair.open(setup)) {
            TlsConnection client = pair.client;
            SecureSocket async = pair.socket;
            CompletableFuture<Integer> read = async.readAsync(ByteBuffer.allocate(10));
            assertThat(read.isDone()).isFalse();
            async.close();
            assertThatThrownBy(() -> read.get(10, TimeUnit.SECONDS))
                    .isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(AsynchronousCloseException.class);
            assertThat(client.receiveAll()).isEmpty();
        }
    }

    @Matrix({})
    void closeEndsWithAResetWhenThePeerTakesNothing(Setup setup) throws Exception {
        assertResetWhenThePeerTakesNothing(setup);
    }

    @Matrix(Dimension.TRANSPORT)
    @Tag("slow")
    void closeEndsWithAResetOnEachTransport(Setup setup) throws Exception {
        assertResetWhenThePeerTakesNothing(setup);
    }

    private static void assertResetWhenThePeerTakesNothing(Setup setup) throws Exception {
        try (var pair = ConnectedPair.open(setup)) {
            TlsConnection client = pair.client;
            SecureSocket socket = pair.socket;
            ByteBuffer much = ByteBuffer.allocateDirect(16 << 20);
            CompletableFuture<Void> write = socket.writeAsync(much);
            assertThat(write).isNotDone();
            socket.close();
            assertThatThrownBy(() -> socket.onClosed().get(15, TimeUnit.SECONDS))
                    .hasCauseInstanceOf(IOException.class)
                    .hasMessageContaining("did not take");
            assertThatThrownBy(() -> write.get(10, TimeUnit.SECONDS)).isInstanceOf(ExecutionException.class);
            assertThat(client.session().isValid()).isTrue();
        }
    }

    /** For longer than the five seconds that a peer has which takes nothing. */
    @Matrix({})
    @Tag("slow")
    void closeGoesOnForAsLongAsThePeerTakesSomething(Setup setup) throws Exception {
        byte[] much = new byte[40 << 20];
        int piece = 1 << 20;
        try (var pair = ConnectedPair.open(setup, options -> options.maxQueuedBytes(2 * much.length))) {
            CompletableFuture<Void> write = pair.socket.writeAsync(ByteBuffer.wrap(much));
            assertThat(write).isNotDone();
            pair.socket.close();
            for (int taken = 0; taken < much.length; taken += piece) {
                CompletableFuture<byte[]> next = CompletableFuture.supplyAsync(
                        () -> received(pair.client, piece),
                        CompletableFuture.delayedExecutor(200, TimeUnit.MILLISECONDS));
                Awaiting.result("a piece after " + taken, Duration.ofSeconds(20), next);
            }
            assertThat(pair.client.receiveAll()).isEmpty();
        }
    }

    private static byte[] received(TlsConnection client, int count) {
        try {
            return client.receive(count);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Matrix
    void closingFromManyThreadsUnderLoadGivesEverythingBackOnce(Setup setup) throws Exception {
        for (int round = 0; round < 5; round++) {
            try (var pair = ConnectedPair.open(setup)) {
                SecureSocket socket = pair.socket;
                List<BackgroundTask<Void>> users = new ArrayList<>();
                users.add(BackgroundTask.run(
                        "the echo", () -> socket.inputStream().transferTo(socket.outputStream())));
                users.add(BackgroundTask.run("the client to send", () -> pair.client.send(new byte[200_000])));
                for (int i = 0; i < 4; i++) {
                    boolean abort = i == 3 && round % 2 == 0;
                    users.add(BackgroundTask.run("an end", abort ? socket::abort : socket::close));
                }
                for (BackgroundTask<Void> user : users) {
                    user.outcome().handle((done, failure) -> null).get(15, TimeUnit.SECONDS);
                }
                pair.client.reset();
                socket.onClosed().handle((done, failure) -> null).get(15, TimeUnit.SECONDS);
            }
        }
    }

    @Matrix({Dimension.TRANSPORT, Dimension.PROVIDER})
    void whatIsNotAboutBytesAnswersAfterClose(Setup setup) throws Exception {
        try (SecureServerSocket server = setup.open(options -> options.supportedProtocols("x"));
                var pair = ConnectedPair.of(
                        server, setup.client(server.port()).alpn("x").sni("localhost"))) {
            TlsConnection client = pair.client;
            SecureSocket socket = pair.socket;
            socket.abort();
            socket.onClosed().get(10, TimeUnit.SECONDS);
            assertThat(socket.selectedProtocol()).isEqualTo("x");
            assertThat(socket.serverName()).isEqualTo("localhost");
            assertThat(socket.session().getProtocol()).isEqualTo("TLSv1.3");
            assertThat(socket.peerCertificate()).isNull();
            assertThat(socket.peerCertificateChain()).isEmpty();
            assertThat(socket.localAddress().toString()).contains(":" + server.port());
            assertThat(socket.remoteAddress().toString())
                    .contains(":" + client.socket().getLocalPort());
            assertThat(socket.handshake().duration()).isPositive();
        }
    }
}
