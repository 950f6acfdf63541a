package dev.sallyport.micrometer;

import dev.sallyport.HandshakeException;
import dev.sallyport.Limit;
import dev.sallyport.SecureServer;
import dev.sallyport.SecurityContext;
import dev.sallyport.ServerStatistics;
import dev.sallyport.TlsVersion;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.binder.BaseUnits;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;

/**
 * The numbers of one server as meters. They are read when the registry asks, from the server's own statistics, so they
 * cost a connection nothing. The registry keeps no server alive; the meters of one that has gone read as not there.
 *
 * <pre>{@code
 * new ServerMetrics(server, Tags.empty()).bindTo(registry);
 * }</pre>
 *
 * <p>Meters, each with the tag {@code server} (the address bound) and the caller's own:
 *
 * <ul>
 *   <li>gauges {@code sallyport.connections.open}, {@code .silent}; {@code sallyport.handshakes.pending};
 *       {@code sallyport.accept.queue};
 *   <li>counters {@code sallyport.connections.accepted}, {@code .filtered}; {@code sallyport.handshakes.succeeded} by
 *       {@code version}; {@code sallyport.handshakes.group} by {@code group}; {@code sallyport.handshakes.resumed};
 *       {@code sallyport.handshakes.failed} by {@code reason}; {@code sallyport.limits.reached} by {@code limit};
 *       {@code sallyport.bytes.received}, {@code .sent} (of closed connections);
 *   <li>timer {@code sallyport.handshakes}: count and total time, from accept to done, of those that succeeded;
 *   <li>time gauge {@code sallyport.certificate.expiry}: until the first of the server's certificates expires, negative
 *       when it has.
 * </ul>
 *
 * Any thread may bind it, to any number of registries.
 */
public final class ServerMetrics implements MeterBinder {
    /** Those that can be negotiated; with a provider that does not tell, and for resumptions without one, none counts. */
    private static final List<String> GROUPS =
            List.of("X25519MLKEM768", "x25519", "secp256r1", "secp384r1", "secp521r1");

    private final SecureServer server; // the registry holds it weakly
    private final Tags tags;

    /**
     * The metrics of a server, of either kind.
     *
     * @param server the server
     * @param tags what its meters are to be told apart by, besides the address
     */
    public ServerMetrics(SecureServer server, Iterable<Tag> tags) {
        this.server = Objects.requireNonNull(server, "server");
        String address = server.localAddress().toString().replaceFirst("^/", "");
        this.tags = Tags.of("server", address).and(Objects.requireNonNull(tags, "tags"));
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        Objects.requireNonNull(registry, "registry");
        bindConnections(registry);
        bindHandshakes(registry);
        TimeGauge.builder("sallyport.certificate.expiry", server, TimeUnit.SECONDS, one -> secondsLeft(one.context()))
                .description("Time until the first of the server's certificates expires")
                .tags(tags)
                .register(registry);
    }

    private void bindConnections(MeterRegistry registry) {
        gauge(registry, "connections.open", "Connections at whatever stage", ServerStatistics::connectionsOpen);
        gauge(
                registry,
                "connections.silent",
                "Connections that have not sent a whole ClientHello",
                ServerStatistics::connectionsSilent);
        gauge(registry, "accept.queue", "Connections that nobody has taken yet", ServerStatistics::acceptQueueLength);
        counter(registry, "connections.accepted", "Connections that came", Tags.empty(), ServerStatistics::accepted);
        counter(
                registry,
                "connections.filtered",
                "Connections that the accept filter turned away",
                Tags.empty(),
                ServerStatistics::filtered);
        for (Limit limit : Limit.values()) {
            counter(
                    registry,
                    "limits.reached",
                    "How often a bound was reached",
                    Tags.of("limit", lowerCase(limit)),
                    numbers -> numbers.limitsReached().getOrDefault(limit, 0L));
        }
        bytes(registry, "bytes.received", "Plaintext from clients", ServerStatistics::bytesReceived);
        bytes(registry, "bytes.sent", "Plaintext for clients", ServerStatistics::bytesSent);
    }

    private void bindHandshakes(MeterRegistry registry) {
        gauge(
                registry,
                "handshakes.pending",
                "Handshakes that go on or wait for their turn",
                ServerStatistics::handshakesPending);
        for (TlsVersion version : TlsVersion.values()) {
            counter(
                    registry,
                    "handshakes.succeeded",
                    "Handshakes that succeeded",
                    Tags.of("version", version.protocolName()),
                    numbers -> numbers.handshakesByVersion().getOrDefault(version, 0L));
        }
        for (String group : GROUPS) {
            counter(
                    registry,
                    "handshakes.group",
                    "Handshakes that succeeded, by key exchange group",
                    Tags.of("group", group),
                    numbers -> numbers.handshakesByGroup().getOrDefault(group, 0L));
        }
        counter(
                registry,
                "handshakes.resumed",
                "Handshakes that continued an earlier session",
                Tags.empty(),
                ServerStatistics::handshakesResumed);
        for (HandshakeException.Reason reason : HandshakeException.Reason.values()) {
            counter(
                    registry,
                    "handshakes.failed",
                    "Handshakes that failed",
                    Tags.of("reason", lowerCase(reason)),
                    numbers -> numbers.handshakesFailedByReason().getOrDefault(reason, 0L));
        }
        FunctionTimer.builder(
                        "sallyport.handshakes",
                        server,
                        one -> one.statistics().handshakesCompleted(),
                        one -> seconds(one.statistics().handshakeTime()),
                        TimeUnit.SECONDS)
                .description("Handshakes that succeeded, from accepting the connection")
                .tags(tags)
                .register(registry);
    }

    private void gauge(
            MeterRegistry registry, String name, String description, ToDoubleFunction<ServerStatistics> number) {
        Gauge.builder("sallyport." + name, server, one -> number.applyAsDouble(one.statistics()))
                .description(description)
                .tags(tags)
                .register(registry);
    }

    private void bytes(
            MeterRegistry registry, String name, String description, ToDoubleFunction<ServerStatistics> number) {
        counter(name, description, Tags.empty(), number)
                .baseUnit(BaseUnits.BYTES)
                .register(registry);
    }

    private void counter(
            MeterRegistry registry,
            String name,
            String description,
            Tags more,
            ToDoubleFunction<ServerStatistics> number) {
        counter(name, description, more, number).register(registry);
    }

    private FunctionCounter.Builder<SecureServer> counter(
            String name, String description, Tags more, ToDoubleFunction<ServerStatistics> number) {
        return FunctionCounter.builder("sallyport." + name, server, one -> number.applyAsDouble(one.statistics()))
                .description(description)
                .tags(tags.and(more));
    }

    private static double secondsLeft(SecurityContext context) {
        return context.certificates().stream()
                .mapToDouble(certificate -> seconds(Duration.between(
                        Instant.now(), certificate.getNotAfter().toInstant())))
                .min()
                .orElse(Double.NaN);
    }

    private static double seconds(Duration duration) {
        return duration.toNanos() / 1e9;
    }

    private static String lowerCase(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
