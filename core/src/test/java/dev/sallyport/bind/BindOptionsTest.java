package dev.sallyport.bind;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import dev.sallyport.BindOptions;
import dev.sallyport.InternetAddress;
import dev.sallyport.ServerObserver;
import dev.sallyport.Transport;
import java.net.InetSocketAddress;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BindOptionsTest {
    private final BindOptions.Builder builder = BindOptions.builder();

    @Test
    void keepsWhatWasSet() {
        Executor executor = Runnable::run;
        ServerObserver observer = new ServerObserver() {};
        BindOptions options = builder.backlog(7)
                .v6Only(true)
                .supportedProtocols("h2", "http/1.1")
                .shared(true)
                .requireProtocol(true)
                .handshakeTimeout(Duration.ofSeconds(3))
                .writeTimeout(Duration.ZERO)
                .idleTimeout(Duration.ofMinutes(5))
                .maxConnections(11)
                .maxPendingHandshakes(12)
                .maxSilentConnections(13)
                .acceptQueue(14)
                .maxQueuedBytes(20_000)
                .watchFiles(true)
                .unsafeAllowTruncation(true)
                .tcpNoDelay(false)
                .acceptFilter(remote -> false)
                .transport(Transport.NIO)
                .executor(executor)
                .observer(observer)
                .build();

        assertThat(options.backlog()).isEqualTo(7);
        assertThat(options.v6Only()).isTrue();
        assertThat(options.supportedProtocols()).containsExactly("h2", "http/1.1");
        assertThat(options.shared()).isTrue();
        assertThat(options.requireProtocol()).isTrue();
        assertThat(options.handshakeTimeout()).isEqualTo(Duration.ofSeconds(3));
        assertThat(options.writeTimeout()).isZero();
        assertThat(options.idleTimeout()).isEqualTo(Duration.ofMinutes(5));
        assertThat(options.maxConnections()).isEqualTo(11);
        assertThat(options.maxPendingHandshakes()).isEqualTo(12);
        assertThat(options.maxSilentConnections()).isEqualTo(13);
        assertThat(options.acceptQueue()).isEqualTo(14);
        assertThat(options.maxQueuedBytes()).isEqualTo(20_000);
        assertThat(options.watchFiles()).isTrue();
        assertThat(options.unsafeAllowTruncation()).isTrue();
        assertThat(options.tcpNoDelay()).isFalse();
        assertThat(options.acceptFilter().test(new InetSocketAddress(InternetAddress.LOOPBACK_IPV4, 40_000)))
                .isFalse();
        assertThat(options.transport()).isEqualTo(Transport.NIO);
        assertThat(options.executor()).isSameAs(executor);
        assertThat(options.observer()).isSameAs(observer);
    }

    @Test
    void doesNotChangeWithTheBuilderItCameFrom() {
        BindOptions before = builder.backlog(1).build();
        BindOptions after = builder.backlog(2).build();

        assertThat(before.backlog()).isEqualTo(1);
        assertThat(after.backlog()).isEqualTo(2);
    }

    @Test
    void canBeTheStartOfOthers() {
        BindOptions options = builder.shared(true).acceptQueue(3).build();

        BindOptions others = options.toBuilder().acceptQueue(4).build();

        assertThat(others.shared()).isTrue();
        assertThat(others.acceptQueue()).isEqualTo(4);
        assertThat(options.toBuilder().build().acceptQueue()).isEqualTo(3);
        assertThat(BindOptions.defaults().shared()).isFalse();
    }

    @Test
    void requiringAClientCertificateImpliesRequestingIt() {
        BindOptions required = builder.requireClientCertificate(true)
                .requestClientCertificate(false)
                .build();

        assertThat(required.requestClientCertificate()).isTrue();
        assertThat(required.toBuilder().requireClientCertificate(false).build().requestClientCertificate())
                .as("the request goes with the requirement that implied it")
                .isFalse();
    }

    @Test
    void tellsNoProtocolsFromProtocolsThatWereNotGiven() {
        assertThat(builder.build().supportedProtocols()).isNull();
        assertThat(builder.supportedProtocols().build().supportedProtocols()).isEmpty();
        assertThat(builder.supportedProtocols(List.of()).build().supportedProtocols())
                .isEmpty();
    }

    @Test
    void takesProtocolNamesUpToTheirLimits() {
        assertThatCode(() -> builder.supportedProtocols(Collections.nCopies(4095, "a")))
                .doesNotThrowAnyException();
        assertThatCode(() -> builder.supportedProtocols("a".repeat(255), "ü".repeat(127), "x", "x"))
                .doesNotThrowAnyException();

        refused(() -> builder.supportedProtocols(Collections.nCopies(4096, "a")), "supportedProtocols", "8192", "8191");
        refused(() -> builder.supportedProtocols("a".repeat(256)), "supportedProtocols", "256 bytes", "1 to 255");
        refused(() -> builder.supportedProtocols("ü".repeat(128)), "supportedProtocols", "256 bytes", "1 to 255");
        refused(() -> builder.supportedProtocols("h2", ""), "supportedProtocols", "empty", "1 to 255");
        refused(() -> builder.supportedProtocols("\ud83d"), "supportedProtocols", "UTF-8");
    }

    @Test
    void keepsACopyOfTheProtocols() {
        List<String> protocols = new ArrayList<>(List.of("h2"));
        BindOptions options = builder.supportedProtocols(protocols).build();
        protocols.add("http/1.1");

        assertThat(options.supportedProtocols()).containsExactly("h2").isUnmodifiable();
    }

    @Test
    void refusesToRequireAProtocolOfNone() {
        builder.requireProtocol(true).supportedProtocols(List.of());

        refused(builder::build, "requireProtocol", "supportedProtocols", "name the protocols");
        assertThatCode(() -> BindOptions.builder().requireProtocol(true).build())
                .as("the context may name them")
                .doesNotThrowAnyException();
    }

    @Test
    void refusesNumbersOutOfRangeAtOnce() {
        refused(() -> builder.backlog(-1), "backlog(-1)", "0 or more");
        refused(() -> builder.maxConnections(0), "maxConnections(0)", "1 or more");
        refused(() -> builder.maxPendingHandshakes(0), "maxPendingHandshakes(0)", "1 or more");
        refused(() -> builder.maxSilentConnections(-5), "maxSilentConnections(-5)", "1 or more");
        refused(() -> builder.acceptQueue(0), "acceptQueue(0)", "1 or more");
        refused(() -> builder.maxQueuedBytes(16_383), "maxQueuedBytes(16383)", "16384 or more");
    }

    @Test
    void refusesDurationsOutOfRangeAtOnce() {
        Duration tooLong = Duration.ofDays(36_501);
        Duration negative = Duration.ofMillis(-1);

        refused(() -> builder.handshakeTimeout(Duration.ZERO), "handshakeTimeout(PT0S)", "longer than zero");
        refused(() -> builder.handshakeTimeout(negative), "handshakeTimeout(PT-0.001S)", "longer than zero");
        refused(() -> builder.handshakeTimeout(tooLong), "handshakeTimeout", "36500 days");
        refused(() -> builder.writeTimeout(negative), "writeTimeout(PT-0.001S)", "not be negative", "zero");
        refused(() -> builder.writeTimeout(tooLong), "writeTimeout", "36500 days");
        refused(() -> builder.idleTimeout(negative), "idleTimeout(PT-0.001S)", "not be negative", "zero");
        refused(() -> builder.idleTimeout(Duration.ofSeconds(Long.MAX_VALUE)), "idleTimeout", "36500 days");
    }

    @Test
    void namesTheParameterThatIsNull() {
        nullRefused("timeout", () -> builder.handshakeTimeout(absent()));
        nullRefused("protocols", () -> builder.supportedProtocols(BindOptionsTest.<List<String>>absent()));
        nullRefused("protocols", () -> builder.supportedProtocols(BindOptionsTest.<String[]>absent()));
        nullRefused("protocols", () -> builder.supportedProtocols(Arrays.asList("h2", absent())));
        nullRefused("filter", () -> builder.acceptFilter(absent()));
        nullRefused("transport", () -> builder.transport(absent()));
        nullRefused("executor", () -> builder.executor(absent()));
        nullRefused("observer", () -> builder.observer(absent()));
        nullRefused("option", () -> builder.socketOption(absent(), 1));
        nullRefused("value", () -> builder.socketOption(StandardSocketOptions.SO_RCVBUF, absent()));
    }

    @Test
    void collectsSocketOptions() {
        BindOptions first = builder.socketOption(StandardSocketOptions.SO_KEEPALIVE, true)
                .socketOption(StandardSocketOptions.SO_RCVBUF, 1)
                .build();
        BindOptions second =
                builder.socketOption(StandardSocketOptions.SO_RCVBUF, 2).build();

        assertThat(first.socketOptions())
                .isEqualTo(Map.of(StandardSocketOptions.SO_KEEPALIVE, true, StandardSocketOptions.SO_RCVBUF, 1))
                .isUnmodifiable();
        assertThat(second.socketOptions()).containsEntry(StandardSocketOptions.SO_RCVBUF, 2);
    }

    @Test
    @SuppressWarnings({"unchecked", "rawtypes"})
    void refusesSocketOptionsThatOthersDecideOrThatDoNotFit() {
        SocketOption untyped = StandardSocketOptions.SO_KEEPALIVE;

        refused(() -> builder.socketOption(StandardSocketOptions.TCP_NODELAY, true), "TCP_NODELAY", "tcpNoDelay");
        refused(() -> builder.socketOption(StandardSocketOptions.SO_REUSEPORT, true), "SO_REUSEPORT", "shared");
        refused(() -> builder.socketOption(StandardSocketOptions.SO_REUSEADDR, true), "SO_REUSEADDR");
        refused(() -> builder.socketOption(StandardSocketOptions.SO_LINGER, 1), "SO_LINGER", "abort");
        refused(() -> builder.socketOption(StandardSocketOptions.SO_RCVBUF, 0), "SO_RCVBUF, 0", "1 or more");
        refused(() -> builder.socketOption(untyped, "yes"), "SO_KEEPALIVE, yes", "Boolean");
    }

    @Test
    void showsWhatIsNotTheDefault() {
        assertThat(BindOptions.defaults()).hasToString("BindOptions[defaults]");
        assertThat(builder.shared(true).supportedProtocols("h2").build())
                .hasToString("BindOptions[supportedProtocols=[h2], shared=true]");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, Integer.MAX_VALUE})
    void takesAnyBacklogFromZeroOn(int backlog) {
        assertThat(builder.backlog(backlog).build().backlog()).isEqualTo(backlog);
    }

    private static void refused(ThrowingCallable setting, String... words) {
        assertThatIllegalArgumentException()
                .isThrownBy(setting)
                .satisfies(refusal -> assertThat(refusal.getMessage()).contains(words));
    }

    private static void nullRefused(String parameter, ThrowingCallable setting) {
        assertThatNullPointerException().isThrownBy(setting).withMessageContaining(parameter);
    }

    /** {@return null, where the compiler would not have it} */
    @SuppressWarnings({"NullAway", "TypeParameterUnusedInFormals"})
    private static <T> T absent() {
        return null;
    }
}
