package dev.sallyport.internal.listen;

import dev.sallyport.HandshakeException.Reason;
import dev.sallyport.Limit;
import dev.sallyport.TlsVersion;
import dev.sallyport.internal.handshake.EstablishedConnection;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;

/** What one handle counts. Any thread. */
public final class ListenCounts {
    final LongAdder accepted = new LongAdder();
    final LongAdder filtered = new LongAdder();
    private final EstablishedCounts established = new EstablishedCounts();
    final LongAdder bytesReceived = new LongAdder();
    final LongAdder bytesSent = new LongAdder();
    private final AtomicLongArray failures = new AtomicLongArray(Reason.values().length);
    private final AtomicLongArray limits = new AtomicLongArray(Limit.values().length);

    ListenCounts() {}

    void completed(EstablishedConnection connection) {
        established.count(connection);
    }

    void failed(Reason reason) {
        failures.incrementAndGet(reason.ordinal());
    }

    void reached(Limit limit) {
        limits.incrementAndGet(limit.ordinal());
    }

    /** {@return connections taken from the kernel} */
    public long accepted() {
        return accepted.sum();
    }

    /** {@return connections refused by the accept filter} */
    public long filtered() {
        return filtered.sum();
    }

    /** {@return handshakes that succeeded} */
    public long completed() {
        return established.connections();
    }

    /** {@return those of them that resumed a session} */
    public long resumed() {
        return established.resumed();
    }

    /** {@return the time from accept to the end of the handshake, of those that succeeded together} */
    public long handshakeNanos() {
        return established.handshakeNanos();
    }

    /** {@return handshakes that succeeded by version} */
    public Map<TlsVersion, Long> versions() {
        return established.versions();
    }

    /** {@return handshakes that succeeded by key exchange group, as far as the provider tells it} */
    public Map<String, Long> groups() {
        return established.groups();
    }

    /** {@return plaintext received by connections that have closed} */
    public long bytesReceived() {
        return bytesReceived.sum();
    }

    /** {@return plaintext sent by connections that have closed} */
    public long bytesSent() {
        return bytesSent.sum();
    }

    /** {@return failed handshakes by reason} */
    public Map<Reason, Long> failures() {
        return byKind(Reason.class, failures);
    }

    /** {@return how often each limit was reached} */
    public Map<Limit, Long> limits() {
        return byKind(Limit.class, limits);
    }

    static <K extends Enum<K>> Map<K, Long> byKind(Class<K> kinds, AtomicLongArray counts) {
        Map<K, Long> byKind = new EnumMap<>(kinds);
        for (K kind : kinds.getEnumConstants()) {
            byKind.put(kind, counts.get(kind.ordinal()));
        }
        return byKind;
    }
}
