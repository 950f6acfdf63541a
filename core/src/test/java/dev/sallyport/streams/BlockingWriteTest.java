package dev.sallyport.streams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.matrix.Matrix;
import dev.sallyport.matrix.Matrix.Dimension;
import dev.sallyport.matrix.Setup;
import dev.sallyport.support.Pair;
import dev.sallyport.support.Threads;
import dev.sallyport.testkit.Awaiting;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicReference;

/** Contract 8 and api.md: a write that blocks, and who may write beside it. */
class BlockingWriteTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final int MUCH = 32 << 20;

    @Matrix({Dimension.TRANSPORT})
    void aWriteThatWaitsWhenTheSocketIsClosedSaysThatItCameMeanwhile(Setup setup) throws Exception {
        try (Pair pair = Pair.of(setup)) {
            CompletableFuture<Void> write = stuckWriter(pair);
            pair.socket.close();
            assertThatThrownBy(() -> Awaiting.result("the writer to fail", LIMIT, write))
                    .hasRootCauseInstanceOf(AsynchronousCloseException.class);
        }
    }

    @Matrix({Dimension.TRANSPORT})
    void aThreadThatWaitsForItsTurnToWriteCanBeInterrupted(Setup setup) throws Exception {
        try (Pair pair = Pair.of(setup)) {
            CompletableFuture<Void> first = stuckWriter(pair);
            AtomicReference<Thread> waiting = new AtomicReference<>();
            CompletableFuture<Void> second = Threads.run(() -> {
                waiting.set(Thread.currentThread());
                pair.socket.outputStream().write(1);
            });
            Awaiting.until(
                    "the second writer to wait",
                    LIMIT,
                    () -> waiting.get() != null && waiting.get().getState() == Thread.State.WAITING);
            waiting.get().interrupt();
            assertThatThrownBy(() -> Awaiting.result("the second writer to fail", LIMIT, second))
                    .hasRootCauseInstanceOf(InterruptedIOException.class);
            assertThatThrownBy(() -> Awaiting.result("the first writer to fail", LIMIT, first))
                    .isInstanceOf(ExecutionException.class); // the connection is aborted
            assertThat(pair.socket.isOpen()).isFalse();
        }
    }

    @Matrix({Dimension.TRANSPORT})
    void writingByFutureBesideAThreadThatWritesIsRefused(Setup setup) throws Exception {
        try (Pair pair = Pair.of(setup)) {
            CompletableFuture<Void> write = stuckWriter(pair);
            CompletableFuture<Void> beside = pair.socket.writeAsync(ByteBuffer.allocate(1));
            assertThatThrownBy(() -> Awaiting.result("the refusal", LIMIT, beside))
                    .hasCauseInstanceOf(IllegalStateException.class);
            assertThat(pair.client.receive(MUCH)).isEqualTo(new byte[MUCH]);
            Awaiting.result("the writer to return", LIMIT, write);
            Awaiting.result("a write by future now", LIMIT, pair.socket.writeAsync(ByteBuffer.wrap(new byte[] {7})));
            assertThat(pair.client.receive(1)).containsExactly(7);
        }
    }

    @Matrix({Dimension.TRANSPORT})
    void aThreadThatWritesBesideAWriteByFutureIsRefused(Setup setup) throws Exception {
        try (Pair pair = Pair.of(setup)) {
            CompletableFuture<Void> pending = pair.socket.writeAsync(ByteBuffer.allocate(MUCH));
            assertThat(pending).isNotDone();
            assertThatThrownBy(() -> pair.socket.outputStream().write(1)).isInstanceOf(IllegalStateException.class);
            assertThat(pair.client.receive(MUCH)).isEqualTo(new byte[MUCH]);
            Awaiting.result("the write by future", LIMIT, pending);
            pair.socket.outputStream().write(7);
            assertThat(pair.client.receive(1)).containsExactly(7);
        }
    }

    @Matrix({Dimension.TRANSPORT})
    void severalThreadsMayWriteAndEachWriteStaysWhole(Setup setup) throws Exception {
        try (Pair pair = Pair.of(setup, options -> options.maxQueuedBytes(1 << 14))) {
            int length = 100_000;
            CompletableFuture<?>[] writers = new CompletableFuture<?>[8];
            for (int i = 0; i < writers.length; i++) {
                byte[] bytes = new byte[length];
                Arrays.fill(bytes, (byte) i);
                writers[i] = Threads.run(() -> pair.socket.outputStream().write(bytes));
            }
            boolean[] seen = new boolean[writers.length];
            for (int i = 0; i < writers.length; i++) {
                byte[] bytes = pair.client.receive(length);
                assertThat(bytes).containsOnly(bytes[0]);
                assertThat(seen[bytes[0]]).isFalse();
                seen[bytes[0]] = true;
            }
            Awaiting.result("the writers to return", LIMIT, CompletableFuture.allOf(writers));
        }
    }

    @Matrix({Dimension.TRANSPORT, Dimension.PROVIDER})
    void flushWaitsUntilTheSystemHasTakenWhatWasWritten(Setup setup) throws Exception {
        try (Pair pair = Pair.of(setup, options -> options.maxQueuedBytes(2 * MUCH))) {
            pair.socket.outputStream().write(new byte[MUCH]); // there is room for it
            CompletableFuture<Void> flush =
                    Threads.run(() -> pair.socket.outputStream().flush());
            Awaiting.until("the flush to wait", LIMIT, () -> Threads.isParked("flush"));
            assertThat(flush).isNotDone();
            assertThat(pair.client.receive(MUCH)).isEqualTo(new byte[MUCH]);
            Awaiting.result("the flush", LIMIT, flush);
        }
    }

    @Matrix({Dimension.TRANSPORT, Dimension.PROVIDER})
    void aWriteByFutureIsDoneWhenTheSystemHasTakenAllOfIt(Setup setup) throws Exception {
        try (Pair pair = Pair.of(setup, options -> options.maxQueuedBytes(2 * MUCH))) {
            CompletableFuture<Void> write = pair.socket.writeAsync(ByteBuffer.allocate(MUCH));
            assertThat(pair.client.receive(1)).containsExactly(0);
            assertThat(write).as("room in the queue is not enough").isNotDone();
            assertThat(pair.client.receive(MUCH - 1)).isEqualTo(new byte[MUCH - 1]);
            Awaiting.result("the write", LIMIT, write);
        }
    }

    private static CompletableFuture<Void> stuckWriter(Pair pair) {
        CompletableFuture<Void> write =
                Threads.run(() -> pair.socket.outputStream().write(new byte[MUCH]));
        Awaiting.until("the writer to wait for room", LIMIT, () -> Threads.isParked("writeBlocking"));
        return write;
    }
}
