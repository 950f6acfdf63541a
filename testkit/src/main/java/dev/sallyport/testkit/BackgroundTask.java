package dev.sallyport.testkit;

import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * Work on a daemon thread of its own, while the test does something else.
 *
 * @param <T> what the work returns
 */
public final class BackgroundTask<T> {
    private final String what;
    private final CompletableFuture<T> outcome = new CompletableFuture<>();
    private final Thread thread;

    /** Work that may throw. */
    @FunctionalInterface
    public interface Work {
        void run() throws Exception;
    }

    private BackgroundTask(String what, Callable<T> work) {
        this.what = what;
        this.thread = new Thread(() -> complete(work), what);
        thread.setDaemon(true);
        thread.start();
    }

    private void complete(Callable<T> work) {
        try {
            outcome.complete(work.call());
        } catch (Throwable failure) {
            outcome.completeExceptionally(failure);
        }
    }

    /**
     * Starts work that returns nothing.
     *
     * @param what what the work is, as it should stand after "waited 30 s for"; also the thread's name
     */
    public static BackgroundTask<Void> run(String what, Work work) {
        return new BackgroundTask<>(what, () -> {
            work.run();
            return null;
        });
    }

    /**
     * Starts work that returns something.
     *
     * @param what what the work is, as it should stand after "waited 30 s for"; also the thread's name
     */
    public static <T> BackgroundTask<T> supply(String what, Callable<T> work) {
        return new BackgroundTask<>(what, work);
    }

    /** {@return what the work returns; what it throws fails the future} */
    public CompletableFuture<T> outcome() {
        return outcome;
    }

    /**
     * Waits for the end.
     *
     * @return what the work returned
     * @throws ExecutionException when the work threw: that is the cause
     */
    public T await() throws ExecutionException {
        return Awaiting.result(what, Awaiting.PATIENCE, outcome);
    }

    /** {@return whether the work has ended, however} */
    public boolean isDone() {
        return outcome.isDone();
    }

    /** {@return the thread that does the work} */
    public Thread thread() {
        return thread;
    }

    /** {@return whether the thread is parked in a method of the library whose name begins so} */
    public boolean isParkedIn(String method) {
        Thread.State state = thread.getState();
        if (state != Thread.State.WAITING && state != Thread.State.TIMED_WAITING) {
            return false;
        }
        for (StackTraceElement frame : thread.getStackTrace()) {
            if (frame.getClassName().startsWith("dev.sallyport.")
                    && frame.getMethodName().startsWith(method)) {
                return true;
            }
        }
        return false;
    }
}
