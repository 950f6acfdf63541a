package dev.sallyport.support;

import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Runs tasks on threads of its own, or refuses them, as it is told. */
public final class RejectingExecutor implements Executor, AutoCloseable {
    /** How an executor may refuse a task. */
    public enum Refusal {
        /** As it should. */
        REJECTION,
        /** As a pool does at its process's limit of threads. */
        ERROR,
        /** As one does that is broken. */
        EXCEPTION,
        /** As a pool does that has queued the task before it could not make a thread: it will run. */
        ERROR_ALTHOUGH_IT_RUNS;

        void refuse() {
            switch (this) {
                case REJECTION -> throw new RejectedExecutionException("on purpose");
                case EXCEPTION -> throw new IllegalStateException("on purpose");
                default -> throw new OutOfMemoryError("unable to create native thread, on purpose");
            }
        }
    }

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final AtomicInteger refused = new AtomicInteger();
    private @Nullable Refusal once; // under this
    private volatile boolean refusing;

    public void refuse(boolean refuse) {
        refusing = refuse;
    }

    /** Refuses the next task in this way, and no other. */
    public synchronized void refuseNext(Refusal refusal) {
        once = refusal;
    }

    /** {@return how many it has refused} */
    public int refused() {
        return refused.get();
    }

    @Override
    public void execute(Runnable task) {
        Refusal now = takeOnce();
        if (now == Refusal.ERROR_ALTHOUGH_IT_RUNS) {
            threads.execute(task);
        }
        if (now != null) {
            refused.incrementAndGet();
            now.refuse();
        }
        if (refusing) {
            throw new RejectedExecutionException("on purpose");
        }
        threads.execute(task);
    }

    private synchronized @Nullable Refusal takeOnce() {
        Refusal now = once;
        once = null;
        return now;
    }

    @Override
    public void close() {
        threads.shutdown();
    }
}
