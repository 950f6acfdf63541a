package dev.sallyport.cli.stats;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * Answers {@code /metrics} with Prometheus text, and {@code /} with a page that draws it. For the people who run the server:
 * it asks nobody who they are, so it belongs on an address that only they reach.
 */
public final class StatsServer implements AutoCloseable {
    private static final String PAGE = "index.html";

    /** What one answer is. */
    private interface Content {
        byte[] bytes() throws IOException;
    }

    private final HttpServer http;

    private StatsServer(HttpServer http) {
        this.http = http;
    }

    /**
     * Starts one.
     *
     * @param address where; port 0 for one that the system chooses
     * @param meters what to tell
     * @throws IOException when the address cannot be had; the message names it
     */
    public static StatsServer start(InetSocketAddress address, MeterBinder meters) throws IOException {
        PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        meters.bindTo(registry);
        HttpServer http;
        try {
            http = HttpServer.create(address, 0);
        } catch (BindException refused) {
            throw new BindException(
                    "--stats " + address.getHostString() + ":" + address.getPort() + ": " + refused.getMessage());
        }
        byte[] page = page();
        Map<String, Answer> answers = Map.of(
                "/", new Answer("text/html; charset=utf-8", () -> page),
                "/metrics",
                        new Answer(
                                "text/plain; version=0.0.4; charset=utf-8",
                                () -> registry.scrape().getBytes(StandardCharsets.UTF_8)));
        http.createContext("/", exchange -> answer(exchange, answers));
        http.start();
        return new StatsServer(http);
    }

    private record Answer(String type, Content content) {}

    private static void answer(HttpExchange exchange, Map<String, Answer> answers) throws IOException {
        try (exchange) {
            boolean head = exchange.getRequestMethod().equals("HEAD");
            Answer answer = answers.get(exchange.getRequestURI().getPath());
            if (!head && !exchange.getRequestMethod().equals("GET")) {
                exchange.getResponseHeaders().set("Allow", "GET, HEAD");
                exchange.sendResponseHeaders(405, -1);
            } else if (answer == null) {
                exchange.sendResponseHeaders(404, -1);
            } else {
                byte[] bytes = answer.content().bytes();
                exchange.getResponseHeaders().set("Content-Type", answer.type());
                exchange.getResponseHeaders().set("Cache-Control", "no-store");
                exchange.getResponseHeaders().set("X-Content-Type-Options", "nosniff");
                exchange.getResponseHeaders()
                        .set("Content-Security-Policy", "default-src 'self' 'unsafe-inline'; frame-ancestors 'none'");
                exchange.sendResponseHeaders(200, head ? -1 : bytes.length);
                if (!head) {
                    exchange.getResponseBody().write(bytes);
                }
            }
        }
    }

    private static byte[] page() throws IOException {
        try (InputStream in = StatsServer.class.getResourceAsStream(PAGE)) {
            if (in == null) {
                throw new FileNotFoundException(PAGE + " is not in the program's jar");
            }
            return in.readAllBytes();
        }
    }

    /** {@return the port bound} */
    public int port() {
        return http.getAddress().getPort();
    }

    @Override
    public void close() {
        http.stop(0);
    }
}
