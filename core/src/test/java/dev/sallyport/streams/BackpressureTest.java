package dev.sallyport.streams;

import static dev.sallyport.testkit.Awaiting.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.BindOptions;
import dev.sallyport.RawSecureSocket;
import dev.sallyport.RawSocketEvent;
import dev.sallyport.RawSocketHandler;
import dev.sallyport.SecureServerSocket;
import dev.sallyport.SecureSocket;
import dev.sallyport.internal.resource.OwnedCount;
import dev.sallyport.internal.resource.ScratchPool;
import dev.sallyport.matrix.Matrix;
import dev.sallyport.matrix.Matrix.Dimension;
import dev.sallyport.matrix.Setup;
import dev.sallyport.support.ConnectedPair;
import dev.sallyport.testkit.Awaiting;
import dev.sallyport.testkit.BackgroundTask;
import dev.sallyport.testkit.Payload;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Who is slow slows whoever talks to him, and nobody else; and what waits for him is bounded. */
class BackpressureTest {
    private static final int MANY = 4; // more than there are event loops on most machines that test

    /** More than two kernels and any queue of ours will hold. */
    private static final Payload MORE_THAN_FITS = Payload.of(1, 12 << 20);

    private static final int PIECE = 16 * 1024;
    private static final int SMALL_QUEUE = 64 * 1024;
    private static final int ONE_WRITE = ScratchPool.BULK_BYTES; // what goes into the queue beyond its bound

    // ---- a client that reads nothing

    @Matrix({Dimension.TRANSPORT, Dimension.PROVIDER})
    void aClientThatReadsNothingStopsAStreamAndNobodyElse(Setup setup) throws Exception {
        try (SecureServerSocket server = setup.open(BackpressureTest::onTheLoop);
                var stalled = ConnectedPair.of(server, setup.client(server.port()))) {
            AtomicLong sent = new AtomicLong();
            BackgroundTask<Void> sender = sends("the server", stalled.socket.outputStream(), sent);
            Awaiting.stall("the writer", sent::get);
            othersTalk(setup, server);
            assertThat(sent.get()).isLessThan(MORE_THAN_FITS.size());
            MORE_THAN_FITS.assertSame(stalled.client.in());
            sender.await();
        }
    }

    @Matrix({Dimension.TRANSPORT, Dimension.PROVIDER})
    void aClientThatReadsNothingStopsAFutureAndNobodyElse(Setup setup) throws Exception {
        try (SecureServerSocket server = setup.open(BackpressureTest::onTheLoop);
                var stalled = ConnectedPair.of(server, setup.client(server.port()))) {
            ByteBuffer all = ByteBuffer.wrap(MORE_THAN_FITS.bytes());
            AtomicLong sent = new AtomicLong();
            CompletableFuture<?> last = CompletableFuture.completedFuture(null);
            while (all.hasRemaining()) {
                ByteBuffer piece = all.slice(all.position(), PIECE);
                all.position(all.position() + PIECE);
                last = stalled.socket.writeAsync(piece).thenRun(() -> sent.addAndGet(PIECE));
            }
            Awaiting.stall("the writer", sent::get);
            othersTalk(setup, server);
            assertThat(sent.get()).isLessThan(MORE_THAN_FITS.size());
            MORE_THAN_FITS.assertSame(stalled.client.in());
            Awaiting.result("the last write", PATIENCE, last);
        }
    }

    @Matrix(Dimension.TRANSPORT)
    void aClientThatReadsNothingStopsAPublisher(Setup setup) throws Exception {
        try (var stalled = ConnectedPair.open(setup)) {
            Endless source = new Endless();
            CompletableFuture<Long> writing = stalled.socket.writeAll(source);
            Awaiting.stall("the publisher's demand", source.given::get);
            assertThat(source.given.get() * PIECE).isLessThan(MORE_THAN_FITS.size());
            assertThat(writing.cancel(false)).isTrue();
            Awaiting.until("the subscription to be cancelled", PATIENCE, () -> source.cancelled);
            stalled.socket.abort();
        }
    }

    // ---- the queue

    @Matrix({Dimension.TRANSPORT, Dimension.PROVIDER})
    void whatWaitsForAClientIsBoundedHoweverSmallThePieces(Setup setup) throws Exception {
        for (int piece : new int[] {1, 9_000, 100_000}) {
            try (var stalled = ConnectedPair.openRaw(
                    setup,
                    options -> options.maxQueuedBytes(SMALL_QUEUE)
                            .socketOption(StandardSocketOptions.SO_SNDBUF, 32 * 1024))) {
                stalled.client.socket().setReceiveBufferSize(32 * 1024);
                long before = scratchBytesAtLeast();
                long written = 0;
                byte[] bytes = new byte[piece];
                for (int taken = 1; taken > 0; written += taken) {
                    taken = stalled.socket.write(ByteBuffer.wrap(bytes));
                }
                // a buffer is half full or more on average, and the last one may have just been begun
                assertThat(scratchBytesAtLeast() - before)
                        .as("memory for the queue, of pieces of %d bytes", piece)
                        .isPositive()
                        .isLessThanOrEqualTo(2L * (SMALL_QUEUE + ONE_WRITE));
                int size = Math.toIntExact(written);
                assertThat(stalled.client.receive(size)).isEqualTo(new byte[size]);
                Awaiting.until("room in the queue", PATIENCE, () -> flushed(stalled.socket));
                assertThat(stalled.socket.write(ByteBuffer.wrap(bytes))).isPositive();
            }
        }
    }

    // ---- a server that reads nothing

    @Matrix(Dimension.TRANSPORT)
    void nothingIsReadBeforeSomebodyReads(Setup setup) throws Exception {
        try (var pair = ConnectedPair.open(setup)) {
            AtomicLong sent = new AtomicLong();
            BackgroundTask<Void> sender = sends("the client", pair.client.out(), sent);
            Awaiting.stall("the client", sent::get);
            assertThat(sent.get()).isLessThan(MORE_THAN_FITS.size());
            MORE_THAN_FITS.assertSame(pair.socket.inputStream());
            sender.await();
        }
    }

    @Matrix(Dimension.TRANSPORT)
    void aPausedSocketReadsNothing(Setup setup) throws Exception {
        try (var pair = ConnectedPair.openRaw(setup)) {
            RawReader reader = new RawReader();
            pair.socket.pause();
            pair.socket.listen(reader);
            AtomicLong sent = new AtomicLong();
            BackgroundTask<Void> sender = sends("the client", pair.client.out(), sent);
            Awaiting.stall("the client", sent::get);
            assertThat(reader.comparison.remaining()).isEqualTo(MORE_THAN_FITS.size());
            assertThat(sent.get()).isLessThan(MORE_THAN_FITS.size());
            pair.socket.resume();
            Awaiting.result("the rest", PATIENCE, reader.done);
            sender.await();
        }
    }

    @Matrix(Dimension.TRANSPORT)
    void aSubscriberGetsWhatItAsksForAndTheClientWaits(Setup setup) throws Exception {
        try (var pair = ConnectedPair.open(setup)) {
            FlowReader reader = new FlowReader();
            pair.socket.incoming().subscribe(reader);
            AtomicLong sent = new AtomicLong();
            BackgroundTask<Void> sender = sends("the client", pair.client.out(), sent);
            Awaiting.stall("the client", sent::get);
            Flow.Subscription subscription = Awaiting.result("onSubscribe", PATIENCE, reader.subscription);
            assertThat(reader.received.get()).isZero();
            subscription.request(3);
            Awaiting.until("three buffers", PATIENCE, () -> reader.received.get() == 3);
            Awaiting.stall("the client again", sent::get);
            assertThat(reader.received.get()).isEqualTo(3);
            assertThat(sent.get()).isLessThan(MORE_THAN_FITS.size());
            subscription.request(Long.MAX_VALUE);
            Awaiting.result("the rest", PATIENCE, reader.done);
            sender.await();
        }
    }

    // ---- how

    /** On the loop a writer that blocked would stop the others for certain. */
    private static void onTheLoop(BindOptions.Builder options) {
        options.executor(Runnable::run);
    }

    private static void othersTalk(Setup setup, SecureServerSocket server) throws Exception {
        List<ConnectedPair<SecureSocket>> others = new ArrayList<>();
        for (int i = 0; i < MANY; i++) {
            others.add(ConnectedPair.of(server, setup.client(server.port())));
        }
        for (ConnectedPair<SecureSocket> other : others) {
            ByteBuffer request = ByteBuffer.allocate(5);
            CompletableFuture<Integer> read = other.socket.readAsync(request);
            other.client.send("hello");
            assertThat(Awaiting.result("the request", PATIENCE, read)).isEqualTo(5);
            CompletableFuture<Void> write = other.socket.writeAsync(request.flip());
            assertThat(other.client.receive(5)).asString().isEqualTo("hello");
            Awaiting.result("the answer", PATIENCE, write);
            other.socket.close();
            other.client.close();
        }
    }

    private static BackgroundTask<Void> sends(String who, OutputStream out, AtomicLong sent) {
        return BackgroundTask.run(who + " to send everything", () -> {
            byte[] piece = new byte[PIECE];
            try (InputStream source = MORE_THAN_FITS.stream()) {
                for (int n = source.read(piece); n > 0; n = source.read(piece)) {
                    out.write(piece, 0, n);
                    sent.addAndGet(n);
                }
            }
        });
    }

    /** What the buffers hold that are in use, were they all of the smaller kind. */
    private static long scratchBytesAtLeast() {
        return OwnedCount.snapshot().getOrDefault(OwnedCount.SCRATCH_BUFFERS, 0L) * ScratchPool.RECORD_BYTES;
    }

    private static boolean flushed(RawSecureSocket socket) {
        try {
            return socket.flushed();
        } catch (IOException failure) {
            throw new AssertionError("the connection ended", failure);
        }
    }

    private static final class RawReader implements RawSocketHandler {
        final Payload.Comparison comparison = MORE_THAN_FITS.comparison();
        final CompletableFuture<Void> done = new CompletableFuture<>();

        @Override
        public void handle(RawSecureSocket socket, RawSocketEvent event) throws IOException {
            if (event == RawSocketEvent.READ) {
                ByteBuffer piece = ByteBuffer.allocate(64 * 1024);
                socket.read(piece);
                comparison.accept(piece.flip());
                if (comparison.remaining() == 0) {
                    done.complete(null);
                }
            }
        }
    }

    private static final class FlowReader implements Flow.Subscriber<ByteBuffer> {
        final CompletableFuture<Flow.Subscription> subscription = new CompletableFuture<>();
        final CompletableFuture<Void> done = new CompletableFuture<>();
        final AtomicLong received = new AtomicLong();
        private final Payload.Comparison comparison = MORE_THAN_FITS.comparison();

        @Override
        public void onSubscribe(Flow.Subscription given) {
            subscription.complete(given);
        }

        @Override
        public void onNext(ByteBuffer bytes) {
            try {
                comparison.accept(bytes);
                received.incrementAndGet();
                if (comparison.remaining() == 0) {
                    done.complete(null);
                }
            } catch (AssertionError different) {
                done.completeExceptionally(different);
            }
        }

        @Override
        public void onError(Throwable failure) {
            done.completeExceptionally(failure);
        }

        @Override
        public void onComplete() {
            done.completeExceptionally(new AssertionError("ended early"));
        }
    }

    /** Gives as many pieces as are asked for. */
    private static final class Endless implements Flow.Publisher<ByteBuffer>, Flow.Subscription {
        final AtomicLong given = new AtomicLong();
        volatile boolean cancelled;
        private Flow.@Nullable Subscriber<? super ByteBuffer> subscriber;

        @Override
        public void subscribe(Flow.Subscriber<? super ByteBuffer> added) {
            subscriber = added;
            added.onSubscribe(this);
        }

        @Override
        public void request(long count) {
            Flow.Subscriber<? super ByteBuffer> to = subscriber;
            for (long i = 0; i < count && to != null && !cancelled; i++) {
                given.incrementAndGet();
                to.onNext(ByteBuffer.allocate(PIECE));
            }
        }

        @Override
        public void cancel() {
            cancelled = true;
        }
    }
}
