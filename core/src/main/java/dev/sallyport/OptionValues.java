package dev.sallyport;

import dev.sallyport.internal.task.DefaultExecutor;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The values behind {@link BindOptions} and its builder, so that each option and its default is written down once. A
 * builder changes its own; those of a {@code BindOptions} are changed by nobody. The reasons are in docs/defaults.md.
 */
final class OptionValues {
    private static final ServerObserver NOBODY = new ServerObserver() {};

    int backlog = 0;
    boolean v6Only = false;
    boolean requestClientCertificate = false;
    boolean requireClientCertificate = false;

    @Nullable List<String> supportedProtocols = null;

    boolean shared = false;
    boolean requireProtocol = false;
    Duration handshakeTimeout = Duration.ofSeconds(10);
    Duration writeTimeout = Duration.ofSeconds(60);
    Duration idleTimeout = Duration.ZERO;
    int maxConnections = 65_536;
    int maxPendingHandshakes = 4_096;
    int maxSilentConnections = 16_384;
    int acceptQueue = 128;
    int maxQueuedBytes = 1 << 20;
    boolean watchFiles = false;
    boolean unsafeAllowTruncation = false;
    boolean tcpNoDelay = true;
    Map<SocketOption<?>, Object> socketOptions = Map.of();

    @Nullable Predicate<? super SocketAddress> acceptFilter = null;

    Transport transport = Transport.AUTO;

    @Nullable Executor executor = null;

    ServerObserver observer = NOBODY;

    OptionValues() {}

    OptionValues(OptionValues from) {
        backlog = from.backlog;
        v6Only = from.v6Only;
        requestClientCertificate = from.requestClientCertificate;
        requireClientCertificate = from.requireClientCertificate;
        supportedProtocols = from.supportedProtocols;
        shared = from.shared;
        requireProtocol = from.requireProtocol;
        handshakeTimeout = from.handshakeTimeout;
        writeTimeout = from.writeTimeout;
        idleTimeout = from.idleTimeout;
        maxConnections = from.maxConnections;
        maxPendingHandshakes = from.maxPendingHandshakes;
        maxSilentConnections = from.maxSilentConnections;
        acceptQueue = from.acceptQueue;
        maxQueuedBytes = from.maxQueuedBytes;
        watchFiles = from.watchFiles;
        unsafeAllowTruncation = from.unsafeAllowTruncation;
        tcpNoDelay = from.tcpNoDelay;
        socketOptions = from.socketOptions;
        acceptFilter = from.acceptFilter;
        transport = from.transport;
        executor = from.executor;
        observer = from.observer;
    }

    /** Not made before somebody needs it: most who build options name another, or build them to be thrown away. */
    Executor executor() {
        return executor == null ? DefaultExecutor.instance() : executor;
    }

    Predicate<? super SocketAddress> acceptFilter() {
        return acceptFilter == null ? remote -> true : acceptFilter;
    }

    boolean requestsClientCertificate() {
        return requestClientCertificate || requireClientCertificate;
    }

    void requireNoContradiction() {
        if (requireProtocol && supportedProtocols != null && supportedProtocols.isEmpty()) {
            throw new IllegalArgumentException("requireProtocol(true) with an empty supportedProtocols: every handshake"
                    + " would fail; name the protocols, or leave requireProtocol out");
        }
    }

    /** {@return the values that are not the defaults, for a log} */
    @Override
    public String toString() {
        Map<String, @Nullable Object> defaults = new OptionValues().named();
        String changed = named().entrySet().stream()
                .filter(option -> !Objects.equals(option.getValue(), defaults.get(option.getKey())))
                .map(option -> option.getKey() + "=" + option.getValue())
                .collect(Collectors.joining(", "));
        return changed.isEmpty() ? "defaults" : changed;
    }

    private Map<String, @Nullable Object> named() {
        Map<String, @Nullable Object> named = new LinkedHashMap<>();
        named.put("backlog", backlog);
        named.put("v6Only", v6Only);
        named.put("requestClientCertificate", requestsClientCertificate());
        named.put("requireClientCertificate", requireClientCertificate);
        named.put("supportedProtocols", supportedProtocols);
        named.put("shared", shared);
        named.put("requireProtocol", requireProtocol);
        named.put("handshakeTimeout", handshakeTimeout);
        named.put("writeTimeout", writeTimeout);
        named.put("idleTimeout", idleTimeout);
        named.put("maxConnections", maxConnections);
        named.put("maxPendingHandshakes", maxPendingHandshakes);
        named.put("maxSilentConnections", maxSilentConnections);
        named.put("acceptQueue", acceptQueue);
        named.put("maxQueuedBytes", maxQueuedBytes);
        named.put("watchFiles", watchFiles);
        named.put("unsafeAllowTruncation", unsafeAllowTruncation);
        named.put("tcpNoDelay", tcpNoDelay);
        named.put("socketOptions", socketOptions);
        named.put("acceptFilter", acceptFilter);
        named.put("transport", transport);
        named.put("executor", executor);
        named.put("observer", observer);
        return named;
    }
}
