package dev.sallyport.internal.connection;

import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A slot for whoever waits for one side of a connection. Armed once, it fires once. It is armed first and the condition is
 * looked at again afterwards, so that a change between the look that failed and the arming is not lost.
 */
@SuppressWarnings("serial") // an AtomicReference for its size; never serialised
final class Waiter extends AtomicReference<@Nullable Runnable> {
    void arm(Runnable wakeup) {
        set(wakeup);
    }

    void disarm() {
        set(null);
    }

    /** Runs and forgets what was armed, if anything was. Without any lock held. */
    void fire() {
        if (getPlain() != null || get() != null) {
            Runnable wakeup = getAndSet(null);
            if (wakeup != null) {
                wakeup.run();
            }
        }
    }
}
