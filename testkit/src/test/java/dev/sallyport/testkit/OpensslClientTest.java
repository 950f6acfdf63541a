package dev.sallyport.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@RequiresTool("openssl")
class OpensslClientTest {
    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void reportsWhatWasAgreedOn(String version) throws IOException {
        try (JdkServer server = JdkServer.start(
                TestPki.serverContext(TestPki.serverWithIntermediate()),
                parameters -> parameters.setApplicationProtocols(new String[] {"acme/1"}),
                JdkServer.ECHO)) {
            OpensslResult result = OpensslClient.to(server.address())
                    .protocols(version)
                    .alpn("h2", "acme/1")
                    .sni("localhost")
                    .echo("Quit\nhello\n");

            assertThat(result.exitCode()).as(result.toString()).isZero();
            assertThat(result.outputText()).isEqualTo("Quit\nhello\n");
            assertThat(result.protocol()).isEqualTo(version);
            assertThat(result.cipher()).contains("AES");
            assertThat(result.selectedProtocol()).isEqualTo("acme/1");
            assertThat(result.verified()).isTrue();
            assertThat(result.resumed()).isFalse();
            assertThat(result.peerSubject()).contains("server-by-intermediate");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void resumesASession(String version, @TempDir Path folder) throws IOException {
        Path session = folder.resolve("session.pem");
        try (JdkServer server = JdkServer.echo(TestPki.server())) {
            OpensslClient client =
                    OpensslClient.to(server.address()).protocols(version).saveSession(session);
            assertThat(client.echo("one").resumed()).isFalse();

            OpensslResult second = client.resumeSession(session).echo("two");
            assertThat(second.outputText()).isEqualTo("two");
            assertThat(second.resumed()).as(second.toString()).isTrue();
        }
    }

    @Test
    void failsWhenItDoesNotTrustTheServer() throws IOException {
        try (JdkServer server = JdkServer.echo(TestPki.server())) {
            OpensslClient client = OpensslClient.to(server.address());
            assertThat(client.handshake().exitCode()).isZero();
            assertThat(client.sni("other.example").handshake().exitCode()).isNotZero();

            OpensslResult refused = client.trusting(TestPki.otherCa()).handshake();
            assertThat(refused.exitCode()).isNotZero();
            assertThat(refused.connected()).isFalse();
            assertThat(refused.verified()).isFalse();
            assertThat(client.trustingEverybody().handshake().exitCode()).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void tellsTheAlertOfARefusal(String version) throws IOException {
        try (JdkServer server = JdkServer.start(
                TestPki.serverContext(TestPki.server(), TestPki.ca()),
                parameters -> parameters.setNeedClientAuth(true),
                JdkServer.ECHO)) {
            OpensslClient client = OpensslClient.to(server.address()).protocols(version);
            assertThat(client.runToEnd(new byte[0]).alerts()).anyMatch(alert -> alert.startsWith("fatal "));

            OpensslResult accepted = client.identity(TestPki.client()).echo("it is me");
            assertThat(accepted.outputText()).isEqualTo("it is me");
        }
    }

    @Test
    void carriesALargePayloadBothWaysAtOnce() throws IOException {
        Payload payload = Payload.of(11, 4 << 20);
        try (JdkServer server = JdkServer.echo(TestPki.server())) {
            OpensslResult result = OpensslClient.to(server.address()).exchange(payload, payload);
            assertThat(result.exitCode()).isZero();

            assertThatThrownBy(() ->
                            OpensslClient.to(server.address()).exchange(Payload.of(1, 50_000), Payload.of(2, 50_000)))
                    .isInstanceOf(AssertionError.class)
                    .hasMessageContaining("byte 0 of 50000");
        }
    }

    @Test
    void leavesNoProcessBehindWhenTheServerIsSilent() throws IOException {
        try (JdkServer server = JdkServer.echo(TestPki.server())) {
            OpensslClient client = OpensslClient.to(server.address()).deadline(Duration.ofMillis(700));
            assertThatThrownBy(() -> client.exchange(new byte[1], 2))
                    .isInstanceOf(AssertionError.class)
                    .hasMessageContaining("2 bytes from the server");
        }
        Awaiting.until(
                "openssl to be gone",
                Duration.ofSeconds(5),
                () -> ProcessHandle.current()
                        .children()
                        .noneMatch(child -> child.info().command().orElse("").endsWith("openssl")));
    }
}
