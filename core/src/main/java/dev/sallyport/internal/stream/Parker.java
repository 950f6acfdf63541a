package dev.sallyport.internal.stream;

import dev.sallyport.internal.connection.Connection;
import dev.sallyport.internal.task.NeverBlocks;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Where one thread at a time, virtual or not, waits until something of a socket is worth trying again. */
final class Parker implements Runnable {
    private volatile @Nullable Thread parked;
    private volatile boolean signalled;

    /** Any thread: there may be something now. */
    @Override
    public void run() {
        signalled = true;
        LockSupport.unpark(parked);
    }

    /** {@return the moment at which a wait of this length ends; 0 for a wait without end} */
    static long deadline(Duration timeout) {
        if (timeout.isZero()) {
            return 0;
        }
        long deadline = System.nanoTime() + timeout.toNanos();
        return deadline == 0 ? 1 : deadline;
    }

    /**
     * Waits until {@link #run} is called.
     *
     * @param arm is given this object, to be run once when there is something
     * @param deadline as from {@link #deadline}
     * @throws SocketTimeoutException at the deadline; nothing is lost, and another wait may follow
     * @throws InterruptedIOException when the thread was interrupted, whose flag stays set
     */
    void await(Consumer<Runnable> arm, long deadline, String what, Connection of)
            throws SocketTimeoutException, InterruptedIOException {
        if (NeverBlocks.isCurrent()) {
            throw NeverBlocks.refusal(of.call(what));
        }
        signalled = false;
        parked = Thread.currentThread();
        try {
            arm.accept(this);
            while (!signalled) {
                if (Thread.currentThread().isInterrupted()) {
                    throw new InterruptedIOException(of.called(what) + "interrupted");
                }
                park(deadline, what, of);
            }
        } finally {
            parked = null;
        }
    }

    private void park(long deadline, String what, Connection of) throws SocketTimeoutException {
        if (deadline == 0) {
            LockSupport.park(this);
            return;
        }
        long left = deadline - System.nanoTime();
        if (left <= 0) {
            throw new SocketTimeoutException(of.called(what) + "timed out (" + what + "Timeout)");
        }
        LockSupport.parkNanos(this, left);
    }
}
