package dev.sallyport.internal.handshake;

import dev.sallyport.HandshakeException.Reason;
import dev.sallyport.internal.wire.Loop;
import java.time.Duration;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/** The time that a handshake has, from accept to its outcome, and what is said when that is over. */
final class Deadline {
    private final Loop loop;
    private final Runnable expired;
    private final long acceptedNanos = System.nanoTime();
    private @Nullable Future<?> timer; // loop thread only

    /** Accepted now; {@code expired} runs on the loop. */
    Deadline(Loop loop, Runnable expired) {
        this.loop = loop;
        this.expired = expired;
    }

    /** {@return when the connection was accepted, by {@link System#nanoTime}} Any thread. */
    long acceptedNanos() {
        return acceptedNanos;
    }

    /** {@return the time since the connection was accepted} Any thread. */
    Duration passed() {
        return Duration.ofNanos(System.nanoTime() - acceptedNanos);
    }

    /** Begins. Loop thread only. */
    void start(Duration timeout) {
        timer = loop.schedule(expired, timeout);
    }

    /** Another time holds, of which some has passed; nothing happens before {@link #start}. Loop thread only. */
    void change(Duration timeout) {
        if (timer != null) {
            timer.cancel(false);
            Duration left = timeout.minus(passed());
            timer = loop.schedule(expired, left.isNegative() ? Duration.ZERO : left);
        }
    }

    /** Loop thread only. */
    void cancel() {
        if (timer != null) {
            timer.cancel(false);
        }
    }

    /** {@return whose fault it is that a handshake was not done in time} */
    static Reason reason(Place stands) {
        return stands == Place.WAITING || stands == Place.READY ? Reason.LOCAL_OVERLOADED : Reason.TIMEOUT;
    }

    /**
     * {@return what is said of a handshake that was not done in time}
     *
     * @param helloBytes how many bytes of an unfinished hello have come
     */
    static String message(Place stands, int helloBytes, Duration timeout) {
        return switch (stands) {
            case SILENT ->
                helloBytes == 0
                        ? "the client sent nothing for " + timeout
                        : "the client sent only part of its hello in " + timeout;
            case WAITING, READY -> "its turn did not come within " + timeout;
            default -> "not done within " + timeout;
        };
    }
}
