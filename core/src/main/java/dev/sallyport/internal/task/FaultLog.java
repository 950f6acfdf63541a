package dev.sallyport.internal.task;

import java.io.EOFException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.net.SocketException;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Says what code of the user has thrown: with its stack, but not more often than a reader can bear, since a client may be
 * able to cause it as often as it likes. What happens often in one place leaves the others their say. Any thread.
 */
public enum FaultLog {
    /** Handlers of connections. */
    HANDLERS,
    /** Observers. */
    OBSERVERS,
    /** Accept filters. */
    FILTERS,
    /** Selectors of contexts and checks of certificates. */
    HANDSHAKES,
    /** Subscribers. */
    SUBSCRIBERS,
    /** What runs in order for one connection, on the executor. */
    TASKS,
    /** What is run when a socket is ready, on its loop. */
    EVENTS,
    /** What holds a loop. */
    LOOPS;

    private static final System.Logger LOG = System.getLogger("dev.sallyport");
    private static final int BURST = 10;
    private static final long REFILL_NANOS = TimeUnit.SECONDS.toNanos(1);

    private int left = BURST; // guarded by this, as are all
    private long refilledNanos = System.nanoTime();
    private long suppressed;

    /** Logs a WARNING with the stack, at most ten at once and then one a second; what is left out is counted in the next. */
    public void warn(String what, Throwable failure) {
        long leftOut = mayLog();
        if (leftOut < 0) {
            LOG.log(System.Logger.Level.DEBUG, what, failure);
        } else {
            String more = leftOut == 0 ? "" : " (" + leftOut + " more like this were not logged)";
            LOG.log(System.Logger.Level.WARNING, what + more, failure);
        }
    }

    /** As {@link #warn}, unless the failure is how the end of a connection shows: that is the peer's, and at DEBUG. */
    public void warnUnlessConnectionEnded(String what, Throwable failure) {
        if (tellsOfTheEnd(failure)) {
            LOG.log(System.Logger.Level.DEBUG, what, failure);
        } else {
            warn(what, failure);
        }
    }

    private static boolean tellsOfTheEnd(@Nullable Throwable failure) {
        if (failure instanceof UncheckedIOException unchecked) {
            return tellsOfTheEnd(unchecked.getCause());
        }
        return failure instanceof IOException
                && (failure instanceof SocketException
                        || failure instanceof SSLException
                        || failure instanceof ClosedChannelException
                        || failure instanceof EOFException
                        || failure instanceof InterruptedIOException);
    }

    /** {@return how many were left out since the last, or -1 to leave this one out} */
    private synchronized long mayLog() {
        long refills = (System.nanoTime() - refilledNanos) / REFILL_NANOS;
        if (refills > 0) {
            left = (int) Math.min(BURST, left + refills);
            refilledNanos += refills * REFILL_NANOS;
        }
        if (left == 0) {
            suppressed++;
            return -1;
        }
        left--;
        long leftOut = suppressed;
        suppressed = 0;
        return leftOut;
    }
}
