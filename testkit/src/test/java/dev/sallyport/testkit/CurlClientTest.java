package dev.sallyport.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@RequiresTool("curl")
class CurlClientTest {
    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void asksForAPage(String version) throws IOException {
        try (JdkServer server = JdkServer.start(
                TestPki.serverContext(TestPki.server(), TestPki.ca()),
                parameters -> {
                    parameters.setNeedClientAuth(true);
                    parameters.setApplicationProtocols(new String[] {"http/1.1"});
                },
                CurlClientTest::answer)) {
            CurlClient client = CurlClient.to(server.address()).protocols(version);
            CurlClient.Result result =
                    client.identity(TestPki.client()).sni("localhost").get("/page");

            assertThat(result.exitCode()).as(result.toString()).isZero();
            assertThat(result.status()).isEqualTo(200);
            assertThat(result.outputText()).isEqualTo("GET /page HTTP/1.1\r\n");
            assertThat(result.protocol()).isEqualTo(version);
            assertThat(result.selectedProtocol()).isEqualTo("http/1.1");

            assertThat(client.alpn().get("/").selectedProtocol()).isNull();
            assertThat(client.trusting(TestPki.otherCa()).get("/").exitCode()).isEqualTo(60);
        }
    }

    private static void answer(SSLSocket secure, Socket plain) throws IOException {
        StringBuilder request = new StringBuilder();
        while (request.indexOf("\r\n\r\n") < 0) {
            request.append((char) secure.getInputStream().read());
        }
        String line = request.substring(0, request.indexOf("\r\n") + 2);
        String answer = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: " + line.length() + "\r\n\r\n" + line;
        secure.getOutputStream().write(answer.getBytes(StandardCharsets.US_ASCII));
    }
}
