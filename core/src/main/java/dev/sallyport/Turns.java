package dev.sallyport;

import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Where the answers of one kind of a socket's operations are given: at once on the caller's stack when the answer is there, but only
 * so many times in a row, since a program that does the next operation when one is done would fill its stack.
 */
final class Turns {
    private static final int IN_A_ROW = 64;

    private final Executor executor;
    private int atOnce; // a bound, not a count: a lost increment does no harm

    Turns(Executor executor) {
        this.executor = executor;
    }

    /** {@return whether the next answer may be given at once} One that may not starts the count anew. */
    boolean next() {
        if (++atOnce <= IN_A_ROW) {
            return true;
        }
        atOnce = 0;
        return false;
    }

    <T> void answer(Operation<T> operation, @Nullable T value) {
        if (next()) {
            operation.answer(value);
        } else {
            later(operation, value, null);
        }
    }

    void fail(Operation<?> operation, Throwable failure) {
        if (next()) {
            operation.fail(failure);
        } else {
            laterFailure(operation, failure);
        }
    }

    /** Gives an answer, or a failure when there is one, on the executor. */
    <T> void later(Operation<T> operation, @Nullable T value, @Nullable Throwable failure) {
        if (failure != null) {
            laterFailure(operation, failure);
            return;
        }
        atOnce = 0;
        executor.execute(() -> operation.answer(value));
    }

    private void laterFailure(Operation<?> operation, Throwable failure) {
        atOnce = 0;
        executor.execute(() -> operation.fail(failure));
    }
}
