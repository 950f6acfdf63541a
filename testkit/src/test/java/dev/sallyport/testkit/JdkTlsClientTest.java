package dev.sallyport.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.EOFException;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class JdkTlsClientTest {
    @ParameterizedTest
    @EnumSource(KeyKind.class)
    void talksToAServerWithAnyKindOfKey(KeyKind kind) throws Exception {
        try (JdkServer server = JdkServer.echo(TestPki.server(kind));
                TlsConnection connection =
                        JdkTlsClient.to(server.address()).sni("localhost").connect()) {
            connection.send("hello");
            assertThat(connection.receive(5)).asString(StandardCharsets.UTF_8).isEqualTo("hello");
            assertThat(connection.peerCertificate())
                    .isEqualTo(TestPki.server(kind).certificate());
        }
    }

    @Test
    void takesAChainOfManyKilobytes() throws Exception {
        try (JdkServer server = JdkServer.echo(TestPki.longChain());
                TlsConnection connection =
                        JdkTlsClient.to(server.address()).sni("localhost").connect()) {
            assertThat(connection.session().getPeerCertificates())
                    .isEqualTo(TestPki.longChain().chain().toArray());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void agreesOnVersionAndProtocolAndIdentifiesItself(String version) throws Exception {
        try (JdkServer server = JdkServer.start(
                        TestPki.serverContext(TestPki.serverWithIntermediate(), TestPki.ca()),
                        parameters -> {
                            parameters.setApplicationProtocols(new String[] {"http/1.1"});
                            parameters.setNeedClientAuth(true);
                        },
                        (secure, plain) -> secure.getOutputStream()
                                .write(secure.getSession()
                                        .getPeerPrincipal()
                                        .getName()
                                        .getBytes(StandardCharsets.UTF_8)));
                TlsConnection connection = JdkTlsClient.to(server.address())
                        .identity(TestPki.client(KeyKind.RSA_2048))
                        .protocols(version)
                        .alpn("h2", "http/1.1")
                        .connect()) {
            assertThat(connection.protocol()).isEqualTo(version);
            assertThat(connection.selectedProtocol()).isEqualTo("http/1.1");
            assertThat(connection.receiveAll())
                    .asString(StandardCharsets.UTF_8)
                    .isEqualTo(TestPki.client(KeyKind.RSA_2048)
                            .certificate()
                            .getSubjectX500Principal()
                            .getName());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void reportsARefusalHoweverLateItComes(String version) throws Exception {
        try (JdkServer server = JdkServer.start(
                TestPki.serverContext(TestPki.server(), TestPki.ca()),
                parameters -> parameters.setNeedClientAuth(true),
                JdkServer.ECHO)) {
            JdkTlsClient client = JdkTlsClient.to(server.address()).protocols(version);

            assertThat(client.handshakeFailure()).isInstanceOf(SSLHandshakeException.class);
            assertThat(client.identity(TestPki.clientOfOtherCa()).handshakeFailure())
                    .isInstanceOf(SSLHandshakeException.class);
            assertThat(client.identity(TestPki.expiredClient()).handshakeFailure())
                    .isInstanceOf(SSLHandshakeException.class);
        }
    }

    @Test
    void refusesAServerItDoesNotTrust() throws Exception {
        try (JdkServer server = JdkServer.echo(TestPki.identity("other.example"))) {
            JdkTlsClient client = JdkTlsClient.to(server.address());
            assertThat(client.sni("localhost").handshakeFailure()).hasMessageContaining("localhost");
            client.sni("other.example").connect().close();
            assertThat(client.trusting(TestPki.otherCa()).handshakeFailure()).isInstanceOf(SSLHandshakeException.class);
            client.trustingEverybody().connect().close();
        }
    }

    @Test
    void complainsWhenAHandshakeThatShouldFailSucceeds() throws Exception {
        try (JdkServer server = JdkServer.start(
                TestPki.serverContext(TestPki.server()), parameters -> {}, JdkTlsClientTest::sendThreeBytes)) {
            JdkTlsClient client = JdkTlsClient.to(server.address());
            assertThatThrownBy(client::handshakeFailure).hasMessageContaining("succeeded (TLSv1.3)");
        }
        assertThatThrownBy(() -> JdkTlsClient.to("localhost", 1).handshakeFailure())
                .hasMessageContaining("nobody listens");
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void tellsACloseNotifyFromATruncation(String version) throws Exception {
        try (JdkServer server = JdkServer.start(
                        TestPki.serverContext(TestPki.server()), only(version), JdkTlsClientTest::sendThreeBytes);
                TlsConnection connection = JdkTlsClient.to(server.address()).connect()) {
            assertThat(connection.receiveAll()).hasSize(3);
        }
        JdkServer.Handler truncate = (secure, plain) -> {
            secure.getOutputStream().write(new byte[3]);
            plain.shutdownOutput();
            secure.getInputStream().read();
        };
        try (JdkServer server = JdkServer.start(TestPki.serverContext(TestPki.server()), only(version), truncate);
                TlsConnection connection = JdkTlsClient.to(server.address()).connect()) {
            assertThatThrownBy(connection::receiveAll)
                    .isInstanceOf(EOFException.class)
                    .hasMessageContaining("without close_notify after 3 bytes");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void endsItsSideAndGoesOnReading(boolean fin) throws Exception {
        CompletableFuture<String> seen = new CompletableFuture<>();
        JdkServer.Handler report = (secure, plain) -> {
            seen.complete("end " + secure.getInputStream().read());
            plain.setSoTimeout(200);
            secure.getOutputStream().write(rawEnd(plain).getBytes(StandardCharsets.UTF_8));
        };
        try (JdkServer server = JdkServer.start(TestPki.serverContext(TestPki.server()), only("TLSv1.3"), report);
                TlsConnection connection = JdkTlsClient.to(server.address()).connect()) {
            if (fin) {
                connection.shutdownOutput();
            } else {
                connection.sendCloseNotify();
            }
            assertThat(connection.receiveAll()).asString(StandardCharsets.UTF_8).isEqualTo(fin ? "FIN" : "nothing");
            assertThat(seen).isCompletedWithValue("end -1");
        }
    }

    @Test
    void endsWithoutCloseNotify() throws Exception {
        CompletableFuture<String> seen = new CompletableFuture<>();
        JdkServer.Handler report = (secure, plain) -> {
            secure.getOutputStream().write(1);
            seen.complete(rawEnd(plain));
        };
        try (JdkServer server = JdkServer.start(TestPki.serverContext(TestPki.server()), only("TLSv1.3"), report);
                TlsConnection connection = JdkTlsClient.to(server.address()).connect()) {
            connection.receive(1);
            connection.closeWithoutNotify();
            assertThat(Awaiting.result("the end", Duration.ofSeconds(5), seen)).isEqualTo("FIN");
        }
    }

    @Test
    void resetsTheConnection() throws Exception {
        CompletableFuture<IOException> seen = new CompletableFuture<>();
        JdkServer.Handler report = (secure, plain) -> {
            secure.getOutputStream().write(1);
            try {
                secure.getInputStream().read();
            } catch (IOException e) {
                seen.complete(e);
            }
        };
        try (JdkServer server = JdkServer.start(TestPki.serverContext(TestPki.server()), only("TLSv1.3"), report);
                TlsConnection connection = JdkTlsClient.to(server.address()).connect()) {
            connection.receive(1);
            connection.reset();
            assertThat(Awaiting.result("the reset", Duration.ofSeconds(5), seen))
                    .isInstanceOf(SocketException.class)
                    .hasMessageContaining("reset");
        }
    }

    @Test
    void readsGiveUpAtTheDeadline() throws Exception {
        try (JdkServer server = JdkServer.echo(TestPki.server());
                TlsConnection connection = JdkTlsClient.to(server.address())
                        .deadline(Duration.ofMillis(300))
                        .connect()) {
            connection.send("ab");
            assertThatThrownBy(() -> connection.receive(3)).isInstanceOf(SocketTimeoutException.class);
            connection.send("cd");
            assertThat(connection.receive(2)).asString(StandardCharsets.UTF_8).isEqualTo("cd");
        }
    }

    private static String rawEnd(Socket plain) throws IOException {
        try {
            int next = plain.getInputStream().read();
            return next < 0 ? "FIN" : "byte " + next;
        } catch (SocketTimeoutException e) {
            return "nothing";
        }
    }

    private static void sendThreeBytes(SSLSocket secure, Socket plain) throws IOException {
        secure.getOutputStream().write(new byte[3]);
    }

    private static Consumer<SSLParameters> only(String version) {
        return parameters -> parameters.setProtocols(new String[] {version});
    }
}
