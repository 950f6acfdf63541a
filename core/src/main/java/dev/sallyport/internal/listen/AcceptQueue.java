package dev.sallyport.internal.listen;

import dev.sallyport.internal.handshake.EstablishedConnection;
import dev.sallyport.internal.task.WakeupSlot;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** The finished connections of one handle that nobody has taken yet, in order, and who waits for them. Any thread. */
final class AcceptQueue {
    private final ReentrantLock lock = new ReentrantLock();
    private final ArrayDeque<EstablishedConnection> undelivered = new ArrayDeque<>(); // guarded by lock
    private final WakeupSlot acceptWaiter = new WakeupSlot();
    private boolean closed; // guarded by lock
    private @Nullable Runnable whenEnded; // guarded by lock

    /** Puts a connection behind the others; returns false, and does nothing, when this is closed. */
    boolean offer(EstablishedConnection finished) {
        lock.lock();
        try {
            if (closed) {
                return false;
            }
            undelivered.add(finished);
        } finally {
            lock.unlock();
        }
        acceptWaiter.fire();
        return true;
    }

    @Nullable EstablishedConnection poll() {
        lock.lock();
        try {
            return undelivered.poll();
        } finally {
            lock.unlock();
        }
    }

    /** Runs {@code wakeup} once when there is something to poll or this has closed: now, when that is so already. */
    void whenAcceptable(Runnable wakeup) {
        acceptWaiter.arm(wakeup);
        boolean now;
        lock.lock();
        try {
            now = closed || !undelivered.isEmpty();
        } finally {
            lock.unlock();
        }
        if (now) {
            acceptWaiter.fire();
        }
    }

    /** Runs {@code ended} once when this has closed: now, when that is so already. */
    void whenEnded(Runnable ended) {
        lock.lock();
        try {
            if (!closed) {
                whenEnded = ended;
                return;
            }
        } finally {
            lock.unlock();
        }
        ended.run();
    }

    /** Takes nothing more; returns those that nobody has taken. Once, and {@link #tellClosed} after it. */
    List<EstablishedConnection> close() {
        lock.lock();
        try {
            closed = true;
            List<EstablishedConnection> orphans = new ArrayList<>(undelivered);
            undelivered.clear();
            return orphans;
        } finally {
            lock.unlock();
        }
    }

    void tellClosed() {
        Runnable ended;
        lock.lock();
        try {
            ended = whenEnded;
        } finally {
            lock.unlock();
        }
        acceptWaiter.fire();
        if (ended != null) {
            ended.run();
        }
    }
}
