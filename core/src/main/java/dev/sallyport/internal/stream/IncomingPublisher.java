package dev.sallyport.internal.stream;

import dev.sallyport.internal.connection.Connection;
import dev.sallyport.internal.task.FaultLog;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * What the peer sends, for one subscriber: read only as far as it has asked for, signalled on the socket's executor.
 * Cancelling ends reading and nothing else.
 */
public final class IncomingPublisher implements Flow.Publisher<ByteBuffer> {
    private static final int LARGEST = 16 * 1024;
    private static final int READS_IN_A_ROW = 16;

    private final Connection connection;
    private final Executor executor;
    private final SocketReader reader;
    private final AtomicBoolean subscribed = new AtomicBoolean();

    /** Reads by {@code reader}, which is the connection's, and signals on the executor, which runs one task at a time. */
    public IncomingPublisher(Connection connection, Executor executor, SocketReader reader) {
        this.connection = connection;
        this.executor = executor;
        this.reader = reader;
    }

    @Override
    public void subscribe(Flow.Subscriber<? super ByteBuffer> subscriber) {
        Objects.requireNonNull(subscriber, "subscriber");
        if (!subscribed.compareAndSet(false, true)) {
            FailedSubscription.tell(
                    subscriber,
                    executor,
                    new IllegalStateException(connection.called("incoming") + "there is a subscriber already"));
            return;
        }
        Incoming incoming = new Incoming(subscriber);
        try {
            reader.enter(incoming);
        } catch (IllegalStateException busy) {
            subscribed.set(false);
            FailedSubscription.tell(subscriber, executor, busy);
            return;
        }
        executor.execute(() -> subscriber.onSubscribe(incoming));
    }

    private final class Incoming implements Flow.Subscription {
        private final Flow.Subscriber<? super ByteBuffer> subscriber;
        private final Demand demand = new Demand();
        private volatile boolean over;
        private byte[] buffer = new byte[0]; // executor only, as is all that signals
        private boolean waited; // for the peer, once at least

        Incoming(Flow.Subscriber<? super ByteBuffer> subscriber) {
            this.subscriber = subscriber;
        }

        @Override
        public void request(long count) {
            if (count <= 0) {
                executor.execute(() -> fail(Demand.refusal(count)));
            } else if (demand.add(count)) {
                executor.execute(this::pump);
            }
        }

        @Override
        public void cancel() {
            if (!over) {
                over = true;
                connection.shutdownInput();
                reader.leave(this);
            }
        }

        private void pump() {
            for (int i = 0; !over && demand.isThere(); i++) {
                if (i == READS_IN_A_ROW) {
                    executor.execute(this::pump);
                    return;
                }
                int count;
                try {
                    if (buffer.length == 0) {
                        buffer = new byte[LARGEST];
                    }
                    count = connection.read(ByteBuffer.wrap(buffer));
                } catch (ClosedChannelException closed) {
                    fail(waited ? SocketReader.whileWaiting(closed) : closed);
                    return;
                } catch (Throwable failure) {
                    fail(failure);
                    return;
                }
                if (count == 0) {
                    buffer = new byte[0]; // an idle subscriber holds none
                    waited = true;
                    reader.whenReadable(() -> executor.execute(this::pump));
                    return;
                }
                if (count < 0) {
                    over = true;
                    reader.leave(this);
                    subscriber.onComplete();
                    return;
                }
                deliver(count);
            }
        }

        private void deliver(int count) {
            ByteBuffer bytes;
            if (count < LARGEST / 2) {
                bytes = ByteBuffer.wrap(Arrays.copyOf(buffer, count));
            } else {
                bytes = ByteBuffer.wrap(buffer, 0, count).slice();
                buffer = new byte[0];
            }
            demand.served();
            try {
                subscriber.onNext(bytes);
            } catch (Throwable failure) { // a subscriber must not throw; one that does is done
                cancel();
                FaultLog.SUBSCRIBERS.warn("a subscriber of incoming() failed; nothing more is read for it", failure);
            }
        }

        private void fail(Throwable failure) {
            if (!over) {
                over = true;
                reader.leave(this);
                subscriber.onError(failure);
            }
        }
    }
}
