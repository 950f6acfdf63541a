package dev.sallyport.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.RawSecureServerSocket;
import dev.sallyport.SecureServerSocket;
import dev.sallyport.testkit.JdkTlsClient;
import dev.sallyport.testkit.JvmProcess;
import dev.sallyport.testkit.KeyKind;
import dev.sallyport.testkit.TestIdentity;
import dev.sallyport.testkit.TestPki;
import dev.sallyport.testkit.TlsConnection;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each example does what its first sentence says. */
class ExamplesTest {
    /** More than what the queue of a connection and the buffers of the system hold, so that somebody has to wait. */
    private static final int LARGE_BYTES = 8 * 1024 * 1024;

    @Test
    void theServerOfTheReadmeRunsAsAProgramAndEchoes() throws Exception {
        try (JvmProcess program = JvmProcess.of(EchoServer.class).arguments("0").start()) {
            String line = program.readLineWith("listening on port ");
            int port = Integer.parseInt(line.substring("listening on port ".length()));
            assertEchoes(LocalClient.to(port), 10_000);
            program.terminate();
            program.awaitExit(Duration.ofSeconds(30));
        }
    }

    @Test
    void theAsynchronousServerEchoesMoreThanItMayQueue() throws Exception {
        try (SecureServerSocket server = AsyncEchoServer.open(0)) {
            assertEchoes(LocalClient.to(server.port()), LARGE_BYTES);
        }
    }

    @Test
    void theFlowServerEchoesMoreThanItMayQueue() throws Exception {
        try (SecureServerSocket server = FlowEchoServer.open(0)) {
            assertEchoes(LocalClient.to(server.port()), LARGE_BYTES);
        }
    }

    @Test
    void theRawServerEchoesMoreThanItMayQueue() throws Exception {
        try (RawSecureServerSocket server = RawEchoServer.open(0)) {
            assertEchoes(LocalClient.to(server.port()), LARGE_BYTES);
        }
    }

    @Test
    void mutualTlsGreetsItsOwnClientsAndRefusesTheOthers() throws Exception {
        TestIdentity identity = TestPki.server();
        Path clientsCa = TestPki.ca().chainFile();
        X509Certificate withdrawn = TestPki.client(KeyKind.RSA_2048).certificate();
        try (SecureServerSocket server = MutualTls.open(
                0, identity.chainFile(), identity.keyFile(), clientsCa, Set.of(withdrawn.getSerialNumber()))) {
            JdkTlsClient client = LocalClient.to(server.port());
            String subject =
                    TestPki.client().certificate().getSubjectX500Principal().getName();
            assertThat(answer(client.identity(TestPki.client()))).isEqualTo("hello " + subject + "\n");
            for (TestIdentity refused : List.of(TestPki.clientOfOtherCa(), TestPki.client(KeyKind.RSA_2048))) {
                assertThat(client.identity(refused).handshakeFailure()).isInstanceOf(SSLHandshakeException.class);
            }
            assertThat(LocalClient.to(server.port()).handshakeFailure()).isInstanceOf(SSLHandshakeException.class);
        }
    }

    @Test
    void alpnDecidesWhichProtocolIsSpoken() throws Exception {
        try (SecureServerSocket server = AlpnDispatch.open(0)) {
            assertEchoes(LocalClient.to(server.port()).alpn("echo/1"), 10_000);
            String time = answer(LocalClient.to(server.port()).alpn("echo/1", "time/1"));
            assertThat(Instant.parse(time.trim())).isNotNull();
            assertThat(LocalClient.to(server.port()).alpn("other/1").handshakeFailure())
                    .isInstanceOf(SSLHandshakeException.class);
        }
    }

    @Test
    void changedFilesCountForNewConnectionsAndBadOnesForNone(@TempDir Path folder) throws Exception {
        Path chain = copy(TestPki.server().chainFile(), folder.resolve("chain.pem"));
        Path key = copy(TestPki.server().keyFile(), folder.resolve("key.pem"));
        try (SecureServerSocket server = ReloadCertificates.open(0, chain, key);
                TlsConnection before = LocalClient.to(server.port()).connect()) {
            assertThat(before.peerCertificate()).isEqualTo(TestPki.server().certificate());

            TestIdentity renewed = TestPki.identity("localhost");
            copy(renewed.chainFile(), chain);
            assertThat(ReloadCertificates.reload(server)).isFalse(); // the key is still the old one
            assertThat(certificate(server.port())).isEqualTo(TestPki.server().certificate());

            copy(renewed.keyFile(), key);
            assertThat(ReloadCertificates.reload(server)).isTrue();
            assertThat(certificate(server.port())).isEqualTo(renewed.certificate());
            before.send("still here");
            assertThat(new String(before.receive(10), StandardCharsets.UTF_8)).isEqualTo("still here");
        }
    }

    @Test
    void serversThatShareAPortTakeTurns() throws Exception {
        List<SecureServerSocket> servers = SharedPort.open(0, 3);
        try {
            List<String> answers = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                answers.add(answer(LocalClient.to(servers.get(0).port())));
            }
            assertThat(answers)
                    .containsExactlyInAnyOrder(
                            "server 0\n", "server 1\n", "server 2\n", "server 0\n", "server 1\n", "server 2\n");
        } finally {
            servers.forEach(SecureServerSocket::close);
        }
    }

    @Test
    void aServerThatIsShutDownSaysGoodbyeAndWaitsForItsClients() throws Exception {
        try (SecureServerSocket server = GracefulShutdown.open(0)) {
            CompletableFuture<Void> done;
            try (TlsConnection client = LocalClient.to(server.port()).connect()) {
                client.send("one\n");
                assertThat(new String(client.receive(14), StandardCharsets.UTF_8))
                        .isEqualTo("you said: one\n");
                done = server.shutdown(Duration.ofSeconds(30));
                assertThat(new String(client.receiveAll(), StandardCharsets.UTF_8))
                        .isEqualTo("the server is going down\n");
                client.send("two\n"); // heard, and no longer answered
                assertThat(done).as("the client has not closed").isNotDone();
            }
            done.get(10, TimeUnit.SECONDS);
        }
    }

    @Test
    void aUnixDomainServerEchoesAndRemovesItsFile(@TempDir Path folder) throws Exception {
        Path path = folder.resolve("echo.socket");
        CompletableFuture<Void> closed;
        try (SecureServerSocket server = UnixDomainServer.open(path)) {
            closed = server.onClosed();
            byte[] sent = "over a path".getBytes(StandardCharsets.UTF_8);
            assertThat(UnixDomainClient.echo(path, sent)).isEqualTo(sent);
        }
        closed.get(10, TimeUnit.SECONDS);
        assertThat(path).doesNotExist();
    }

    /** Sends on a thread of its own, so that both directions are full at once. */
    private static void assertEchoes(JdkTlsClient client, int count) throws Exception {
        byte[] sent = new byte[count];
        new Random(count).nextBytes(sent);
        try (TlsConnection connection = client.connect()) {
            CompletableFuture<Void> sending = CompletableFuture.runAsync(
                    () -> {
                        try {
                            connection.send(sent);
                        } catch (IOException failure) {
                            throw new UncheckedIOException(failure);
                        }
                    },
                    task -> new Thread(task, "example-sender").start());
            assertThat(connection.receive(count)).isEqualTo(sent);
            sending.get(10, TimeUnit.SECONDS);
            connection.shutdownOutput();
            assertThat(connection.receiveAll()).isEmpty();
        }
    }

    private static String answer(JdkTlsClient client) throws IOException {
        try (TlsConnection connection = client.connect()) {
            return new String(connection.receiveAll(), StandardCharsets.UTF_8);
        }
    }

    private static X509Certificate certificate(int port) throws IOException {
        try (TlsConnection connection = LocalClient.to(port).connect()) {
            return connection.peerCertificate();
        }
    }

    private static Path copy(Path from, Path to) throws IOException {
        return Files.copy(from, to, StandardCopyOption.REPLACE_EXISTING);
    }
}
