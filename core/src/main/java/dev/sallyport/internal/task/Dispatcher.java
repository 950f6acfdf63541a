package dev.sallyport.internal.task;

import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;

/**
 * Carries tasks from an event loop to a user's executor: always from the loop, so that {@code Runnable::run} as the user's
 * executor means 'on the event loop', whoever caused the task. Any thread.
 */
public final class Dispatcher implements Executor {
    private static final EventLoop NO_LOOP = new EventLoop() {
        @Override
        public boolean inLoop() {
            return true;
        }

        @Override
        public void execute(Runnable task) {
            task.run();
        }
    };

    private final EventLoop loop;
    private final Executor user;
    private final Consumer<RejectedExecutionException> rejected;

    /**
     * A way from a loop to an executor.
     *
     * @param loop from where tasks are handed over
     * @param user the user's executor
     * @param rejected told when that takes no more; the task then runs on the default executor, so that whoever waits for
     *     it does not wait for ever
     */
    public Dispatcher(EventLoop loop, Executor user, Consumer<RejectedExecutionException> rejected) {
        this.loop = loop;
        this.user = user;
        this.rejected = rejected;
    }

    /** {@return a way to an executor that no loop leads to and that rejects nothing} */
    public static Dispatcher to(Executor executor) {
        return new Dispatcher(NO_LOOP, executor, full -> {});
    }

    @Override
    public void execute(Runnable task) {
        if (!loop.inLoop()) {
            later(task);
            return;
        }
        try {
            user.execute(task);
        } catch (RejectedExecutionException full) {
            instead(task, full);
        }
    }

    private void instead(Runnable task, RejectedExecutionException full) {
        rejected.accept(full);
        DefaultExecutor.instance().execute(task);
    }

    /** Runs a task, or, when the user's executor takes no more, {@code otherwise} in its place, on the loop. */
    public void execute(Runnable task, Consumer<RejectedExecutionException> otherwise) {
        if (loop.inLoop()) {
            hand(task, otherwise);
            return;
        }
        later(task, otherwise);
    }

    /** As {@link #execute(Runnable)}, but in a later turn of the loop: off this stack, and after what others wait for. */
    public void later(Runnable task) {
        later(task, full -> instead(task, full));
    }

    /** As {@link #execute(Runnable, Consumer)}, but in a later turn of the loop. */
    public void later(Runnable task, Consumer<RejectedExecutionException> otherwise) {
        try {
            loop.execute(() -> hand(task, otherwise));
        } catch (RejectedExecutionException ended) { // the loops end with the last socket; futures may be asked later
            hand(task, otherwise);
        }
    }

    private void hand(Runnable task, Consumer<RejectedExecutionException> otherwise) {
        try {
            user.execute(task);
        } catch (RejectedExecutionException full) {
            otherwise.accept(full);
        }
    }
}
