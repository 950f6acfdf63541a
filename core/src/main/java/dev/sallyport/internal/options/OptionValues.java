package dev.sallyport.internal.options;

import dev.sallyport.BindOptions;
import dev.sallyport.ServerObserver;
import dev.sallyport.Transport;
import dev.sallyport.internal.task.DefaultExecutor;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.time.Duration;
import java.util.Collections;
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
public final class OptionValues {
    private static final ServerObserver NOBODY = new ServerObserver() {};

    public int backlog = 0;
    public boolean v6Only = false;
    public boolean requestClientCertificate = false;
    public boolean requireClientCertificate = false;

    public @Nullable List<String> supportedProtocols = null;

    public boolean shared = false;
    public boolean requireProtocol = false;
    public Duration handshakeTimeout = Duration.ofSeconds(10);
    public Duration writeTimeout = Duration.ofSeconds(60);
    public Duration idleTimeout = Duration.ZERO;
    public int maxConnections = 65_536;
    public int maxPendingHandshakes = 4_096;
    public int maxSilentConnections = 16_384;
    public int acceptQueue = 128;
    public int maxQueuedBytes = 1 << 20;
    public boolean watchFiles = false;
    public boolean unsafeAllowTruncation = false;
    public boolean tcpNoDelay = true;
    public Map<SocketOption<?>, Object> socketOptions = Map.of();

    public @Nullable Predicate<? super SocketAddress> acceptFilter = null;

    public Transport transport = Transport.AUTO;

    public @Nullable Executor executor = null;

    public ServerObserver observer = NOBODY;

    public OptionValues() {}

    public OptionValues(OptionValues from) {
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

    /** Adds an option of the system's, or replaces it; the map that a {@code BindOptions} may have got stays as it is. */
    public <T> void setSocketOption(SocketOption<T> option, T value) {
        Map<SocketOption<?>, Object> changed = new LinkedHashMap<>(socketOptions);
        changed.put(option, SocketOptionCheck.check(option, value));
        socketOptions = Collections.unmodifiableMap(changed);
    }

    /** Not made before somebody needs it: most who build options name another, or build them to be thrown away. */
    public Executor executor() {
        return executor == null ? DefaultExecutor.instance() : executor;
    }

    public Predicate<? super SocketAddress> acceptFilter() {
        return acceptFilter == null ? remote -> true : acceptFilter;
    }

    public boolean requestsClientCertificate() {
        return requestClientCertificate || requireClientCertificate;
    }

    public void requireNoContradiction() {
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
