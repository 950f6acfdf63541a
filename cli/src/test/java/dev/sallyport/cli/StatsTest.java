package dev.sallyport.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.testkit.TlsConnection;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The program's numbers, as Prometheus and a browser get them. */
class StatsTest {
    private static final Pattern NUMBERS = Pattern.compile("\\s*numbers\\s+(http://localhost:[1-9][0-9]*/)");

    private static URI numbers(ServingProgram program) {
        for (; ; ) {
            Matcher row = NUMBERS.matcher(program.process().readLine());
            if (row.matches()) {
                return URI.create(row.group(1));
            }
        }
    }

    private static HttpResponse<String> get(URI page) throws Exception {
        return HttpClient.newHttpClient().send(HttpRequest.newBuilder(page).build(), BodyHandlers.ofString());
    }

    @ParameterizedTest
    @EnumSource(Layer.class)
    void areThereForPrometheusAndForABrowser(Layer layer) throws Exception {
        try (ServingProgram program = ServingProgram.start("--stats", "localhost:0", "--api", layer.name())) {
            URI numbers = numbers(program);
            try (TlsConnection client = program.client().connect()) {
                client.send("x");
                client.receive(1);
                assertThat(get(numbers.resolve("metrics")).body())
                        .containsPattern("sallyport_connections_open\\{server=\"[^\"]*\"} 1.0")
                        .containsPattern("sallyport_handshakes_succeeded_total\\{.*version=\"TLSv1.3\"} 1.0")
                        .containsPattern("sallyport_certificate_expiry_seconds\\{.*} [1-9]");
            }
            HttpResponse<String> page = get(numbers);
            assertThat(page.headers().firstValue("Content-Type")).hasValue("text/html; charset=utf-8");
            assertThat(page.body()).startsWith("<!doctype html>").endsWith("</html>\n");
            assertThat(get(numbers.resolve("nowhere")).statusCode()).isEqualTo(404);
        }
    }
}
