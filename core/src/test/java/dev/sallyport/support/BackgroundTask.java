package dev.sallyport.support;

import dev.sallyport.testkit.Awaiting;
import dev.sallyport.testkit.Payload;
import dev.sallyport.testkit.TlsConnection;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** Work on a thread of its own while the test does something else. */
public final class BackgroundTask {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** What that thread does. */
    @FunctionalInterface
    public interface Work {
        void run() throws Exception;
    }

    private final String what;
    private final CompletableFuture<Void> done = new CompletableFuture<>();
    private final Thread thread;

    private BackgroundTask(String what, Work work) {
        this.what = what;
        this.thread = new Thread(
                () -> {
                    try {
                        work.run();
                        done.complete(null);
                    } catch (Throwable failure) {
                        done.completeExceptionally(failure);
                    }
                },
                what);
        thread.setDaemon(true);
        thread.start();
    }

    public static BackgroundTask start(String what, Work work) {
        return new BackgroundTask(what, work);
    }

    /** Sends a payload to a server that sends it back, and compares what comes; the connection stays open. */
    public static void echoed(TlsConnection client, Payload payload) throws IOException, ExecutionException {
        BackgroundTask sending = start("the client to send " + payload, () -> payload.writeTo(client.out()));
        boolean same = false;
        try {
            payload.assertSame(client.in());
            same = true;
        } finally {
            if (!same) {
                client.reset(); // so that the sender ends, too
            }
        }
        sending.await();
    }

    public Thread thread() {
        return thread;
    }

    public boolean isDone() {
        return done.isDone();
    }

    /** Waits for the end; what the work threw is the cause. */
    public void await() throws ExecutionException {
        Awaiting.result(what, PATIENCE, done);
    }
}
