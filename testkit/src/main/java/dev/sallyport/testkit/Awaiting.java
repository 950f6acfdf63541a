package dev.sallyport.testkit;

import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/** Waits that have a deadline and, when it passes, say what they waited for and what the threads were doing. */
public final class Awaiting {
    /** How long a test waits for what comes at once on an idle machine. */
    public static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(5);
    private static final int EXCERPT_LINES = 80;

    private Awaiting() {}

    /**
     * Returns when the condition holds.
     *
     * @param what what is waited for, as it should stand after "waited 10 s for"
     * @param condition asked every few milliseconds, on this thread
     * @throws AssertionError when the patience is over
     */
    public static void until(String what, Duration patience, BooleanSupplier condition) {
        if (!holdsWithin(patience, condition)) {
            throw failure(what, patience);
        }
    }

    /**
     * Returns when a number has begun to grow and has not grown for a while. That may be too early: what a test asserts
     * afterwards should hold then, too.
     *
     * @param who whose progress the number is
     */
    public static void stall(String who, LongSupplier progress) {
        until(who + " to make no more progress", PATIENCE, new BooleanSupplier() {
            private long last = -1;
            private int unchanged;

            @Override
            public boolean getAsBoolean() {
                long now = progress.getAsLong();
                unchanged = now == last ? unchanged + 1 : 0;
                last = now;
                return now > 0 && unchanged == 20;
            }
        });
    }

    /**
     * Returns what the future completes with.
     *
     * @param what what is waited for, as it should stand after "waited 10 s for"
     * @throws ExecutionException when the future fails: the failure is its cause
     * @throws AssertionError when the patience is over
     */
    public static <T> T result(String what, Duration patience, Future<T> future) throws ExecutionException {
        try {
            return future.get(patience.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            AssertionError failure = failure(what, patience);
            failure.addSuppressed(e);
            throw failure;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for " + what, e);
        }
    }

    /** The same wait for callers that have their own words for the failure. */
    static boolean holdsWithin(Duration patience, BooleanSupplier condition) {
        long deadline = System.nanoTime() + patience.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadline >= 0) {
                return false;
            }
            if (Thread.currentThread().isInterrupted()) {
                throw new IllegalStateException("interrupted while waiting");
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
        return true;
    }

    /** {@return the error for a wait that was in vain, with what the threads are doing now} */
    static AssertionError failure(String what, Duration patience) {
        return new AssertionError("waited " + inWords(patience) + " for " + what + "\nthreads:\n"
                + ThreadDump.take().excerpt(EXCERPT_LINES));
    }

    /** {@return the time as a message has it: {@code "10 s"}, {@code "50 ms"}} */
    static String inWords(Duration patience) {
        long millis = patience.toMillis();
        return millis % 1000 == 0 ? millis / 1000 + " s" : millis + " ms";
    }
}
