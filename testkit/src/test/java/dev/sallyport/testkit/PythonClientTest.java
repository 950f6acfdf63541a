package dev.sallyport.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@RequiresTool("python3")
@Tag("slow")
class PythonClientTest {
    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void reportsWhatWasAgreedOn(String version) throws IOException {
        try (JdkServer server = JdkServer.start(
                TestPki.serverContext(TestPki.server(KeyKind.RSA_2048), TestPki.ca()),
                parameters -> {
                    parameters.setNeedClientAuth(true);
                    parameters.setApplicationProtocols(new String[] {"acme/1"});
                },
                JdkServer.ECHO)) {
            PythonClient client =
                    PythonClient.to(server.address()).protocols(version).alpn("acme/1");
            PythonClient.Result result =
                    client.identity(TestPki.client()).sni("localhost").echo("hello");

            assertThat(result.exitCode()).as(result.toString()).isZero();
            assertThat(result.outputText()).isEqualTo("hello");
            assertThat(result.protocol()).isEqualTo(version);
            assertThat(result.cipher()).isNotNull();
            assertThat(result.selectedProtocol()).isEqualTo("acme/1");
            assertThat(result.end()).isEqualTo("close_notify");

            PythonClient.Result refused =
                    client.identity(TestPki.clientOfOtherCa()).runToEnd(new byte[0]);
            assertThat(refused.exitCode()).isNotZero();
            assertThat(refused.end()).containsIgnoringCase("alert");
        }
    }

    @Test
    void tellsATruncation() throws IOException {
        try (JdkServer server =
                JdkServer.start(TestPki.serverContext(TestPki.server()), parameters -> {}, (secure, plain) -> {
                    secure.getOutputStream().write(new byte[3]);
                    plain.shutdownOutput();
                    secure.getInputStream().read();
                })) {
            PythonClient.Result result = PythonClient.to(server.address()).runToEnd(new byte[0]);
            assertThat(result.output()).hasSize(3);
            assertThat(result.end()).startsWith("truncated");
        }
    }

    @Test
    void carriesALargePayloadBothWaysAtOnce() throws IOException {
        Payload payload = Payload.of(12, 2 << 20);
        try (JdkServer server = JdkServer.echo(TestPki.server())) {
            PythonClient.Result result = PythonClient.to(server.address()).exchange(payload, payload);
            assertThat(result.exitCode()).as(result.toString()).isZero();
        }
    }
}
