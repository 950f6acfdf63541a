package dev.sallyport.internal.task;

import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A task that runs once at most, for an executor that may keep a task, or have begun it, although {@code execute} has
 * thrown. Any thread.
 */
@SuppressWarnings("serial") // an AtomicBoolean for its size; never serialised
public final class Once extends AtomicBoolean implements Runnable {
    private final transient Runnable task;

    /** One that has not run. */
    public Once(Runnable task) {
        this.task = task;
    }

    /** {@return whether it has not run, and now never will} */
    public boolean withdraw() {
        return compareAndSet(false, true);
    }

    @Override
    public void run() {
        if (withdraw()) {
            task.run();
        }
    }
}
