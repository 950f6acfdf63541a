package dev.sallyport.internal.task;

import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/**
 * A future whose {@code thenXxxAsync} without an executor, and those of its dependents, use ours and not the common
 * pool.
 */
public class ExecutorFuture<T> extends CompletableFuture<T> {
    private final Executor executor;

    /** A future that is not complete. */
    public ExecutorFuture(Executor executor) {
        this.executor = Objects.requireNonNull(executor, "executor");
    }

    /** {@return where its dependents run when they are to run elsewhere} */
    @Override
    public final Executor defaultExecutor() {
        return executor;
    }

    /** {@return a dependent: with the same executor} */
    @Override
    public final <U> CompletableFuture<U> newIncompleteFuture() {
        return new ExecutorFuture<>(executor);
    }
}
