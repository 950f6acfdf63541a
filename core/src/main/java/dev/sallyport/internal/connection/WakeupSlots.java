package dev.sallyport.internal.connection;

import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import org.jspecify.annotations.Nullable;

/**
 * Who waits for the sides of one connection: three times what {@link dev.sallyport.internal.task.WakeupSlot} is once, in one
 * object, of which each connection has one. Any thread; {@code fire} with no lock held.
 */
final class WakeupSlots {
    private static final AtomicReferenceFieldUpdater<WakeupSlots, @Nullable Runnable> READ = slot("read");
    private static final AtomicReferenceFieldUpdater<WakeupSlots, @Nullable Runnable> WRITE = slot("write");
    private static final AtomicReferenceFieldUpdater<WakeupSlots, @Nullable Runnable> FLUSH = slot("flush");

    private volatile @Nullable Runnable read;
    private volatile @Nullable Runnable write;
    private volatile @Nullable Runnable flush;

    private static AtomicReferenceFieldUpdater<WakeupSlots, @Nullable Runnable> slot(String field) {
        return AtomicReferenceFieldUpdater.newUpdater(WakeupSlots.class, Runnable.class, field);
    }

    void armRead(Runnable wakeup) {
        read = wakeup;
    }

    void armWrite(Runnable wakeup) {
        write = wakeup;
    }

    void armFlush(Runnable wakeup) {
        flush = wakeup;
    }

    void fireRead() {
        if (read != null) {
            fire(READ);
        }
    }

    void fireWrite() {
        if (write != null) {
            fire(WRITE);
        }
    }

    void fireFlush() {
        if (flush != null) {
            fire(FLUSH);
        }
    }

    /** Wakes everybody: the connection has ended, or is ending. */
    void fireAll() {
        fireRead();
        fireWrite();
        fireFlush();
    }

    private void fire(AtomicReferenceFieldUpdater<WakeupSlots, @Nullable Runnable> slot) {
        Runnable wakeup = slot.getAndSet(this, null);
        if (wakeup != null) {
            wakeup.run();
        }
    }
}
