package dev.sallyport.internal.resource;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** What the library holds and has to give back; tests fail when one of these is not zero after the last socket closed. */
public enum OwnedCount {
    /** Open descriptors or channels, listening or connected. */
    DESCRIPTORS,
    /** Buffers lent by a {@link ScratchPool}. */
    SCRATCH_BUFFERS,
    /** Native TLS contexts ({@code SSL_CTX}). */
    NATIVE_CONTEXTS,
    /** Native TLS connections ({@code SSL}). */
    NATIVE_CONNECTIONS;

    @SuppressWarnings("ImmutableEnumChecker") // a count of the process is what this is
    private final LongAdder count = new LongAdder();

    /** One more is held. */
    public void increment() {
        count.increment();
    }

    /** One was given back. */
    public void decrement() {
        count.decrement();
    }

    /** {@return how many of each are held now} */
    public static Map<OwnedCount, Long> snapshot() {
        Map<OwnedCount, Long> snapshot = new EnumMap<>(OwnedCount.class);
        for (OwnedCount owned : values()) {
            snapshot.put(owned, owned.count.sum());
        }
        return snapshot;
    }
}
