package dev.sallyport.internal.task;

import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The future of something that happens once, one for all who ask, however often they do. Only its owner completes it: what
 * others do to it ({@code complete}, {@code cancel}) has no effect, and what they let time out is a future of their own.
 */
public final class EventFuture extends ExecutorFuture<Void> {
    private volatile @Nullable Set<Consumer<EventFuture>>
            bounded; // those with a time of their own; made with the first

    /** One that has not happened. */
    public EventFuture(Executor executor) {
        super(executor);
    }

    /** It has happened, or has failed to, if there is an error. Once. */
    public void happen(@Nullable Throwable error) {
        if (error == null) {
            super.complete(null);
        } else {
            super.completeExceptionally(error);
        }
        Set<Consumer<EventFuture>> waiting = bounded;
        if (waiting != null) {
            waiting.forEach(passing -> passing.accept(this));
        }
    }

    private void passTo(CompletableFuture<Void> other) {
        try {
            join();
            other.complete(null);
        } catch (RuntimeException failure) {
            Throwable cause = failure.getCause();
            other.completeExceptionally(cause == null ? failure : cause);
        }
    }

    /** {@return a future of the caller's own, which is forgotten once it is done} */
    private CompletableFuture<Void> own() {
        CompletableFuture<Void> own = new ExecutorFuture<>(defaultExecutor());
        Set<Consumer<EventFuture>> all = bounded();
        Consumer<EventFuture> passing = event -> event.passTo(own);
        all.add(passing);
        own.whenComplete((nothing, failure) -> all.remove(passing));
        if (isDone()) { // after adding, so that whoever makes it happen meanwhile either sees it or is seen
            passTo(own);
        }
        return own;
    }

    private synchronized Set<Consumer<EventFuture>> bounded() {
        Set<Consumer<EventFuture>> present = bounded;
        if (present == null) {
            present = ConcurrentHashMap.newKeySet();
            bounded = present;
        }
        return present;
    }

    @Override
    public CompletableFuture<Void> orTimeout(long timeout, TimeUnit unit) {
        return own().orTimeout(timeout, unit);
    }

    @Override
    public CompletableFuture<Void> completeOnTimeout(@Nullable Void value, long timeout, TimeUnit unit) {
        return own().completeOnTimeout(null, timeout, unit);
    }

    @Override
    public boolean complete(@Nullable Void value) {
        return false;
    }

    @Override
    public boolean completeExceptionally(Throwable failure) {
        return false;
    }

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
        return false;
    }

    @Override
    public CompletableFuture<Void> completeAsync(Supplier<? extends Void> supplier, Executor executor) {
        return this;
    }

    @Override
    public void obtrudeValue(@Nullable Void value) {
        throw new UnsupportedOperationException("obtrudeValue: this future tells of an event, and of nothing else");
    }

    @Override
    public void obtrudeException(Throwable failure) {
        throw new UnsupportedOperationException("obtrudeException: this future tells of an event, and of nothing else");
    }
}
