package dev.sallyport.internal.listen;

import dev.sallyport.internal.wire.ListenWire;
import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * For how long nothing is accepted while the system has no descriptors: a moment where some have been made free, else longer
 * each time. Loop thread only.
 */
final class AcceptPause {
    private static final System.Logger LOG = System.getLogger("dev.sallyport");
    private static final Duration SHORT = Duration.ofMillis(10); // descriptors have been made free
    private static final Duration FIRST = Duration.ofMillis(50);
    private static final Duration LONGEST = Duration.ofSeconds(1);
    private static final Duration BETWEEN_REPORTS = Duration.ofSeconds(10);

    private final ListenWire wire;
    private final Runnable tryAgain;
    private @Nullable Duration current; // null while connections are accepted
    private boolean told;
    private long toldNanos;

    /** {@code tryAgain} runs after each pause, and ends it. */
    AcceptPause(ListenWire wire, Runnable tryAgain) {
        this.wire = wire;
        this.tryAgain = tryAgain;
    }

    boolean isOn() {
        return current != null;
    }

    /** Says in the log that there is a pause, unless it has said so just now. */
    void report(IOException refused) {
        long now = System.nanoTime();
        if (!told || now - toldNanos > BETWEEN_REPORTS.toNanos()) {
            told = true;
            toldNanos = now;
            LOG.log(
                    System.Logger.Level.ERROR,
                    "accepting on " + wire.localAddress() + " is paused: " + refused.getMessage());
        }
    }

    /** Begins the first pause in a row. */
    void begin(boolean roomMade) {
        pauseFor(roomMade ? SHORT : FIRST);
    }

    /** Begins the next pause in a row. */
    void goOn(Duration waited, boolean roomMade) {
        Duration doubled = waited.multipliedBy(2);
        Duration longer = doubled.compareTo(LONGEST) > 0 ? LONGEST : doubled;
        pauseFor(roomMade ? SHORT : longer);
    }

    private void pauseFor(Duration wait) {
        current = wait;
        wire.loop().schedule(tryAgain, wait);
    }

    /** Ends it. {@return how long it was, or null when there was none} */
    @Nullable Duration end() {
        Duration waited = current;
        current = null;
        return waited;
    }
}
