package dev.sallyport.internal.stream;

import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/** Writes what a publisher gives, one buffer at a time: the next is asked for when the one before is with the system. */
public final class PublisherWriter implements Flow.Subscriber<ByteBuffer> {
    private final SocketWriter writer;
    private final Executor executor;
    private final CompletableFuture<Long> done;
    private Flow.@Nullable Subscription subscription;
    private long total;
    private CompletableFuture<?> last = CompletableFuture.completedFuture(null); // the newest write, counted

    /** Writes by {@code writer}; {@code done} gets the number of bytes, and withdraws the subscription when its user cancels it. */
    public PublisherWriter(SocketWriter writer, Executor executor, CompletableFuture<Long> done) {
        this.writer = writer;
        this.executor = executor;
        this.done = done;
    }

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
        Objects.requireNonNull(subscription, "subscription");
        if (this.subscription != null) {
            subscription.cancel();
            return;
        }
        this.subscription = subscription;
        done.whenComplete((count, failure) -> {
            if (failure != null) { // also the user's cancel
                subscription.cancel();
            }
        });
        subscription.request(1);
    }

    @Override
    public void onNext(ByteBuffer bytes) {
        Objects.requireNonNull(bytes, "bytes");
        Flow.Subscription current = Objects.requireNonNull(subscription);
        if (done.isDone()) {
            return;
        }
        int length = bytes.remaining();
        CompletableFuture<Void> write = writer.writeAsync(bytes);
        write.whenComplete((nothing, failure) -> {
            if (failure != null) {
                done.completeExceptionally(failure);
            }
        });
        last = write.thenRun(() -> {
            total += length;
            current.request(1);
        });
    }

    @Override
    public void onError(Throwable failure) {
        Objects.requireNonNull(failure, "failure");
        executor.execute(() -> done.completeExceptionally(failure));
    }

    @Override
    public void onComplete() {
        last.thenRun(() -> executor.execute(() -> done.complete(total)));
    }
}
