package dev.sallyport.internal.listen;

import dev.sallyport.TlsVersion;
import dev.sallyport.internal.handshake.EstablishedConnection;
import dev.sallyport.internal.tls.TlsSession;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;

/** What one handle counts of the handshakes that have succeeded. Any thread. */
final class EstablishedCounts {
    private final LongAdder connections = new LongAdder();
    private final LongAdder resumed = new LongAdder();
    private final LongAdder handshakeNanos = new LongAdder();
    private final AtomicLongArray versions = new AtomicLongArray(TlsVersion.values().length);
    private final Map<String, LongAdder> groups = new ConcurrentHashMap<>();

    void count(EstablishedConnection established) {
        connections.increment();
        handshakeNanos.add(established.info().duration().toNanos());
        TlsSession session = established.session();
        if (session.resumed()) {
            resumed.increment();
        }
        versions.incrementAndGet(session.version().ordinal());
        String group = session.namedGroup();
        if (group != null) { // one of the few that we have
            groups.computeIfAbsent(group, first -> new LongAdder()).increment();
        }
    }

    long connections() {
        return connections.sum();
    }

    long resumed() {
        return resumed.sum();
    }

    /** {@return the time from accept to the end of the handshake, of all together} */
    long handshakeNanos() {
        return handshakeNanos.sum();
    }

    Map<TlsVersion, Long> versions() {
        return ListenCounts.byKind(TlsVersion.class, versions);
    }

    /** {@return how many there were by key exchange group, as far as the provider tells it} */
    Map<String, Long> groups() {
        Map<String, Long> counts = new TreeMap<>();
        groups.forEach((group, count) -> counts.put(group, count.sum()));
        return counts;
    }
}
