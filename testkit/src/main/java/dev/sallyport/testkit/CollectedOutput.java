package dev.sallyport.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One output of a child process, pumped by a thread of its own so that the child never blocks on a full pipe. Waits are
 * answered by the pump, not by polling.
 */
final class CollectedOutput {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final OutputStream sink;
    private long size;
    private boolean ended;
    private @Nullable Throwable failure;

    private CollectedOutput(OutputStream sink) {
        this.sink = sink;
    }

    /** Starts to pump; what {@code sink} throws is thrown again to whoever waits here. */
    static CollectedOutput pump(InputStream source, OutputStream sink, String threadName) {
        CollectedOutput output = new CollectedOutput(sink);
        Thread thread = new Thread(() -> output.run(source), threadName);
        thread.setDaemon(true);
        thread.start();
        return output;
    }

    /** {@return whether that many bytes came within the time; false also when the output ended before} */
    boolean awaitSize(long wanted, Duration patience) {
        return await(() -> size >= wanted || ended, patience) && size() >= wanted;
    }

    /** {@return whether the output ended within the time} */
    boolean awaitEnd(Duration patience) {
        return await(() -> ended, patience);
    }

    /** Runs the check after each piece that came, with the pump held off, until it holds; false when time is up. */
    boolean await(BooleanSupplier check, Duration patience) {
        lock.lock();
        try {
            long left = patience.toNanos();
            while (!check.getAsBoolean()) {
                rethrow();
                if (left <= 0) {
                    return false;
                }
                left = changed.awaitNanos(left);
            }
            rethrow();
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for the output of a process", e);
        } finally {
            lock.unlock();
        }
    }

    /** {@return whether nothing more will come; also to be asked within a check of {@link #await}} */
    boolean ended() {
        lock.lock();
        try {
            return ended;
        } finally {
            lock.unlock();
        }
    }

    private long size() {
        lock.lock();
        try {
            return size;
        } finally {
            lock.unlock();
        }
    }

    private void run(InputStream source) {
        byte[] piece = new byte[16 * 1024];
        try (source) {
            for (int n = source.read(piece); n >= 0; n = source.read(piece)) {
                take(piece, n);
            }
            end(null);
        } catch (IOException e) {
            // The process was killed while this thread was reading: an end like any other.
            end(null);
        } catch (RuntimeException | AssertionError e) {
            end(e);
        }
    }

    private void take(byte[] piece, int count) throws IOException {
        lock.lock();
        try {
            sink.write(piece, 0, count);
            size += count;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void end(@Nullable Throwable cause) {
        lock.lock();
        try {
            ended = true;
            failure = cause;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void rethrow() {
        if (failure instanceof AssertionError error) {
            throw error;
        }
        if (failure != null) {
            throw new IllegalStateException("reading the output of a process", failure);
        }
    }
}
