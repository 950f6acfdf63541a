package dev.sallyport.streams;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.matrix.Matrix;
import dev.sallyport.matrix.Matrix.Dimension;
import dev.sallyport.matrix.Setup;
import dev.sallyport.support.Pair;
import dev.sallyport.support.Threads;
import dev.sallyport.testkit.Awaiting;
import dev.sallyport.testkit.Payload;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;

/** One connection is read and written at the same time, by a thread each. */
class FullDuplexTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final long SIZE = 24 << 20;

    /** Reading may send what a writer has queued, and must not keep the writer's wake-up to itself. */
    @Matrix({Dimension.TRANSPORT, Dimension.PROVIDER, Dimension.VERSION, Dimension.WIRE})
    void aWriterIsWokenAlthoughAReadHasSentWhatItHadQueued(Setup setup) throws Exception {
        try (Pair pair = Pair.of(setup, options -> options.maxQueuedBytes(1 << 14))) {
            AtomicBoolean done = new AtomicBoolean();
            Payload payload = Payload.of(1, SIZE);
            CompletableFuture<Void> chatter = Threads.run(() -> {
                while (!done.get()) {
                    pair.client.send("chatter");
                }
                pair.client.sendCloseNotify();
            });
            CompletableFuture<Long> read = Threads.supply(() -> {
                long total = 0;
                byte[] bytes = new byte[1000];
                for (int count = 0;
                        count >= 0;
                        count = pair.socket.inputStream().read(bytes)) {
                    total += count;
                }
                return total;
            });
            CompletableFuture<Void> write = Threads.run(() -> payload.writeTo(pair.socket.outputStream()));
            CompletableFuture<Void> received = Threads.run(() -> payload.assertSame(pair.client.in()));
            Awaiting.result("the client to have everything", LIMIT, received);
            Awaiting.result("the writer to return", LIMIT, write);
            done.set(true);
            Awaiting.result("the client's last word", LIMIT, chatter);
            assertThat(Awaiting.result("the reader to see the end", LIMIT, read))
                    .isPositive();
        }
    }
}
