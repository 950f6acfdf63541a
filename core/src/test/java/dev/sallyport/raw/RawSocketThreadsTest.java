package dev.sallyport.raw;

import static dev.sallyport.RawSocketEvent.READ;
import static dev.sallyport.testkit.Awaiting.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.matrix.Matrix;
import dev.sallyport.matrix.Matrix.Dimension;
import dev.sallyport.matrix.Setup;
import dev.sallyport.support.ConnectedPair;
import dev.sallyport.testkit.Awaiting;
import dev.sallyport.testkit.BackgroundTask;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Events come one at a time and leave room for other tasks, and two threads do not read or write at once. */
class RawSocketThreadsTest {
    private static final int SOME = 5_000;

    @Matrix({Dimension.TRANSPORT, Dimension.PROVIDER})
    void eventsComeOneAtATime(Setup setup) throws Exception {
        try (var pair = ConnectedPair.openRaw(setup)) {
            AtomicInteger inside = new AtomicInteger();
            AtomicInteger overlaps = new AtomicInteger();
            AtomicLong events = new AtomicLong();
            pair.socket.listen((socket, event) -> {
                overlaps.addAndGet(inside.getAndIncrement());
                socket.writeEventsEnabled(true); // so that both kinds come as fast as they can
                if (event == READ) {
                    socket.read(ByteBuffer.allocate(1));
                }
                events.incrementAndGet();
                inside.decrementAndGet();
            });
            pair.client.send(new byte[SOME]);
            Awaiting.until("many events", PATIENCE, () -> events.get() > SOME);
            assertThat(overlaps).hasValue(0);
        }
    }

    /** Turning on what is on is what handlers do at each event; that there is a lot to read must not bury other tasks. */
    @Matrix({Dimension.TRANSPORT, Dimension.PROVIDER})
    void tasksHaveTheirTurnWhileThereIsMoreToReadAndReadingIsTurnedOnAgainAndAgain(Setup setup) throws Exception {
        int before = 1_000;
        AtomicInteger reads = new AtomicInteger();
        CompletableFuture<Integer> turn = new CompletableFuture<>();
        try (var pair = ConnectedPair.openRaw(setup)) {
            pair.client.send(new byte[SOME]);
            pair.socket.listen((socket, event) -> {
                if (event == READ && socket.read(ByteBuffer.allocate(1)) == 1 && reads.incrementAndGet() == before) {
                    socket.executor().execute(() -> turn.complete(reads.get()));
                }
                socket.readEventsEnabled(false);
                socket.readEventsEnabled(true);
            });
            assertThat(Awaiting.result("the task", PATIENCE, turn)).isBetween(before, before + 100);
            Awaiting.until("all to be read", PATIENCE, () -> reads.get() == SOME);
        }
    }

    @Matrix({Dimension.PROVIDER})
    void aSecondThreadThatReadsOrWritesAtTheSameTimeIsRefused(Setup setup) throws Exception {
        try (var pair = ConnectedPair.openRaw(setup)) {
            BackgroundTask<Void> sink = BackgroundTask.run(
                    "the client to take all", () -> pair.client.in().transferTo(OutputStream.nullOutputStream()));
            ByteBuffer[] writable = {ByteBuffer.allocate(1 << 16), ByteBuffer.allocate(1 << 16)};
            assertSecondIsRefused("write", i -> pair.socket.write(writable[i].clear()));
            ByteBuffer[] readable = {ByteBuffer.allocate(1 << 16), ByteBuffer.allocate(1 << 16)};
            assertSecondIsRefused("read", i -> pair.socket.read(readable[i].clear()));
            assertThat(pair.socket.isOpen()).isTrue();
            pair.socket.close();
            sink.await();
        }
    }

    private static final long MEETING_NANOS = TimeUnit.SECONDS.toNanos(20);

    private interface NumberedCall {
        void run(int number) throws IOException;
    }

    /** Both go on until one has met the other. */
    private static void assertSecondIsRefused(String what, NumberedCall call) throws Exception {
        AtomicReference<@Nullable Throwable> refused = new AtomicReference<>();
        List<BackgroundTask<Void>> callers = new ArrayList<>();
        long deadline = System.nanoTime() + MEETING_NANOS;
        for (int i = 0; i < 2; i++) {
            int number = i;
            callers.add(BackgroundTask.run("a caller of " + what, () -> {
                while (refused.get() == null && System.nanoTime() < deadline) {
                    try {
                        call.run(number);
                    } catch (IllegalStateException second) {
                        refused.set(second);
                    }
                }
            }));
        }
        for (BackgroundTask<Void> caller : callers) {
            caller.await();
        }
        assertThat(refused.get()).as("two calls of " + what + " at a time").hasMessageContaining(what);
    }
}
