package dev.sallyport.internal.stream;

import java.util.concurrent.Executor;
import java.util.concurrent.Flow;

/** What a subscriber gets that cannot be served: a subscription that does nothing, then the reason. */
public final class FailedSubscription implements Flow.Subscription {
    private FailedSubscription() {}

    /** Tells {@code subscriber}, on the executor. */
    public static void tell(Flow.Subscriber<?> subscriber, Executor executor, Throwable reason) {
        executor.execute(() -> {
            subscriber.onSubscribe(new FailedSubscription());
            subscriber.onError(reason);
        });
    }

    @Override
    public void request(long count) {}

    @Override
    public void cancel() {}
}
