package dev.sallyport.internal.listen;

import dev.sallyport.internal.connection.Connection;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The connections of one handle from accept to their end: how many there are, which of them have finished their handshake,
 * and who waits until none is left. Any thread.
 */
final class ConnectionLedger {
    private final AtomicInteger open = new AtomicInteger();
    private final Set<Connection> established = ConcurrentHashMap.newKeySet();
    private final Queue<Runnable> whenEmpty = new ConcurrentLinkedQueue<>();

    /** A connection has come, from the kernel or from another handle. */
    void enter() {
        open.incrementAndGet();
    }

    /** A connection that has entered has finished its handshake. */
    void establish(Connection connection) {
        established.add(connection);
    }

    /** A connection has gone before its handshake was finished. */
    void leave() {
        open.decrementAndGet();
    }

    /** {@return whether an established connection was here until now} If not, it has gone, or another handle has it. */
    boolean leave(Connection connection) {
        if (!established.remove(connection)) {
            return false;
        }
        open.decrementAndGet();
        return true;
    }

    int open() {
        return open.get();
    }

    List<Connection> established() {
        return new ArrayList<>(established);
    }

    /** Runs {@code task} once, in the first {@link #runWhenEmpty} that finds no connection here. */
    void whenEmpty(Runnable task) {
        whenEmpty.add(task);
    }

    void runWhenEmpty() {
        while (open.get() == 0) {
            Runnable task = whenEmpty.poll();
            if (task == null) {
                return;
            }
            task.run();
        }
    }
}
