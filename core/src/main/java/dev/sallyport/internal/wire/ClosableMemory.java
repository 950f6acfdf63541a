package dev.sallyport.internal.wire;

import java.lang.ref.WeakReference;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Tells the buffers whose memory may be unmapped while native code uses its address: views of a {@code MemorySegment} of an
 * {@code Arena} (JDK 22) that can be closed, by another thread, at any moment. Only the JDK's own copying minds that, so
 * such a buffer is copied, and its address given to nobody. Any thread.
 */
public final class ClosableMemory {
    /*
     * Asking the JDK makes two small objects, and a buffer never changes what it views: so those that are harmless are
     * remembered, weakly, by identity. One that finds no slot is asked about each time.
     */
    private static final int SLOTS = 4096;

    private static final int PROBES = 4;
    private static final AtomicReferenceArray<@Nullable WeakReference<ByteBuffer>> HARMLESS =
            new AtomicReferenceArray<>(SLOTS);

    private ClosableMemory() {}

    /** {@return whether the memory may go while the buffer is in use, or is for one thread only} */
    public static boolean isViewedBy(ByteBuffer buffer) {
        return buffer.isDirect() && ArenaScopes.PRESENT && !isKnownHarmless(buffer) && isClosable(buffer);
    }

    /** {@return whether the memory is for one thread only} */
    public static boolean isConfined(ByteBuffer buffer) {
        return isViewedBy(buffer) && ArenaScopes.isConfined(buffer);
    }

    /**
     * Touches the first byte.
     *
     * @throws IllegalStateException when the arena has been closed
     * @throws RuntimeException a {@code WrongThreadException} when the memory is another thread's
     */
    public static void check(ByteBuffer buffer) {
        boolean interrupted = Thread.currentThread().isInterrupted();
        try {
            buffer.get(buffer.position());
        } catch (IllegalStateException closed) {
            forgetInterrupt(interrupted);
            throw closed;
        }
    }

    /** Copies all of {@code from}; throws what {@link #check} does when the arena of one of them is closed meanwhile. */
    public static void copy(ByteBuffer from, ByteBuffer to) {
        boolean interrupted = Thread.currentThread().isInterrupted();
        try {
            to.put(from);
        } catch (IllegalStateException closed) {
            forgetInterrupt(interrupted);
            throw closed;
        }
    }

    /** JDK 25 stops a thread that is in the middle of a copy by interrupting it, too, which nobody has meant. */
    private static void forgetInterrupt(boolean before) {
        if (!before) {
            Thread.interrupted();
        }
    }

    private static boolean isKnownHarmless(ByteBuffer buffer) {
        int first = System.identityHashCode(buffer);
        for (int i = 0; i < PROBES; i++) {
            WeakReference<ByteBuffer> known = HARMLESS.getAcquire((first + i) & (SLOTS - 1));
            if (known == null) {
                return false;
            }
            if (known.refersTo(buffer)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isClosable(ByteBuffer buffer) {
        if (ArenaScopes.isClosable(buffer)) {
            return true;
        }
        int first = System.identityHashCode(buffer);
        for (int i = 0; i < PROBES; i++) {
            int slot = (first + i) & (SLOTS - 1);
            WeakReference<ByteBuffer> known = HARMLESS.get(slot);
            if (known == null || known.refersTo(null)) {
                HARMLESS.compareAndSet(slot, known, new WeakReference<>(buffer));
                break;
            }
        }
        return false;
    }
}
