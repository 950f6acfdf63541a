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
 * able to cause it as often as it likes. Any thread.
 */
public final class FaultLog {
    private static final System.Logger LOG = System.getLogger("dev.sallyport");
    private static final int BURST = 10;
    private static final long REFILL_NANOS = TimeUnit.SECONDS.toNanos(1);

    private static final FaultLog PROCESS = new FaultLog();

    private int left = BURST; // guarded by this, as are all
    private long refilledNanos = System.nanoTime();
    private long suppressed;

    private FaultLog() {}

    /** Logs a WARNING with the stack, at most ten at once and then one a second; what is left out is counted in the next. */
    public static void warn(String what, Throwable failure) {
        long leftOut = PROCESS.mayLog();
        if (leftOut < 0) {
            LOG.log(System.Logger.Level.DEBUG, what, failure);
        } else {
            String more = leftOut == 0 ? "" : " (" + leftOut + " more like this were not logged)";
            LOG.log(System.Logger.Level.WARNING, what + more, failure);
        }
    }

    /** As {@link #warn}, unless the failure is how the end of a connection shows: that is the peer's, and at DEBUG. */
    public static void warnUnlessConnectionEnded(String what, Throwable failure) {
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
