package dev.sallyport;

import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;

/** Runs tasks on threads of its own, or refuses them, as it is told. */
final class FickleExecutor implements Executor, AutoCloseable {
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private volatile boolean refusing;

    void refuse(boolean refuse) {
        refusing = refuse;
    }

    @Override
    public void execute(Runnable task) {
        if (refusing) {
            throw new RejectedExecutionException("on purpose");
        }
        threads.execute(task);
    }

    @Override
    public void close() {
        threads.shutdown();
    }
}
