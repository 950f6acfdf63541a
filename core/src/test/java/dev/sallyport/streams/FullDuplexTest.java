package dev.sallyport.streams;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.matrix.Matrix;
import dev.sallyport.matrix.Matrix.Dimension;
import dev.sallyport.matrix.Setup;
import dev.sallyport.support.ConnectedPair;
import dev.sallyport.testkit.BackgroundTask;
import dev.sallyport.testkit.Payload;
import java.util.concurrent.atomic.AtomicBoolean;

/** One connection is read and written at the same time, by a thread each. */
class FullDuplexTest {
    private static final long SIZE = 24 << 20;

    /** Reading may send what a writer has queued, and must not keep the writer's wake-up to itself. */
    @Matrix({Dimension.TRANSPORT, Dimension.PROVIDER, Dimension.VERSION, Dimension.WIRE})
    void aWriterIsWokenAlthoughAReadHasSentWhatItHadQueued(Setup setup) throws Exception {
        try (var pair = ConnectedPair.open(setup, options -> options.maxQueuedBytes(1 << 14))) {
            AtomicBoolean done = new AtomicBoolean();
            Payload payload = Payload.of(1, SIZE);
            BackgroundTask<Void> chatter = BackgroundTask.run("the client's last word", () -> {
                while (!done.get()) {
                    pair.client.send("chatter");
                }
                pair.client.sendCloseNotify();
            });
            BackgroundTask<Long> read = BackgroundTask.supply("the reader to see the end", () -> {
                long total = 0;
                byte[] bytes = new byte[1000];
                for (int count = 0;
                        count >= 0;
                        count = pair.socket.inputStream().read(bytes)) {
                    total += count;
                }
                return total;
            });
            BackgroundTask<Void> write =
                    BackgroundTask.run("the writer to return", () -> payload.writeTo(pair.socket.outputStream()));
            BackgroundTask<Void> received =
                    BackgroundTask.run("the client to have everything", () -> payload.assertSame(pair.client.in()));
            received.await();
            write.await();
            done.set(true);
            chatter.await();
            assertThat(read.await()).isPositive();
        }
    }
}
