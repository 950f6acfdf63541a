package dev.sallyport.streams;

import static dev.sallyport.testkit.Awaiting.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.SecureSocket;
import dev.sallyport.matrix.Matrix;
import dev.sallyport.matrix.Matrix.Dimension;
import dev.sallyport.matrix.Setup;
import dev.sallyport.support.ConnectedPair;
import dev.sallyport.testkit.Awaiting;
import dev.sallyport.testkit.BackgroundTask;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicReference;

/** Contract 8 and api.md: a write that blocks, and who may write beside it. */
class BlockingWriteTest {
    private static final int MUCH = 32 << 20;

    @Matrix({Dimension.TRANSPORT})
    void aWriteThatWaitsWhenTheSocketIsClosedSaysThatItCameMeanwhile(Setup setup) throws Exception {
        try (var pair = ConnectedPair.open(setup)) {
            BackgroundTask<Void> write = stuckWriter(pair);
            pair.socket.close();
            assertThatThrownBy(write::await).hasRootCauseInstanceOf(AsynchronousCloseException.class);
        }
    }

    @Matrix({Dimension.TRANSPORT})
    void aThreadThatWaitsForItsTurnToWriteCanBeInterrupted(Setup setup) throws Exception {
        try (var pair = ConnectedPair.open(setup)) {
            BackgroundTask<Void> first = stuckWriter(pair);
            AtomicReference<Thread> waiting = new AtomicReference<>();
            BackgroundTask<Void> second = BackgroundTask.run("the second writer", () -> {
                waiting.set(Thread.currentThread());
                pair.socket.outputStream().write(1);
            });
            Awaiting.until(
                    "the second writer to wait",
                    PATIENCE,
                    () -> waiting.get() != null && waiting.get().getState() == Thread.State.WAITING);
            waiting.get().interrupt();
            assertThatThrownBy(second::await).hasRootCauseInstanceOf(InterruptedIOException.class);
            assertThatThrownBy(first::await).isInstanceOf(ExecutionException.class); // the connection is aborted
            assertThat(pair.socket.isOpen()).isFalse();
        }
    }

    @Matrix({Dimension.TRANSPORT})
    void writingByFutureBesideAThreadThatWritesIsRefused(Setup setup) throws Exception {
        try (var pair = ConnectedPair.open(setup)) {
            BackgroundTask<Void> write = stuckWriter(pair);
            CompletableFuture<Void> beside = pair.socket.writeAsync(ByteBuffer.allocate(1));
            assertThatThrownBy(() -> Awaiting.result("the refusal", PATIENCE, beside))
                    .hasCauseInstanceOf(IllegalStateException.class);
            assertThat(pair.client.receive(MUCH)).isEqualTo(new byte[MUCH]);
            write.await();
            Awaiting.result("a write by future now", PATIENCE, pair.socket.writeAsync(ByteBuffer.wrap(new byte[] {7})));
            assertThat(pair.client.receive(1)).containsExactly(7);
        }
    }

    @Matrix({Dimension.TRANSPORT})
    void aThreadThatWritesBesideAWriteByFutureIsRefused(Setup setup) throws Exception {
        try (var pair = ConnectedPair.open(setup)) {
            CompletableFuture<Void> pending = pair.socket.writeAsync(ByteBuffer.allocate(MUCH));
            assertThat(pending).isNotDone();
            assertThatThrownBy(() -> pair.socket.outputStream().write(1)).isInstanceOf(IllegalStateException.class);
            assertThat(pair.client.receive(MUCH)).isEqualTo(new byte[MUCH]);
            Awaiting.result("the write by future", PATIENCE, pending);
            pair.socket.outputStream().write(7);
            assertThat(pair.client.receive(1)).containsExactly(7);
        }
    }

    @Matrix({Dimension.TRANSPORT})
    void severalThreadsMayWriteAndEachWriteStaysWhole(Setup setup) throws Exception {
        try (var pair = ConnectedPair.open(setup, options -> options.maxQueuedBytes(1 << 14))) {
            int length = 100_000;
            int count = 8;
            List<BackgroundTask<Void>> writers = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                byte[] bytes = new byte[length];
                Arrays.fill(bytes, (byte) i);
                writers.add(BackgroundTask.run(
                        "writer " + i, () -> pair.socket.outputStream().write(bytes)));
            }
            boolean[] seen = new boolean[count];
            for (int i = 0; i < count; i++) {
                byte[] bytes = pair.client.receive(length);
                assertThat(bytes).containsOnly(bytes[0]);
                assertThat(seen[bytes[0]]).isFalse();
                seen[bytes[0]] = true;
            }
            for (BackgroundTask<Void> writer : writers) {
                writer.await();
            }
        }
    }

    @Matrix({Dimension.TRANSPORT, Dimension.PROVIDER})
    void flushWaitsUntilTheSystemHasTakenWhatWasWritten(Setup setup) throws Exception {
        try (var pair = ConnectedPair.open(setup, options -> options.maxQueuedBytes(2 * MUCH))) {
            pair.socket.outputStream().write(new byte[MUCH]); // there is room for it
            BackgroundTask<Void> flush = BackgroundTask.run(
                    "the flush", () -> pair.socket.outputStream().flush());
            Awaiting.until("the flush to wait", PATIENCE, () -> flush.isParkedIn("flush"));
            assertThat(flush.isDone()).isFalse();
            assertThat(pair.client.receive(MUCH)).isEqualTo(new byte[MUCH]);
            flush.await();
        }
    }

    @Matrix({Dimension.TRANSPORT, Dimension.PROVIDER})
    void aWriteByFutureIsDoneWhenTheSystemHasTakenAllOfIt(Setup setup) throws Exception {
        try (var pair = ConnectedPair.open(setup, options -> options.maxQueuedBytes(2 * MUCH))) {
            CompletableFuture<Void> write = pair.socket.writeAsync(ByteBuffer.allocate(MUCH));
            assertThat(pair.client.receive(1)).containsExactly(0);
            assertThat(write).as("room in the queue is not enough").isNotDone();
            assertThat(pair.client.receive(MUCH - 1)).isEqualTo(new byte[MUCH - 1]);
            Awaiting.result("the write", PATIENCE, write);
        }
    }

    private static BackgroundTask<Void> stuckWriter(ConnectedPair<SecureSocket> pair) {
        BackgroundTask<Void> write = BackgroundTask.run(
                "the writer", () -> pair.socket.outputStream().write(new byte[MUCH]));
        Awaiting.until("the writer to wait for room", PATIENCE, () -> write.isParkedIn("writeBlocking"));
        return write;
    }
}
