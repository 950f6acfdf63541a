package dev.sallyport.internal.task;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/** What blocking calls make of futures: results, and exceptions that name the call. */
public final class Awaited {
    private Awaited() {}

    /** {@return what has been bound} A call that is interrupted, or made on an event loop, leaves nothing bound. */
    public static <T> T bound(String call, CompletableFuture<T> binding) throws IOException {
        if (NeverBlocks.isCurrent() && binding.cancel(false)) {
            throw NeverBlocks.refusal(call);
        }
        try {
            return binding.get();
        } catch (InterruptedException interrupted) {
            binding.cancel(false);
            throw interrupted(call + ": ");
        } catch (ExecutionException failure) {
            throw thrown(failure.getCause());
        }
    }

    /** {@return what a call throws whose thread was interrupted, whose flag stays set} */
    public static InterruptedIOException interrupted(String called) {
        Thread.currentThread().interrupt();
        return new InterruptedIOException(called + "interrupted");
    }

    /** {@return what a call throws for the cause of a future's failure} Throws it, where nobody has to declare it. */
    public static IOException thrown(@Nullable Throwable failure) {
        if (failure instanceof RuntimeException exception) {
            throw exception;
        }
        if (failure instanceof Error error) {
            throw error;
        }
        return failure instanceof IOException exception ? exception : new IOException(failure);
    }
}
