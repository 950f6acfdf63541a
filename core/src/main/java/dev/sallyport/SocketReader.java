package dev.sallyport;

import dev.sallyport.internal.connection.ClosedException;
import dev.sallyport.internal.task.VirtualThreads;
import dev.sallyport.internal.wire.ClosableMemory;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The reading side of a {@link SecureSocket}: blocking, by future, or for a publisher, one of them at a time. Built on what
 * {@link RawSecureSocket} offers to everybody.
 */
final class SocketReader {
    private static final int WAITS_BEFORE_THE_MOVE = 4;
    private static final AtomicReferenceFieldUpdater<SocketReader, @Nullable Object> HOLDER =
            AtomicReferenceFieldUpdater.newUpdater(SocketReader.class, Object.class, "holder");

    private final RawSecureSocket raw;
    private final InlineBudget turns;
    private final ReentrantLock lock; // the writer's, too
    private volatile @Nullable Object holder; // who reads now
    private @Nullable Parker parking; // the blocking reader's, made when it first waits
    private @Nullable Operation<Integer> pending; // guarded by lock, as is its buffer
    private @Nullable ByteBuffer pendingBuffer;
    private volatile @Nullable Runnable other; // wakes who waits other than by a pending operation
    private int waits; // of virtual threads; by the blocking reader
    private volatile Duration timeout = Duration.ZERO;

    SocketReader(RawSecureSocket raw, ReentrantLock lock, InlineBudget turns) {
        this.raw = raw;
        this.lock = lock;
        this.turns = turns;
    }

    Duration timeout() {
        return timeout;
    }

    void timeout(Duration timeout) {
        this.timeout = timeout;
    }

    /** Makes {@code reader} the only one, until {@link #leave}. */
    void enter(Object reader) {
        if (!HOLDER.compareAndSet(this, null, reader)) {
            throw new IllegalStateException(raw.called("read") + "another read is pending: one at a time, whether by"
                    + " inputStream, readAsync or incoming");
        }
    }

    void leave(Object reader) {
        if (holder == reader) {
            other = null;
        }
        HOLDER.compareAndSet(this, reader, null);
    }

    // ---- blocking

    int readBlocking(ByteBuffer dst) throws IOException {
        enter(this);
        try {
            int count = raw.read(dst);
            return count != 0 || !dst.hasRemaining() ? count : awaitAndRead(dst);
        } finally {
            leave(this);
        }
    }

    private int awaitAndRead(ByteBuffer dst) throws IOException {
        long deadline = Parker.deadline(timeout);
        try {
            int count = 0;
            while (count == 0) {
                countWait();
                parking().await(this::whenReadable, deadline, "read", raw);
                count = raw.read(dst);
            }
            return count;
        } catch (ClosedChannelException closed) {
            throw whileWaiting(closed);
        } catch (InterruptedIOException failure) {
            if (!(failure instanceof SocketTimeoutException)) {
                raw.abort();
            }
            throw failure;
        }
    }

    private Parker parking() {
        if (parking == null) {
            parking = new Parker();
        }
        return parking;
    }

    /** A connection of a short exchange is not worth the move to another poller. By the one blocking reader. */
    private void countWait() {
        if (waits < WAITS_BEFORE_THE_MOVE && VirtualThreads.isCurrent() && ++waits == WAITS_BEFORE_THE_MOVE) {
            raw.connection().wire().pollForVirtualThreads();
        }
    }

    /** {@return what says that the close came during the call and not before it} */
    static IOException whileWaiting(ClosedChannelException closed) {
        return closed instanceof ClosedException ours ? ours.meanwhile("while this call waited") : closed;
    }

    /**
     * Runs {@code wakeup} when reading is worth another try; it may run more often. All who wait do so in the same way, since
     * the socket keeps one waiter only, and that of an operation which was withdrawn may come later than that of its successor.
     */
    void whenReadable(Runnable wakeup) {
        other = wakeup;
        raw.whenReadable(this::retry);
    }

    // ---- by future

    CompletableFuture<Integer> readAsync(ByteBuffer dst) {
        RawSecureSocket.checkWritable(dst);
        Executor executor = raw.executor();
        Operation<Integer> operation = new Operation<>(executor, this::withdraw);
        if (ClosableMemory.isConfined(dst)) {
            operation.fail(SocketWriter.confined("dst"));
            return operation;
        }
        try {
            enter(operation);
        } catch (IllegalStateException busy) {
            operation.fail(busy);
            return operation;
        }
        try {
            int count = raw.read(dst);
            if (count == 0 && dst.hasRemaining()) {
                await(operation, dst);
                return operation;
            }
            leave(operation);
            turns.answer(operation, count);
        } catch (Throwable failure) {
            leave(operation);
            turns.fail(operation, failure);
        }
        return operation;
    }

    private void await(Operation<Integer> operation, ByteBuffer dst) {
        lock.lock();
        try {
            pending = operation;
            pendingBuffer = dst;
        } finally {
            lock.unlock();
        }
        raw.whenReadable(this::retry);
    }

    private void retry() {
        Runnable woken = other;
        if (woken != null) {
            woken.run();
        }
        Operation<Integer> operation;
        int count = 0;
        Throwable failure = null;
        lock.lock();
        try {
            operation = pending;
            ByteBuffer dst = pendingBuffer;
            if (operation == null || dst == null) {
                return; // withdrawn
            }
            try {
                count = raw.read(dst);
            } catch (ClosedChannelException closed) {
                failure = whileWaiting(closed);
            } catch (Throwable thrown) {
                failure = thrown;
            }
            if (count == 0 && failure == null) {
                operation = null;
            } else {
                pending = null;
                pendingBuffer = null;
            }
        } finally {
            lock.unlock();
        }
        if (operation == null) {
            raw.whenReadable(this::retry);
        } else {
            leave(operation);
            turns.later(operation, count, failure);
        }
    }

    private boolean withdraw(Operation<Integer> operation) {
        lock.lock();
        try {
            if (pending != operation) {
                return false;
            }
            pending = null;
            pendingBuffer = null;
        } finally {
            lock.unlock();
        }
        leave(operation);
        return true;
    }
}
