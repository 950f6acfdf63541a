package dev.sallyport.internal.task;

import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;

/**
 * Carries tasks from an event loop to a user's executor: always from the loop, so that {@code Runnable::run} as the user's
 * executor means 'on the event loop', whoever caused the task. An executor that throws, whatever it throws, has not taken
 * the task. Any thread.
 */
public final class Dispatcher implements Executor {
    private static final System.Logger LOG = System.getLogger("dev.sallyport");

    private static final EventLoop NO_LOOP = new EventLoop() {
        @Override
        public boolean inLoop() {
            return true;
        }

        @Override
        public boolean hasEnded() {
            return false;
        }

        @Override
        public void execute(Runnable task) {
            task.run();
        }
    };

    private final EventLoop loop;
    private final Executor user;
    private final Consumer<Throwable> refused;

    /**
     * A way from a loop to an executor.
     *
     * @param loop from where tasks are handed over
     * @param user the user's executor
     * @param refused told when that has not taken one; the task then runs on the default executor, and if that cannot, here,
     *     so that whoever waits for it does not wait for ever
     */
    public Dispatcher(EventLoop loop, Executor user, Consumer<Throwable> refused) {
        this.loop = loop;
        this.user = user;
        this.refused = refused;
    }

    /** {@return a way to an executor that no loop leads to and that rejects nothing} */
    public static Dispatcher to(Executor executor) {
        return new Dispatcher(NO_LOOP, executor, full -> {});
    }

    @Override
    public void execute(Runnable task) {
        handOver(new Once(task));
    }

    /** As {@link #execute(Runnable)}, for a task that may be run once too often, and then does nothing. */
    void handOver(Runnable guarded) {
        if (!loop.inLoop()) {
            handOverLater(guarded);
            return;
        }
        try {
            user.execute(guarded);
        } catch (Throwable failure) {
            instead(guarded, failure);
        }
    }

    /** As {@link #handOver}, but in a later turn of the loop. */
    void handOverLater(Runnable guarded) {
        inLoopLater(() -> {
            try {
                user.execute(guarded);
            } catch (Throwable failure) {
                instead(guarded, failure);
            }
        });
    }

    private void instead(Runnable guarded, Throwable failure) {
        refused.accept(failure);
        try {
            DefaultExecutor.instance().execute(guarded);
        } catch (Throwable noThread) {
            LOG.log(System.Logger.Level.DEBUG, "no thread for a task, which runs on the event loop", noThread);
            guarded.run();
        }
    }

    /** Runs a task, or, when the user's executor does not take it, {@code otherwise} in its place, on the loop. */
    public void execute(Runnable task, Consumer<Throwable> otherwise) {
        if (loop.inLoop()) {
            handTo(user, task, otherwise);
            return;
        }
        later(task, otherwise);
    }

    /** As {@link #execute(Runnable)}, but in a later turn of the loop: off this stack, and after what others wait for. */
    public void later(Runnable task) {
        handOverLater(new Once(task));
    }

    /** As {@link #execute(Runnable, Consumer)}, but in a later turn of the loop. */
    public void later(Runnable task, Consumer<Throwable> otherwise) {
        Once once = new Once(task);
        inLoopLater(() -> handTo(user, once, otherwise));
    }

    /**
     * The loops end with the last socket, and futures may be asked later. A loop that ends just now may have taken a step
     * behind its own last look at its tasks, or run it all the same: so a step may be run twice.
     */
    private void inLoopLater(Runnable step) {
        try {
            loop.execute(step);
        } catch (RejectedExecutionException ended) {
            step.run();
            return;
        }
        if (loop.hasEnded()) {
            step.run();
        }
    }

    /** Runs a task on an executor, or, when that does not take it, {@code otherwise} in its place, here. */
    public static void handTo(Executor executor, Runnable task, Consumer<Throwable> otherwise) {
        handTo(executor, new Once(task), otherwise);
    }

    private static void handTo(Executor executor, Once once, Consumer<Throwable> otherwise) {
        try {
            executor.execute(once);
        } catch (Throwable failure) {
            if (once.withdraw()) {
                otherwise.accept(failure);
            } else { // it has run, on this stack, and let this out; or runs although the executor says that it does not
                LOG.log(System.Logger.Level.DEBUG, "an executor has thrown after it took a task", failure);
            }
        }
    }
}
