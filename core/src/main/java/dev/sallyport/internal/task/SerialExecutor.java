package dev.sallyport.internal.task;

import java.util.Objects;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Runs tasks one at a time and in order on an executor that may run many at once. A task that is given while one runs on
 * the same stack waits for it, so that tasks which give tasks do not nest; those that go on giving tasks let others have a
 * turn now and then. Any thread.
 */
public final class SerialExecutor implements Executor {
    private static final System.Logger LOG = System.getLogger("dev.sallyport");

    private static final int TASKS_A_TURN = 8;

    private final Dispatcher target;
    private final ConcurrentLinkedQueue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final AtomicInteger pending = new AtomicInteger();

    /** One that runs its tasks on {@code target}. */
    public SerialExecutor(Dispatcher target) {
        this.target = target;
    }

    /** Runs a task after those before it. */
    @Override
    public void execute(Runnable task) {
        tasks.add(task);
        if (pending.getAndIncrement() == 0) {
            target.execute(this::drain);
        }
    }

    private void drain() {
        for (int i = 0; i < TASKS_A_TURN; i++) {
            try {
                Objects.requireNonNull(tasks.poll()).run(); // it was added before it was counted
            } catch (Throwable failure) {
                LOG.log(System.Logger.Level.ERROR, "a task failed", failure);
            }
            if (pending.decrementAndGet() == 0) {
                return;
            }
        }
        target.later(this::drain);
    }
}
