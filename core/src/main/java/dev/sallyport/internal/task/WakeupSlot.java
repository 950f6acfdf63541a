package dev.sallyport.internal.task;

import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A slot for whoever waits for something to change. Armed once, it fires once. It is armed first and the condition is
 * looked at again afterwards, so that a change between the look that failed and the arming is not lost.
 */
@SuppressWarnings("serial") // an AtomicReference for its size; never serialised
public final class WakeupSlot extends AtomicReference<@Nullable Runnable> {
    /** Puts {@code wakeup} in the place of what was armed before. */
    public void arm(Runnable wakeup) {
        set(wakeup);
    }

    /** Runs and forgets what was armed, if anything was. Without any lock held. */
    public void fire() {
        if (getPlain() != null || get() != null) {
            Runnable wakeup = getAndSet(null);
            if (wakeup != null) {
                wakeup.run();
            }
        }
    }
}
