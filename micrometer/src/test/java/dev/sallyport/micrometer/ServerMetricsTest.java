package dev.sallyport.micrometer;

import static dev.sallyport.testkit.Awaiting.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.RawSecureServerSocket;
import dev.sallyport.SecureServerSocket;
import dev.sallyport.SecurityContext;
import dev.sallyport.testkit.Awaiting;
import dev.sallyport.testkit.HostileClient;
import dev.sallyport.testkit.JdkTlsClient;
import dev.sallyport.testkit.TestIdentity;
import dev.sallyport.testkit.TestPki;
import dev.sallyport.testkit.TlsConnection;
import io.micrometer.core.instrument.Tags;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What a Prometheus server would scrape. */
class ServerMetricsTest {
    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

    private static SecurityContext context() throws IOException {
        TestIdentity identity = TestPki.server();
        return SecurityContext.fromPem(identity.chainFile(), identity.keyFile());
    }

    @Test
    void countsConnectionsHandshakesAndBytes() throws Exception {
        try (SecureServerSocket server = SecureServerSocket.open("127.0.0.1", 0, context())) {
            new ServerMetrics(server, Tags.of("service", "echo")).bindTo(registry);
            server.serve(socket -> socket.inputStream().transferTo(socket.outputStream()));
            JdkTlsClient client = JdkTlsClient.to("127.0.0.1", server.port());
            for (String version : new String[] {"TLSv1.3", "TLSv1.3", "TLSv1.2"}) {
                try (TlsConnection connection = client.protocols(version).connect()) {
                    connection.send("four");
                    connection.receive(4);
                }
            }
            try (HostileClient stranger =
                    HostileClient.to(server.localAddress()).plainHttp()) {
                stranger.readAll();
            }
            Awaiting.until(
                    "all to have gone", PATIENCE, () -> server.statistics().connectionsOpen() == 0);

            String tags = "server=\"127.0.0.1:" + server.port() + "\",service=\"echo\"";
            String scraped = registry.scrape();
            assertThat(scraped)
                    .contains("sallyport_connections_accepted_total{" + tags + "} 4.0")
                    .contains("sallyport_connections_open{" + tags + "} 0.0")
                    .contains("sallyport_handshakes_succeeded_total{" + tags + ",version=\"TLSv1.3\"} 2.0")
                    .contains("sallyport_handshakes_succeeded_total{" + tags + ",version=\"TLSv1.2\"} 1.0")
                    .contains("sallyport_handshakes_failed_total{reason=\"peer_not_tls\"," + tags + "} 1.0")
                    .contains("sallyport_handshakes_seconds_count{" + tags + "} 3")
                    .contains("sallyport_bytes_received_bytes_total{" + tags + "} 12.0")
                    .contains("sallyport_bytes_sent_bytes_total{" + tags + "} 12.0")
                    .contains("sallyport_limits_reached_total{limit=\"accept_queue\"," + tags + "} 0.0");
            assertThat(registry.get("sallyport.handshakes").functionTimer().totalTime(TimeUnit.MICROSECONDS))
                    .isPositive();
        }
    }

    @Test
    void tellsWhenTheFirstCertificateExpires() throws Exception {
        SecurityContext soon = SecurityContext.builder()
                .identity(
                        TestPki.serverValidFor(Duration.ofDays(20)).chainFile(),
                        TestPki.serverValidFor(Duration.ofDays(20)).keyFile())
                .build();
        SecurityContext both =
                context().toBuilder().forServerName("soon.example", soon).build();
        try (RawSecureServerSocket server =
                RawSecureServerSocket.bind("127.0.0.1", 0, both).join()) {
            new ServerMetrics(server, Tags.empty()).bindTo(registry);
            double days =
                    registry.get("sallyport.certificate.expiry").timeGauge().value(TimeUnit.DAYS);
            assertThat(days).isBetween(19.9, 20.0);
            server.replaceContext(context());
            assertThat(registry.get("sallyport.certificate.expiry").timeGauge().value(TimeUnit.DAYS))
                    .isGreaterThan(50);
        }
    }
}
