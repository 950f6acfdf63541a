package dev.sallyport.support;

import dev.sallyport.testkit.BackgroundTask;
import java.util.concurrent.CompletableFuture;

/** Virtual threads, by reflection: they are not in the API that the tests are compiled against. */
public final class VirtualThreads {
    private VirtualThreads() {}

    /** Runs work on a virtual thread, which the JDK must have. */
    public static CompletableFuture<Void> run(BackgroundTask.Work work) throws ReflectiveOperationException {
        CompletableFuture<Void> outcome = new CompletableFuture<>();
        Runnable task = () -> {
            try {
                work.run();
                outcome.complete(null);
            } catch (Throwable failure) {
                outcome.completeExceptionally(failure);
            }
        };
        Thread.class.getMethod("startVirtualThread", Runnable.class).invoke(null, task);
        return outcome;
    }

    /** {@return whether this is a virtual thread of a JDK that has them} */
    public static boolean isVirtual(Thread thread) {
        try {
            return (boolean) Thread.class.getMethod("isVirtual").invoke(thread);
        } catch (ReflectiveOperationException missing) {
            throw new IllegalStateException("a JDK without virtual threads", missing);
        }
    }
}
