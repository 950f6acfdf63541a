package dev.sallyport.streams;

import static dev.sallyport.testkit.Awaiting.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.SecureSocket;
import dev.sallyport.matrix.Matrix;
import dev.sallyport.matrix.Matrix.Dimension;
import dev.sallyport.matrix.Setup;
import dev.sallyport.support.ConnectedPair;
import dev.sallyport.testkit.Awaiting;
import dev.sallyport.testkit.BackgroundTask;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;

/** api.md, 'Futures': what its user does to a future withdraws the operation, atomically. */
class WithdrawalTest {
    private static final int LARGE = 1 << 20;
    private static final int SMALL_WRITES = 120;
    private static final byte END = -1;

    // ---- reads

    @Matrix({Dimension.TRANSPORT, Dimension.PROVIDER})
    void aReadThatIsWithdrawnWhileItsByteArrivesLosesNothing(Setup setup) throws Exception {
        raceReads(setup, 2_500);
    }

    @Tag("slow")
    @Matrix({Dimension.TRANSPORT, Dimension.PROVIDER})
    void aReadThatIsWithdrawnWhileItsByteArrivesLosesNothingInManyRaces(Setup setup) throws Exception {
        raceReads(setup, 10_000);
    }

    private static void raceReads(Setup setup, int rounds) throws Exception {
        CyclicBarrier start = new CyclicBarrier(2);
        Random random = new Random(1);
        int withdrawn = 0;
        try (var pair = ConnectedPair.open(setup)) {
            BackgroundTask<Void> client = BackgroundTask.run("the client", () -> {
                for (int round = 0; round < rounds; round++) {
                    start.await(PATIENCE.toSeconds(), TimeUnit.SECONDS);
                    pair.client.send(new byte[] {(byte) round});
                }
            });
            for (int round = 0; round < rounds; round++) {
                ByteBuffer dst = ByteBuffer.allocate(8);
                CompletableFuture<Integer> read = pair.socket.readAsync(dst);
                start.await(PATIENCE.toSeconds(), TimeUnit.SECONDS);
                busy(random.nextInt(200));
                boolean mine = withdraw(read, round);
                if (!mine && read.handle((count, failure) -> failure == null).get(20, TimeUnit.SECONDS)) {
                    assertThat(dst.position()).isEqualTo(1);
                    assertThat(dst.get(0)).isEqualTo((byte) round);
                } else {
                    withdrawn++;
                    assertThat(dst.position()).isZero();
                    byte next =
                            round % 2 == 0 ? (byte) pair.socket.inputStream().read() : readAsync(pair.socket);
                    assertThat(next).isEqualTo((byte) round);
                    assertThat(dst.position()).isZero();
                    assertThat(dst.get(0)).isZero();
                }
            }
            client.await();
        }
        assertThat(withdrawn).as("races that the user has won").isPositive();
    }

    /** {@return whether the caller has decided the outcome, which is not yet known where a timer does} */
    private static boolean withdraw(CompletableFuture<Integer> read, int round) {
        return switch (round % 4) {
            case 0 -> read.cancel(true);
            case 1 -> read.completeExceptionally(new IllegalArgumentException("enough"));
            case 2 -> read.complete(-7);
            default -> {
                read.orTimeout(round % 300, TimeUnit.MICROSECONDS);
                yield false;
            }
        };
    }

    private static byte readAsync(SecureSocket socket) throws Exception {
        ByteBuffer one = ByteBuffer.allocate(1);
        assertThat(Awaiting.result("the byte that was not read", PATIENCE, socket.readAsync(one)))
                .isEqualTo(1);
        return one.get(0);
    }

    @Matrix({Dimension.TRANSPORT})
    void eachWayToGiveAReadUpLeavesItsByteToTheNext(Setup setup) throws Exception {
        try (var pair = ConnectedPair.open(setup)) {
            for (int round = 0; round < 4; round++) {
                ByteBuffer dst = ByteBuffer.allocate(8);
                CompletableFuture<Integer> read = pair.socket.readAsync(dst);
                withdraw(read, round);
                Awaiting.until("the future to be over", PATIENCE, read::isDone);
                assertThat(read.isCompletedExceptionally()).isEqualTo(round != 2);
                pair.client.send(new byte[] {(byte) (10 + round)});
                assertThat(pair.socket.inputStream().read()).isEqualTo(10 + round);
                assertThat(dst.position()).isZero();
            }
        }
    }

    // ---- writes

    @Matrix({Dimension.TRANSPORT, Dimension.PROVIDER})
    void aWriteThatIsWithdrawnBeforeItHasBegunIsNotSent(Setup setup) throws Exception {
        raceWrites(setup, 21);
    }

    @Tag("slow")
    @Matrix({Dimension.TRANSPORT, Dimension.PROVIDER})
    void aWriteThatIsWithdrawnBeforeItHasBegunIsNotSentInManyRaces(Setup setup) throws Exception {
        raceWrites(setup, 10_000 / SMALL_WRITES);
    }

    /** Many small writes behind a large one, withdrawn in the order in which they will be sent while the client reads. */
    private static void raceWrites(Setup setup, int rounds) throws Exception {
        Random random = new Random(2);
        int withdrawn = 0;
        int begun = 0;
        ByteBuffer large = ByteBuffer.allocateDirect(LARGE);
        // a send buffer smaller than a segment of the loopback would have the kernel wait for its timers
        try (var pair = ConnectedPair.open(
                setup,
                options -> options.maxQueuedBytes(1 << 14).socketOption(StandardSocketOptions.SO_SNDBUF, 1 << 17))) {
            for (int round = 0; round < rounds; round++) {
                CompletableFuture<Void> first = pair.socket.writeAsync(large.clear());
                List<CompletableFuture<Void>> small = new ArrayList<>();
                for (int i = 0; i < SMALL_WRITES; i++) {
                    small.add(pair.socket.writeAsync(ByteBuffer.wrap(new byte[] {(byte) i})));
                }
                CompletableFuture<Void> last = pair.socket.writeAsync(ByteBuffer.wrap(new byte[] {END}));
                int pause = random.nextInt(LARGE);
                pair.client.receive(pause);
                BackgroundTask<List<Byte>> cancelling = BackgroundTask.supply("the cancels", () -> notCancelled(small));
                pair.client.receive(LARGE - pause);
                List<Byte> received = new ArrayList<>();
                for (byte next = pair.client.receive(1)[0];
                        next != END;
                        next = pair.client.receive(1)[0]) {
                    received.add(next);
                }
                assertThat(received).isEqualTo(cancelling.await());
                withdrawn += SMALL_WRITES - received.size();
                begun += received.size();
                Awaiting.result("the first write", PATIENCE, first);
                Awaiting.result("the last write", PATIENCE, last);
                for (byte sent : received) {
                    Awaiting.result("a write that was sent", PATIENCE, small.get(sent));
                }
            }
        }
        assertThat(withdrawn).as("writes withdrawn, %s were sent", begun).isPositive();
    }

    /** Cancels two of three; returns those that will be sent. */
    private static List<Byte> notCancelled(List<CompletableFuture<Void>> writes) {
        List<Byte> sent = new ArrayList<>();
        for (int i = 0; i < writes.size(); i++) {
            if (i % 3 == 0 || !writes.get(i).cancel(true)) {
                sent.add((byte) i);
            }
        }
        return sent;
    }

    @Matrix({Dimension.TRANSPORT})
    void aWriteThatHasBegunIsNotWithdrawn(Setup setup) throws Exception {
        try (var pair = ConnectedPair.open(setup, options -> options.maxQueuedBytes(1 << 14))) {
            int much = 16 << 20;
            CompletableFuture<Void> begun = pair.socket.writeAsync(ByteBuffer.allocate(much));
            assertThat(begun).isNotDone();
            assertThat(begun.cancel(true)).isFalse();
            assertThat(begun.completeExceptionally(new IllegalArgumentException("enough")))
                    .isFalse();
            assertThat(begun).isNotDone();
            assertThat(pair.client.receive(much)).isEqualTo(new byte[much]);
            Awaiting.result("the write", PATIENCE, begun);
        }
    }

    private static void busy(int rounds) {
        for (int i = 0; i < rounds * 50; i++) {
            Thread.onSpinWait();
        }
    }
}
