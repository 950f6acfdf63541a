package dev.sallyport.internal.stream;

import dev.sallyport.internal.connection.Connection;
import dev.sallyport.internal.task.NeverBlocks;
import dev.sallyport.internal.wire.ClosableMemory;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** The writing side of a connection's streams: blocking writers one after the other, or futures in the order of their calls. */
public final class SocketWriter {
    /** A write by future. */
    private record Write(Operation<Void> operation, ByteBuffer src) {}

    /** What blocking writers need: the right to be the one that writes, and where that one waits. */
    private record Blocking(ReentrantLock turn, Parker parker) {}

    private final Connection connection;
    private final Executor executor;
    private final InlineBudget budget;
    private volatile @Nullable Blocking blocking; // made with the first blocking write
    private final ReentrantLock lock; // the reader's, too
    private @Nullable ArrayDeque<Write> writes; // guarded by lock; null while none waits
    private boolean firstBegun; // guarded by lock: the head can no longer be withdrawn
    private boolean blockingWriter; // guarded by lock

    /** Writes to a connection that nobody else writes to. The lock is for this writer and the reader. */
    public SocketWriter(Connection connection, Executor executor, ReentrantLock lock) {
        this.connection = connection;
        this.executor = executor;
        this.lock = lock;
        this.budget = new InlineBudget(executor);
    }

    // ---- blocking

    void writeBlocking(ByteBuffer src) throws IOException {
        Blocking entered = enterBlocking("write");
        boolean begun = false;
        boolean waited = false;
        try {
            do { // once at least: an empty write, too, fails when the socket is closed
                int count = connection.write(src);
                begun |= count > 0;
                if (count == 0 && src.hasRemaining()) {
                    entered.parker().await(armed -> connection.whenWritable(this::retry), 0, "write", connection);
                    waited = true;
                }
            } while (src.hasRemaining());
        } catch (ClosedChannelException closed) {
            throw begun || waited ? SocketReader.whileWaiting(closed) : closed;
        } catch (IllegalStateException onLoop) {
            if (begun) {
                connection.abort(); // a part of it is under way, and nobody could say which
            }
            throw onLoop;
        } catch (InterruptedIOException interrupted) {
            connection.abort();
            throw interrupted;
        } finally {
            leaveBlocking(entered);
        }
    }

    void flushBlocking() throws IOException {
        Blocking entered = enterBlocking("flush");
        try {
            while (!connection.flushed()) {
                entered.parker().await(armed -> connection.whenFlushed(this::retry), 0, "flush", connection);
            }
        } catch (InterruptedIOException interrupted) {
            connection.abort();
            throw interrupted;
        } finally {
            leaveBlocking(entered);
        }
    }

    private Blocking enterBlocking(String what) throws InterruptedIOException {
        Blocking entered = blocking();
        if (!entered.turn().tryLock()) {
            if (NeverBlocks.isCurrent()) {
                throw NeverBlocks.refusal(connection.call(what));
            }
            try {
                entered.turn().lockInterruptibly();
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                connection.abort();
                throw new InterruptedIOException(connection.called(what) + "interrupted");
            }
        }
        lock.lock();
        try {
            if (writes == null) {
                blockingWriter = true;
                return entered;
            }
        } finally {
            lock.unlock();
        }
        entered.turn().unlock();
        throw new IllegalStateException(
                connection.called(what) + "a write by writeAsync or writeAll is pending: wait for it first");
    }

    private Blocking blocking() {
        Blocking present = blocking;
        if (present != null) {
            return present;
        }
        lock.lock();
        try {
            if (blocking == null) {
                blocking = new Blocking(new ReentrantLock(), new Parker());
            }
            return Objects.requireNonNull(blocking);
        } finally {
            lock.unlock();
        }
    }

    private void leaveBlocking(Blocking entered) {
        lock.lock();
        try {
            blockingWriter = false;
        } finally {
            lock.unlock();
        }
        entered.turn().unlock();
    }

    // ---- by future

    /** Writes the whole buffer, after the writes before it; it is ours until the future completes. */
    public CompletableFuture<Void> writeAsync(ByteBuffer src) {
        Objects.requireNonNull(src, "src");
        Operation<Void> operation = new Operation<>(executor, this::withdraw);
        if (ClosableMemory.isConfined(src)) {
            budget.fail(operation, confined("src"));
            return operation;
        }
        boolean done = false;
        boolean begun = false;
        Throwable failure = null;
        Runnable next = null;
        lock.lock();
        try {
            Write write = new Write(operation, src);
            if (blockingWriter) {
                failure = new IllegalStateException(
                        connection.called("writeAsync") + "a thread is writing to the outputStream: wait for it first");
            } else if (writes != null) {
                writes.add(write);
            } else {
                try {
                    next = advance(write);
                    done = next == null;
                } catch (Throwable thrown) {
                    failure = thrown;
                }
                if (next == null) {
                    begun = firstBegun;
                    firstBegun = false;
                } else {
                    writes = new ArrayDeque<>(2);
                    writes.add(write);
                }
            }
        } finally {
            lock.unlock();
        }
        if (failure != null) {
            if (begun) {
                abortBecause(failure);
            }
            budget.fail(operation, failure);
        } else if (done) {
            budget.answer(operation, null);
        } else if (next != null) {
            next.run();
        }
        return operation;
    }

    /** {@return null when all of it has been handed over, else what arms the next try} With the lock held. */
    private @Nullable Runnable advance(Write write) throws IOException {
        ByteBuffer src = write.src();
        do { // once at least: an empty write, too, fails when the socket is closed
            if (connection.write(src) == 0 && src.hasRemaining()) {
                return () -> connection.whenWritable(this::retry);
            }
            firstBegun = true;
        } while (src.hasRemaining());
        return connection.flushed() ? null : () -> connection.whenFlushed(this::retry);
    }

    private void removeFirst(ArrayDeque<Write> waiting) {
        waiting.poll();
        firstBegun = false;
        if (waiting.isEmpty()) {
            writes = null;
        }
    }

    /** Whoever waits does so by this, since the socket keeps one waiter only: see {@link SocketReader#whenReadable}. */
    private void retry() {
        Blocking waiting = blocking;
        if (waiting != null) {
            waiting.parker().run();
        }
        for (; ; ) {
            Write write;
            Throwable failure = null;
            Runnable next = null;
            lock.lock();
            try {
                ArrayDeque<Write> waitingWrites = writes;
                if (waitingWrites == null) {
                    return;
                }
                write = waitingWrites.element();
                try {
                    next = advance(write);
                } catch (ClosedChannelException closed) {
                    failure = SocketReader.whileWaiting(closed);
                } catch (Throwable thrown) {
                    failure = thrown;
                }
                if (next == null) {
                    removeFirst(waitingWrites);
                }
            } finally {
                lock.unlock();
            }
            if (next != null) {
                next.run();
                return;
            }
            if (failure != null) {
                abortBecause(failure); // also before its first byte: what is to come after it may be waiting already
            }
            budget.later(write.operation(), null, failure);
        }
    }

    /** The peer must not take for the whole what lacks a part. */
    private void abortBecause(Throwable failure) {
        if (!(failure instanceof IOException)) { // which has ended the connection, or come after its end
            connection.abort(new IOException("write: a buffer failed before all of it was sent", failure));
        }
    }

    static IllegalArgumentException confined(String what) {
        return new IllegalArgumentException(what
                + " is memory of a confined arena, which only one thread may touch: use Arena.ofShared, or the blocking"
                + " streams");
    }

    /** {@return whether a write would be taken without waiting, as far as anyone can know} */
    public boolean hasRoom() {
        lock.lock();
        try {
            return writes == null && !connection.outputEnded() && connection.hasRoom();
        } finally {
            lock.unlock();
        }
    }

    private boolean withdraw(Operation<Void> operation) {
        lock.lock();
        try {
            ArrayDeque<Write> waiting = writes;
            if (waiting == null) {
                return false;
            }
            if (waiting.element().operation() == operation) {
                if (firstBegun) {
                    return false;
                }
                removeFirst(waiting);
                return true;
            }
            return waiting.removeIf(write -> write.operation() == operation);
        } finally {
            lock.unlock();
        }
    }
}
