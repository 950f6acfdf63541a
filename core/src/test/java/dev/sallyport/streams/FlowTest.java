package dev.sallyport.streams;

import static dev.sallyport.testkit.Awaiting.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.SecureSocket;
import dev.sallyport.TruncatedStreamException;
import dev.sallyport.matrix.Matrix;
import dev.sallyport.matrix.Matrix.Dimension;
import dev.sallyport.matrix.Setup;
import dev.sallyport.support.ConnectedPair;
import dev.sallyport.support.Recorder;
import dev.sallyport.testkit.Awaiting;
import dev.sallyport.testkit.BackgroundTask;
import dev.sallyport.testkit.Payload;
import java.io.IOException;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.SubmissionPublisher;
import java.util.concurrent.atomic.AtomicLong;

/** Reading by {@code incoming()} and writing by {@code writeAll}. */
class FlowTest {
    // ---- incoming

    @Matrix
    void incomingGivesEveryByteInBuffersOfTheSubscribersOwn(Setup setup) throws Exception {
        try (var pair = ConnectedPair.open(setup)) {
            Payload payload = Payload.of(3, 3 << 20);
            BackgroundTask<Void> sent = BackgroundTask.run("the client to have sent", () -> {
                payload.writeTo(pair.client.out());
                pair.client.sendCloseNotify();
            });
            Payload.Comparison comparison = payload.comparison();
            Recorder<ByteBuffer> subscriber = new Recorder<>();
            pair.socket.incoming().subscribe(subscriber);
            subscriber.subscription().request(Long.MAX_VALUE);
            byte[] before = {};
            while (comparison.remaining() > 0) {
                ByteBuffer next = subscriber.next();
                assertThat(next.remaining()).isBetween(1, 16 * 1024);
                assertThat(next.isReadOnly()).isFalse();
                comparison.accept(next);
                assertThat(next.array()).isNotSameAs(before);
                assertThat(next.arrayOffset()).isZero();
                before = next.array();
            }
            subscriber.completed();
            sent.await();
        }
    }

    @Matrix({Dimension.TRANSPORT, Dimension.PROVIDER})
    void incomingReadsOnlyAsFarAsItIsAsked(Setup setup) throws Exception {
        try (var pair = ConnectedPair.open(setup)) {
            Recorder<ByteBuffer> subscriber = new Recorder<>();
            pair.socket.incoming().subscribe(subscriber);
            subscriber.subscription();
            int much = 16 << 20;
            BackgroundTask<Void> sent =
                    BackgroundTask.run("the client to have sent", () -> pair.client.send(new byte[much]));
            for (int i = 0; i < 10; i++) {
                assertThat(subscriber.untaken()).isZero();
                subscriber.subscription().request(1);
                assertThat(subscriber.next().remaining()).isPositive();
            }
            subscriber.subscription().request(2);
            subscriber.subscription().request(3);
            for (int i = 0; i < 5; i++) {
                assertThat(subscriber.next().remaining()).isPositive();
            }
            assertThat(subscriber.untaken()).isZero();
            assertThat(sent.isDone()).as("the client has to wait").isFalse();
            assertThat(subscriber.ended()).isFalse();
        }
    }

    @Matrix
    void cancellingIncomingEndsReadingAndNothingElse(Setup setup) throws Exception {
        try (var pair = ConnectedPair.open(setup)) {
            Recorder<ByteBuffer> subscriber = new Recorder<>();
            pair.socket.incoming().subscribe(subscriber);
            subscriber.subscription().request(1);
            pair.client.send("one");
            subscriber.next();
            subscriber.subscription().cancel();
            subscriber.subscription().cancel();
            assertThatThrownBy(() -> pair.socket.inputStream().read()).isInstanceOf(ClosedChannelException.class);
            pair.client.send("nobody reads this");
            pair.socket.outputStream().write("still here".getBytes(StandardCharsets.UTF_8));
            assertThat(new String(pair.client.receive(10), StandardCharsets.UTF_8))
                    .isEqualTo("still here");
            assertThat(subscriber.ended()).isFalse();
            assertThat(pair.socket.isOpen()).isTrue();
            pair.socket.shutdownOutput(); // now both directions have ended
            assertThat(pair.socket.isOpen()).isFalse();
        }
    }

    @Matrix({Dimension.TRANSPORT})
    void aSecondSubscriberGetsASubscriptionAndThenTheError(Setup setup) throws Exception {
        try (var pair = ConnectedPair.open(setup)) {
            Flow.Publisher<ByteBuffer> incoming = pair.socket.incoming();
            Recorder<ByteBuffer> first = new Recorder<>();
            incoming.subscribe(first);
            for (Flow.Publisher<ByteBuffer> publisher : List.of(incoming, pair.socket.incoming())) {
                Recorder<ByteBuffer> second = new Recorder<>();
                publisher.subscribe(second);
                second.subscription().request(1);
                assertThat(second.failure()).isInstanceOf(IllegalStateException.class);
            }
            assertThatThrownBy(() -> pair.socket.inputStream().read()).isInstanceOf(IllegalStateException.class);
            first.subscription().request(1);
            pair.client.send("x");
            assertThat(first.next().get()).isEqualTo((byte) 'x');
        }
    }

    @Matrix({Dimension.TRANSPORT, Dimension.PROVIDER})
    void incomingEndsWithTheErrorThatEndsTheConnection(Setup setup) throws Exception {
        try (var pair = ConnectedPair.open(setup)) {
            Recorder<ByteBuffer> subscriber = subscribed(pair);
            pair.client.closeWithoutNotify();
            assertThat(subscriber.failure()).isInstanceOf(TruncatedStreamException.class);
        }
        try (var pair = ConnectedPair.open(setup)) {
            Recorder<ByteBuffer> subscriber = subscribed(pair);
            pair.client.reset();
            assertThat(subscriber.failure()).isInstanceOf(SocketException.class).hasMessageContaining("reset");
        }
        try (var pair = ConnectedPair.open(setup)) {
            Recorder<ByteBuffer> subscriber = subscribed(pair);
            pair.socket.close();
            assertThat(subscriber.failure()).isInstanceOf(ClosedChannelException.class);
        }
        try (var pair = ConnectedPair.open(setup)) {
            Recorder<ByteBuffer> subscriber = subscribed(pair);
            subscriber.subscription().request(0);
            assertThat(subscriber.failure())
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("request(0)");
            assertThat(pair.socket.isOpen()).isTrue();
        }
    }

    private static Recorder<ByteBuffer> subscribed(ConnectedPair<SecureSocket> pair) throws Exception {
        Recorder<ByteBuffer> subscriber = new Recorder<>();
        pair.socket.incoming().subscribe(subscriber);
        subscriber.subscription().request(5);
        pair.client.send("x");
        subscriber.next();
        return subscriber;
    }

    // ---- writeAll

    @Matrix
    void writeAllSendsAllAndSaysHowMuchAndLeavesTheConnectionOpen(Setup setup) throws Exception {
        try (var pair = ConnectedPair.open(setup)) {
            Payload payload = Payload.of(4, 2 << 20);
            CompletableFuture<Long> written;
            try (SubmissionPublisher<ByteBuffer> source = new SubmissionPublisher<>()) {
                written = pair.socket.writeAll(source);
                byte[] all = payload.bytes();
                for (int begin = 0; begin < all.length; begin += 100_000) {
                    source.submit(ByteBuffer.wrap(all, begin, Math.min(100_000, all.length - begin)));
                }
                source.submit(ByteBuffer.allocate(0));
                payload.assertSame(pair.client.in());
            }
            assertThat(Awaiting.result("the count", PATIENCE, written)).isEqualTo(payload.size());
            pair.socket.outputStream().write(9);
            assertThat(pair.client.receive(1)).containsExactly(9);
        }
    }

    @Matrix({Dimension.TRANSPORT})
    void writeAllAsksForTheNextWhenTheSystemHasTakenTheOneBefore(Setup setup) throws Exception {
        try (var pair = ConnectedPair.open(setup)) {
            Source source = new Source();
            CompletableFuture<Long> written = pair.socket.writeAll(source);
            assertThat(source.asked.get()).isEqualTo(1);
            source.give(ByteBuffer.allocate(10));
            assertThat(source.asked.get()).isEqualTo(2);
            int much = 16 << 20;
            source.give(ByteBuffer.allocate(much));
            assertThat(source.asked.get()).as("the client has taken nothing").isEqualTo(2);
            assertThat(pair.client.receive(much + 10)).isEqualTo(new byte[much + 10]);
            Awaiting.until("the next to be asked for", PATIENCE, () -> source.asked.get() == 3);
            source.subscriber().onComplete();
            assertThat(Awaiting.result("the count", PATIENCE, written)).isEqualTo(much + 10);
        }
    }

    @Matrix({Dimension.TRANSPORT})
    void writeAllFailsAsItsSourceDoesAndGoesOnLiving(Setup setup) throws Exception {
        try (var pair = ConnectedPair.open(setup)) {
            Source source = new Source();
            CompletableFuture<Long> written = pair.socket.writeAll(source);
            CompletableFuture<String> thread =
                    written.handle((count, failure) -> Thread.currentThread().getName());
            source.give(ByteBuffer.wrap(new byte[] {1}));
            source.subscriber().onError(new IllegalArgumentException("the source is dry"));
            // first the dependent: a thread that waits for a future may run what depends on it
            assertThat(Awaiting.result("its thread", PATIENCE, thread)).startsWith("sallyport-worker-");
            assertThatThrownBy(() -> Awaiting.result("the failure", PATIENCE, written))
                    .hasCauseInstanceOf(IllegalArgumentException.class);
            assertThat(pair.client.receive(1)).containsExactly(1);
            assertThat(pair.socket.isOpen()).isTrue();
        }
    }

    @Matrix({Dimension.TRANSPORT, Dimension.PROVIDER})
    void writeAllThatFailsOrIsCancelledCancelsItsSubscription(Setup setup) throws Exception {
        try (var pair = ConnectedPair.open(setup)) {
            Source source = new Source();
            CompletableFuture<Long> written = pair.socket.writeAll(source);
            assertThat(written.cancel(true)).isTrue();
            assertThat(source.cancelled).isCompleted();
            pair.socket.outputStream().write(3);
            assertThat(pair.client.receive(1)).containsExactly(3);
        }
        try (var pair = ConnectedPair.open(setup)) {
            Source source = new Source();
            CompletableFuture<Long> written = pair.socket.writeAll(source);
            source.give(ByteBuffer.allocate(16 << 20));
            pair.client.reset();
            assertThatThrownBy(() -> Awaiting.result("the failure", PATIENCE, written))
                    .hasCauseInstanceOf(IOException.class);
            Awaiting.result("the cancellation", PATIENCE, source.cancelled);
        }
    }

    /** A publisher that gives what the test gives. */
    private static final class Source implements Flow.Publisher<ByteBuffer>, Flow.Subscription {
        final AtomicLong asked = new AtomicLong();
        final CompletableFuture<Void> cancelled = new CompletableFuture<>();
        private final CompletableFuture<Flow.Subscriber<? super ByteBuffer>> subscriber = new CompletableFuture<>();

        @Override
        public void subscribe(Flow.Subscriber<? super ByteBuffer> wanting) {
            subscriber.complete(wanting);
            wanting.onSubscribe(this);
        }

        Flow.Subscriber<? super ByteBuffer> subscriber() {
            return subscriber.join();
        }

        void give(ByteBuffer bytes) {
            subscriber().onNext(bytes);
        }

        @Override
        public void request(long count) {
            asked.addAndGet(count);
        }

        @Override
        public void cancel() {
            cancelled.complete(null);
        }
    }
}
