package dev.sallyport.internal.stream;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Where the answers of one kind of a socket's operations are given: at once on the caller's stack when the answer is there, but only
 * so many times in a row, since a program that does the next operation when one is done would fill its stack.
 *
 * <p>An answer that is postponed comes from the executor, and empties the caller's stack only if the caller says what to do
 * next before it comes: else he finds it there, and goes on where he is. When that has happened several times in a row, and
 * the stack is deep indeed, the answer is held back a little.
 */
public final class InlineBudget {
    private static final int IN_A_ROW = 64;
    private static final int DEEP_FRAMES = 1_000;
    private static final int LONGEST_DELAY_LOG2 = 6;

    private final Executor executor;
    private int atOnce; // a bound, not a count: a lost increment does no harm
    private volatile long postponedBy; // the thread whose answer was postponed last
    private int overtaken; // how often in a row the same thread went on, perhaps on the same stack; a bound, too

    /** For answers of one kind; those that are postponed come from the executor. */
    public InlineBudget(Executor executor) {
        this.executor = executor;
    }

    /** {@return whether the next answer may be given at once} One that may not starts the count anew. */
    public boolean next() {
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
            postpone(executor, () -> operation.answer(value));
        }
    }

    void fail(Operation<?> operation, Throwable failure) {
        if (next()) {
            operation.fail(failure);
        } else {
            postpone(executor, () -> operation.fail(failure));
        }
    }

    /** Gives an answer, or a failure when there is one, on the executor; not for a caller who may be told at once. */
    <T> void later(Operation<T> operation, @Nullable T value, @Nullable Throwable failure) {
        atOnce = 0;
        executor.execute(failure == null ? () -> operation.answer(value) : () -> operation.fail(failure));
    }

    /** Lets {@code way} lead to the answer that this thread, which is about to attach what comes next, may not give. */
    public void postpone(Executor way, Runnable answer) {
        long caller = Thread.currentThread().getId();
        overtaken = caller == postponedBy ? overtaken + 1 : 0;
        postponedBy = caller;
        Executor now = overtaken > 1 && stackIsDeep()
                ? CompletableFuture.delayedExecutor(
                        1L << Math.min(overtaken, LONGEST_DELAY_LOG2), TimeUnit.MILLISECONDS, way)
                : way;
        now.execute(() -> {
            if (Thread.currentThread().getId() == caller) {
                postponedBy = 0; // it has come back from there
            }
            answer.run();
        });
    }

    private static boolean stackIsDeep() {
        return StackWalker.getInstance()
                .walk(frames -> frames.skip(DEEP_FRAMES).findFirst().isPresent());
    }
}
