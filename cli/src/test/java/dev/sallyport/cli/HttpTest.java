package dev.sallyport.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.testkit.TestPki;
import dev.sallyport.testkit.TlsConnection;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class HttpTest {
    private static final ProgramPerLayer PROGRAMS =
            new ProgramPerLayer(List.of(), "--handler", "http", "--alpn", "http/1.1");
    private static final String GET = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";

    @AfterAll
    static void end() {
        PROGRAMS.close();
    }

    @ParameterizedTest
    @EnumSource(Layer.class)
    void answersBrowsersAndRefusesWhatItDoesNotSpeak(Layer layer) throws IOException, InterruptedException {
        ServingProgram program = PROGRAMS.get(layer);
        HttpClient client =
                HttpClient.newBuilder().sslContext(TestPki.clientContext()).build();
        HttpRequest get = HttpRequest.newBuilder(program.page())
                .timeout(Duration.ofSeconds(10))
                .build();

        HttpResponse<String> page = client.send(get, BodyHandlers.ofString());
        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.headers().firstValue("Content-Type")).contains("text/html; charset=utf-8");
        assertThat(page.body())
                .contains("<th>TLS version</th><td>TLSv1.3</td>", "<th>Protocol (ALPN)</th><td>http/1.1</td>")
                .contains(
                        "<th>Server name (SNI)</th><td>localhost</td>",
                        layer.name().toLowerCase(Locale.ROOT) + " layer");
        assertThat(client.send(get, BodyHandlers.ofString()).statusCode())
                .as("again")
                .isEqualTo(200);

        HttpRequest post = HttpRequest.newBuilder(program.page())
                .POST(BodyPublishers.noBody())
                .build();
        assertThat(client.send(post, BodyHandlers.ofString()).statusCode()).isEqualTo(405);
        assertThat(program.process().errors()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(Layer.class)
    void keepsAConnectionForRequestsInPiecesAndTogether(Layer layer) throws IOException {
        try (TlsConnection connection = PROGRAMS.get(layer).client().connect()) {
            for (int i = 0; i < GET.length(); i++) {
                connection.send(GET.substring(i, i + 1));
            }
            String together = GET.repeat(99);
            connection.send(together + "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");

            String answers = new String(connection.receiveAll(), StandardCharsets.UTF_8);

            assertThat(answers.split("HTTP/1.1 200 OK\r\n")).hasSize(1 + 1 + 99 + 1);
            assertThat(answers).endsWith("</html>\n");
        }
    }

    @ParameterizedTest
    @EnumSource(Layer.class)
    void refusesAHeadWithoutEnd(Layer layer) throws IOException {
        try (TlsConnection connection = PROGRAMS.get(layer).client().connect()) {
            connection.send("GET / HTTP/1.1\r\nA: " + "a".repeat(17 * 1024));

            assertThat(connection.receiveAll()).asString().startsWith("HTTP/1.1 431 ");
        }
    }
}
