package dev.sallyport.internal.stream;

import dev.sallyport.internal.connection.ClosedException;
import dev.sallyport.internal.connection.Connection;
import dev.sallyport.internal.task.VirtualThreads;
import dev.sallyport.internal.wire.ClosableMemory;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** The reading side of a connection's streams: blocking, by future, or for a publisher, one of them at a time. */
public final class SocketReader {
    private static final int WAITS_BEFORE_THE_MOVE = 4;
    private static final AtomicReferenceFieldUpdater<SocketReader, @Nullable Object> HOLDER =
            AtomicReferenceFieldUpdater.newUpdater(SocketReader.class, Object.class, "holder");

    private final Connection connection;
    private final Executor executor;
    private final InlineBudget budget;
    private final ReentrantLock lock; // the writer's, too
    private volatile @Nullable Object holder; // who reads now
    private @Nullable Parker parker; // the blocking reader's, made when it first waits
    private @Nullable Operation<Integer> pending; // guarded by lock, as is its buffer
    private @Nullable ByteBuffer pendingBuffer;
    private volatile @Nullable Runnable streamWakeup; // wakes who waits other than by a pending operation
    private int waits; // of virtual threads; by the blocking reader
    private volatile Duration timeout = Duration.ZERO;

    /** Reads from a connection that nobody else reads from. The lock is for this reader and the writer. */
    public SocketReader(Connection connection, Executor executor, ReentrantLock lock) {
        this.connection = connection;
        this.executor = executor;
        this.lock = lock;
        this.budget = new InlineBudget(executor);
    }

    /** {@return how long a blocking read waits; zero for ever} */
    public Duration timeout() {
        return timeout;
    }

    /** Sets {@link #timeout()} for reads that begin later. */
    public void timeout(Duration timeout) {
        this.timeout = timeout;
    }

    /** Makes {@code reader} the only one, until {@link #leave}. */
    void enter(Object reader) {
        if (!HOLDER.compareAndSet(this, null, reader)) {
            throw new IllegalStateException(connection.called("read")
                    + "another read is pending: one at a time, whether by" + " inputStream, readAsync or incoming");
        }
    }

    void leave(Object reader) {
        if (holder == reader) {
            streamWakeup = null;
        }
        HOLDER.compareAndSet(this, reader, null);
    }

    // ---- blocking

    int readBlocking(ByteBuffer dst) throws IOException {
        enter(this);
        try {
            int count = connection.read(dst);
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
                parker().await(this::whenReadable, deadline, "read", connection);
                count = connection.read(dst);
            }
            return count;
        } catch (ClosedChannelException closed) {
            throw whileWaiting(closed);
        } catch (InterruptedIOException failure) {
            if (!(failure instanceof SocketTimeoutException)) {
                connection.abort();
            }
            throw failure;
        }
    }

    private Parker parker() {
        if (parker == null) {
            parker = new Parker();
        }
        return parker;
    }

    /** A connection of a short exchange is not worth the move to another poller. By the one blocking reader. */
    private void countWait() {
        if (waits < WAITS_BEFORE_THE_MOVE && VirtualThreads.isCurrent() && ++waits == WAITS_BEFORE_THE_MOVE) {
            connection.wire().pollForVirtualThreads();
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
        streamWakeup = wakeup;
        connection.whenReadable(this::retry);
    }

    // ---- by future

    /** The native code writes to an address, and would not ask. */
    public static void requireWritable(ByteBuffer dst) {
        if (Objects.requireNonNull(dst, "dst").isReadOnly()) {
            throw new IllegalArgumentException("dst is a read-only buffer");
        }
    }

    /** Reads what is there, waiting for the first byte; the buffer is ours until the future completes. */
    public CompletableFuture<Integer> readAsync(ByteBuffer dst) {
        requireWritable(dst);
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
            int count = connection.read(dst);
            if (count == 0 && dst.hasRemaining()) {
                await(operation, dst);
                return operation;
            }
            leave(operation);
            budget.answer(operation, count);
        } catch (Throwable failure) {
            leave(operation);
            budget.fail(operation, failure);
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
        connection.whenReadable(this::retry);
    }

    private void retry() {
        Runnable woken = streamWakeup;
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
                count = connection.read(dst);
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
            connection.whenReadable(this::retry);
        } else {
            leave(operation);
            budget.later(operation, count, failure);
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
