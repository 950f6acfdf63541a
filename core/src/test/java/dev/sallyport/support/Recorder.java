package dev.sallyport.support;

import static dev.sallyport.testkit.Awaiting.PATIENCE;
import static dev.sallyport.testkit.Awaiting.result;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A subscriber that asks for nothing by itself and keeps what it is told. */
public class Recorder<T> implements Flow.Subscriber<T> {
    private final CompletableFuture<Flow.Subscription> subscription = new CompletableFuture<>();
    private final BlockingQueue<T> items = new LinkedBlockingQueue<>();
    private final CompletableFuture<Void> end = new CompletableFuture<>();

    @Override
    public void onSubscribe(Flow.Subscription given) {
        subscription.complete(given);
    }

    @Override
    public void onNext(T item) {
        items.add(item);
    }

    @Override
    public void onError(Throwable failure) {
        if (!subscription.isDone()) {
            failure.addSuppressed(new AssertionError("onError before onSubscribe"));
        }
        end.completeExceptionally(failure);
    }

    @Override
    public void onComplete() {
        end.complete(null);
    }

    public Flow.Subscription subscription() throws ExecutionException {
        return result("onSubscribe", PATIENCE, subscription);
    }

    public T next() throws InterruptedException {
        T item = items.poll(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        if (item == null) {
            throw new AssertionError("waited " + PATIENCE + " for onNext, the end is " + end);
        }
        return item;
    }

    public int untaken() {
        return items.size();
    }

    public boolean ended() {
        return end.isDone();
    }

    /** Waits for onComplete. */
    public void completed() throws ExecutionException {
        result("onComplete", PATIENCE, end);
    }

    /** {@return what onError told, which must have been after onSubscribe} */
    public Throwable failure() {
        try {
            result("onError", PATIENCE, end);
        } catch (ExecutionException failure) {
            @Nullable Throwable told = failure.getCause();
            if (told != null && told.getSuppressed().length == 0) {
                return told;
            }
            throw new AssertionError(told);
        }
        throw new AssertionError("onComplete instead of onError");
    }
}
