package dev.sallyport.internal.task;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Tells a server's connections that the server drains. A future that hung on the server's own would hold its connection
 * until the server ends, so each has one of its own, which is forgotten when the connection is gone. Any thread.
 */
public final class DrainSignal {
    private final Set<Runnable> listeners = ConcurrentHashMap.newKeySet();
    private volatile boolean begun;

    /** {@return whether the server drains} */
    public boolean begun() {
        return begun;
    }

    /** Runs {@code listener} when draining begins, now when it has begun; perhaps twice. */
    public void tell(Runnable listener) {
        listeners.add(listener);
        if (begun) { // after adding, so that whoever begins meanwhile either sees it or is seen
            listener.run();
        }
    }

    /** Undoes {@link #tell}. */
    public void forget(Runnable listener) {
        listeners.remove(listener);
    }

    /** The server drains from now on. */
    public void begin() {
        begun = true;
        listeners.forEach(Runnable::run);
    }
}
