package dev.sallyport.internal.resource;

import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Lends {@link Scratch} buffers of one size. Any thread. A buffer is mostly given back within microseconds, and a thread looks
 * first where it left its last one. What does not fit into the slots is left to the garbage collector, which is slow to
 * notice memory outside of the heap: so all slots are looked through before.
 */
public final class ScratchPool {
    /** Room for one TLS record of the largest size (RFC 8446 section 5.2, and JSSE's 16,709) with some to spare. */
    public static final int RECORD_BYTES = 17 * 1024;

    /** Room for four records, so that a large write or read costs one system call. */
    public static final int BULK_BYTES = 4 * RECORD_BYTES;

    /** Buffers of {@link #RECORD_BYTES}. */
    public static final ScratchPool RECORD = new ScratchPool(RECORD_BYTES, 256);

    /** Buffers of {@link #BULK_BYTES}. */
    public static final ScratchPool BULK = new ScratchPool(BULK_BYTES, 64);

    private final int capacity;
    private final AtomicReferenceArray<@Nullable Scratch> slots;

    private ScratchPool(int capacity, int slots) {
        this.capacity = capacity;
        this.slots = new AtomicReferenceArray<>(slots);
    }

    /** {@return an empty buffer, the caller's own until it is given back} */
    public Scratch take() {
        OwnedCount.SCRATCH_BUFFERS.increment();
        int start = start();
        for (int i = 0; i < slots.length(); i++) {
            int slot = (start + i) & (slots.length() - 1);
            if (slots.getPlain(slot) != null) {
                Scratch scratch = slots.getAndSet(slot, null);
                if (scratch != null) {
                    scratch.lend();
                    return scratch;
                }
            }
        }
        return new Scratch(capacity);
    }

    /** Gives a buffer back to the pool of its size. The caller must not touch it afterwards. */
    public static void giveBack(Scratch scratch) {
        scratch.giveBack();
        OwnedCount.SCRATCH_BUFFERS.decrement();
        (scratch.capacity() == BULK_BYTES ? BULK : RECORD).keep(scratch);
    }

    private void keep(Scratch scratch) {
        int start = start();
        for (int i = 0; i < slots.length(); i++) {
            int slot = (start + i) & (slots.length() - 1);
            if (slots.getPlain(slot) == null && slots.compareAndSet(slot, null, scratch)) {
                return;
            }
        }
    }

    /** Spreads threads over the slots, so that neighbours seldom meet. */
    private static int start() {
        long id = Thread.currentThread().getId();
        return (int) ((id * 0x9E3779B97F4A7C15L) >>> 40);
    }
}
