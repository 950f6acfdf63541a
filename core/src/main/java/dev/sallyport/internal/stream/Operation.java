package dev.sallyport.internal.stream;

import dev.sallyport.internal.task.ExecutorFuture;
import java.util.concurrent.Executor;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The future of an accept, a read or a write that is under way. What its user does to it ({@code cancel},
 * {@code orTimeout}, {@code complete...}) withdraws the operation first, atomically: either the operation has been given its
 * answer, and the user's call has no effect, or it has not and never will.
 */
public final class Operation<T> extends ExecutorFuture<T> {
    private final Predicate<Operation<T>> withdraw;

    /** One that is withdrawn by {@code withdraw}, which says whether it came in time. */
    public Operation(Executor executor, Predicate<Operation<T>> withdraw) {
        super(executor);
        this.withdraw = withdraw;
    }

    /** Gives the answer of an operation that can no longer be withdrawn. */
    public void answer(@Nullable T value) {
        super.complete(value);
    }

    /** Gives the failure of an operation that can no longer be withdrawn. */
    public void fail(Throwable failure) {
        super.completeExceptionally(failure);
    }

    @Override
    public boolean complete(T value) {
        return !isDone() && withdraw.test(this) && super.complete(value);
    }

    @Override
    public boolean completeExceptionally(Throwable failure) {
        return !isDone() && withdraw.test(this) && super.completeExceptionally(failure);
    }

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
        if (isDone()) {
            return isCancelled();
        }
        return withdraw.test(this) && super.cancel(mayInterruptIfRunning);
    }
}
