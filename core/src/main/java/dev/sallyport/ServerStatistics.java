package dev.sallyport;

import java.time.Duration;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * The numbers of a server at one moment, counted since it was bound; see {@link SecureServerSocket#statistics}. A
 * snapshot: it does not change, and as its numbers are read one after the other while the server runs, they may be off
 * against each other by what happened meanwhile. Of a shared address each server counts what was given to it.
 */
public final class ServerStatistics {
    /** What the numbers are collected in, by name; nothing is kept of it. */
    static final class Counts {
        long accepted;
        long filtered;
        int connectionsSilent;
        int handshakesPending;
        int acceptQueueLength;
        int connectionsOpen;
        long handshakesCompleted;
        long handshakesResumed;
        Duration handshakeTime = Duration.ZERO;
        long bytesReceived;
        long bytesSent;
        final Map<HandshakeException.Reason, Long> handshakesFailed = new EnumMap<>(HandshakeException.Reason.class);
        final Map<Limit, Long> limitsReached = new EnumMap<>(Limit.class);
        final Map<TlsVersion, Long> versions = new EnumMap<>(TlsVersion.class);
        final Map<String, Long> groups = new TreeMap<>();
    }

    private final long accepted;
    private final long filtered;
    private final int connectionsSilent;
    private final int handshakesPending;
    private final int acceptQueueLength;
    private final int connectionsOpen;
    private final long handshakesCompleted;
    private final long handshakesResumed;
    private final Duration handshakeTime;
    private final Map<TlsVersion, Long> versions;
    private final Map<String, Long> groups;
    private final long bytesReceived;
    private final long bytesSent;
    private final Map<HandshakeException.Reason, Long> handshakesFailed;
    private final Map<Limit, Long> limitsReached;

    ServerStatistics(Counts counts) {
        accepted = counts.accepted;
        filtered = counts.filtered;
        connectionsSilent = counts.connectionsSilent;
        handshakesPending = counts.handshakesPending;
        acceptQueueLength = counts.acceptQueueLength;
        connectionsOpen = counts.connectionsOpen;
        handshakesCompleted = counts.handshakesCompleted;
        handshakesResumed = counts.handshakesResumed;
        handshakeTime = counts.handshakeTime;
        versions = withZeros(TlsVersion.class, counts.versions);
        groups = Collections.unmodifiableMap(new TreeMap<>(counts.groups));
        bytesReceived = counts.bytesReceived;
        bytesSent = counts.bytesSent;
        handshakesFailed = withZeros(HandshakeException.Reason.class, counts.handshakesFailed);
        limitsReached = withZeros(Limit.class, counts.limitsReached);
    }

    /** {@return how many connections came from the system, whatever became of them} */
    public long accepted() {
        return accepted;
    }

    /** {@return how many of those {@link BindOptions#acceptFilter()} turned away} */
    public long filtered() {
        return filtered;
    }

    /** {@return how many connections have not sent a whole ClientHello yet} */
    public int connectionsSilent() {
        return connectionsSilent;
    }

    /** {@return how many handshakes are going on or wait for their turn} */
    public int handshakesPending() {
        return handshakesPending;
    }

    /** {@return how many connections have finished their handshake and wait to be taken} */
    public int acceptQueueLength() {
        return acceptQueueLength;
    }

    /** {@return how many connections exist now, at whatever stage} */
    public int connectionsOpen() {
        return connectionsOpen;
    }

    /** {@return how many handshakes succeeded} */
    public long handshakesCompleted() {
        return handshakesCompleted;
    }

    /** {@return how many of the handshakes that succeeded continued an earlier session} */
    public long handshakesResumed() {
        return handshakesResumed;
    }

    /** {@return how many handshakes succeeded with each version; every version is there, the map is unmodifiable} */
    public Map<TlsVersion, Long> handshakesByVersion() {
        return versions;
    }

    /**
     * {@return how many handshakes succeeded with each key exchange group, by its IANA name; those of which the provider
     * tells no group, and those that resumed without a key exchange, are in none; the map is unmodifiable}
     */
    public Map<String, Long> handshakesByGroup() {
        return groups;
    }

    /** {@return the time from accepting a connection to the end of its handshake, of all that succeeded together} */
    public Duration handshakeTime() {
        return handshakeTime;
    }

    /** {@return how many handshakes failed, for whatever reason} */
    public long handshakesFailed() {
        return handshakesFailed.values().stream().mapToLong(Long::longValue).sum();
    }

    /** {@return how many handshakes failed for each reason; every reason is there, the map is unmodifiable} */
    public Map<HandshakeException.Reason, Long> handshakesFailedByReason() {
        return handshakesFailed;
    }

    /** {@return how often each bound was reached; every bound is there, the map is unmodifiable} */
    public Map<Limit, Long> limitsReached() {
        return limitsReached;
    }

    /** {@return how many bytes of plaintext were read from clients; those of a connection count when it has closed} */
    public long bytesReceived() {
        return bytesReceived;
    }

    /**
     * {@return how many bytes of plaintext were encrypted for clients; those of a connection count when it has closed}
     */
    public long bytesSent() {
        return bytesSent;
    }

    /** {@return one line for a log; of failures and bounds those that happened} */
    @Override
    public String toString() {
        return "ServerStatistics[accepted " + accepted + ", filtered " + filtered + ", silent " + connectionsSilent
                + ", handshaking " + handshakesPending + ", waiting " + acceptQueueLength + ", open " + connectionsOpen
                + ", completed " + handshakesCompleted + ", resumed " + handshakesResumed + ", failed "
                + withoutZeros(handshakesFailed) + ", limits " + withoutZeros(limitsReached) + ", received "
                + bytesReceived + " B, sent " + bytesSent + " B]";
    }

    private static <K extends Enum<K>> Map<K, Long> withZeros(Class<K> keys, Map<K, Long> counts) {
        Map<K, Long> all = new EnumMap<>(keys);
        for (K key : keys.getEnumConstants()) {
            all.put(key, counts.getOrDefault(key, 0L));
        }
        return Collections.unmodifiableMap(all);
    }

    private static <K extends Enum<K>> Map<K, Long> withoutZeros(Map<K, Long> counts) {
        Map<K, Long> some = new EnumMap<>(counts);
        some.values().removeIf(count -> count == 0);
        return some;
    }
}
