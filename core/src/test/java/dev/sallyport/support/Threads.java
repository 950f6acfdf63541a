package dev.sallyport.support;

import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;

/** Threads of tests: daemons whose outcome is a future. */
public final class Threads {
    private Threads() {}

    /** Work that may throw. */
    public interface Work {
        void run() throws Exception;
    }

    public static <T> CompletableFuture<T> supply(Callable<T> work) {
        CompletableFuture<T> outcome = new CompletableFuture<>();
        Thread thread = new Thread(
                () -> {
                    try {
                        outcome.complete(work.call());
                    } catch (Throwable failure) {
                        outcome.completeExceptionally(failure);
                    }
                },
                "test-" + Integer.toHexString(outcome.hashCode()));
        thread.setDaemon(true);
        thread.start();
        return outcome;
    }

    public static CompletableFuture<Void> run(Work work) {
        return supply(() -> {
            work.run();
            return null;
        });
    }

    /** Runs work on a virtual thread, which the JDK must have; {@code startVirtualThread} is not in the API compiled against. */
    public static CompletableFuture<Void> runVirtually(Work work) throws ReflectiveOperationException {
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

    /** {@return whether a thread of a test is parked in a method of the library whose name begins so} */
    public static boolean isParked(String method) {
        return Thread.getAllStackTraces().entrySet().stream()
                .filter(thread -> thread.getKey().getName().startsWith("test-"))
                .filter(thread -> thread.getKey().getState() == Thread.State.WAITING
                        || thread.getKey().getState() == Thread.State.TIMED_WAITING)
                .anyMatch(thread -> {
                    for (StackTraceElement frame : thread.getValue()) {
                        if (frame.getClassName().startsWith("dev.sallyport.")
                                && frame.getMethodName().startsWith(method)) {
                            return true;
                        }
                    }
                    return false;
                });
    }
}
