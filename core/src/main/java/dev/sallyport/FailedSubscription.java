package dev.sallyport;

import java.util.concurrent.Executor;
import java.util.concurrent.Flow;

/** What a subscriber gets that cannot be served: a subscription that does nothing, then the reason. */
final class FailedSubscription implements Flow.Subscription {
    private FailedSubscription() {}

    static void tell(Flow.Subscriber<?> subscriber, Executor executor, Throwable reason) {
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
