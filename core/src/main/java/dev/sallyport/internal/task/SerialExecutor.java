package dev.sallyport.internal.task;

import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import org.jspecify.annotations.Nullable;

/**
 * Runs tasks one at a time and in order on an executor that may run many at once. A task that is given while one runs on
 * the same stack waits for it, so that tasks which give tasks do not nest; those that go on giving tasks let others have a
 * turn now and then. Any thread.
 */
public final class SerialExecutor implements Executor {
    private static final int TASKS_A_TURN = 8;
    private static final AtomicIntegerFieldUpdater<SerialExecutor> PENDING =
            AtomicIntegerFieldUpdater.newUpdater(SerialExecutor.class, "pending");

    private static final AtomicIntegerFieldUpdater<SerialExecutor> HANDED =
            AtomicIntegerFieldUpdater.newUpdater(SerialExecutor.class, "handed");

    @SuppressWarnings("rawtypes")
    private static final AtomicReferenceFieldUpdater<SerialExecutor, @Nullable Queue> TASKS =
            AtomicReferenceFieldUpdater.newUpdater(SerialExecutor.class, Queue.class, "tasks");

    private final Dispatcher target;
    private final Runnable drain = this::drain;
    private volatile @Nullable Queue<Runnable> tasks; // made when a second task comes while one is pending
    private volatile int pending;
    private volatile int handed; // a turn was handed over and has not begun
    private @Nullable Runnable
            first; // of a turn, which needs no place in the queue; whoever made pending 1, then the turn

    /** One that runs its tasks on {@code target}. */
    public SerialExecutor(Dispatcher target) {
        this.target = target;
    }

    /** Runs a task after those before it. */
    @Override
    public void execute(Runnable task) {
        if (PENDING.compareAndSet(this, 0, 1)) {
            first = task;
            handed = 1;
            target.handOver(drain);
            return;
        }
        tasks().add(task); // before it is counted
        if (PENDING.getAndIncrement(this) == 0) {
            handed = 1;
            target.handOver(drain);
        }
    }

    private void drain() {
        if (!HANDED.compareAndSet(this, 1, 0)) {
            return; // an executor that had thrown ran it all the same
        }
        for (int i = 0; i < TASKS_A_TURN; i++) {
            try {
                next().run();
            } catch (Throwable failure) {
                FaultLog.TASKS.warn("a task failed", failure);
            }
            if (PENDING.decrementAndGet(this) == 0) {
                return;
            }
        }
        handed = 1;
        target.handOverLater(drain);
    }

    private Runnable next() {
        Runnable task = first;
        if (task == null) {
            return Objects.requireNonNull(tasks().poll());
        }
        first = null;
        return task;
    }

    private Queue<Runnable> tasks() {
        Queue<Runnable> present = tasks;
        if (present == null) {
            TASKS.compareAndSet(this, null, new ConcurrentLinkedQueue<>());
            present = Objects.requireNonNull(tasks);
        }
        return present;
    }
}
