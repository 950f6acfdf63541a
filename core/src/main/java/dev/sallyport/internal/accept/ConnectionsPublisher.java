package dev.sallyport.internal.accept;

import dev.sallyport.SecureConnection;
import dev.sallyport.internal.stream.Demand;
import dev.sallyport.internal.stream.FailedSubscription;
import dev.sallyport.internal.task.FaultLog;
import dev.sallyport.internal.task.SerialExecutor;
import java.util.Objects;
import java.util.concurrent.Flow;

/**
 * The connections of a server for one subscriber, as many as it has asked for; cancelling closes the server.
 *
 * @param <S> the form in which the subscriber gets them
 */
public final class ConnectionsPublisher<S extends SecureConnection> implements Flow.Publisher<S> {
    private final Deliveries<S> deliveries;
    private final Runnable enter; // refuses a second way of taking them
    private final Runnable close; // of the server
    private final SerialExecutor signals;

    /** Runs {@code enter} with the subscription, which throws when they are taken in another way, and {@code close} to end it. */
    public ConnectionsPublisher(Deliveries<S> deliveries, Runnable enter, Runnable close) {
        this.deliveries = deliveries;
        this.enter = enter;
        this.close = close;
        this.signals = new SerialExecutor(deliveries.dispatcher());
    }

    @Override
    public void subscribe(Flow.Subscriber<? super S> subscriber) {
        Objects.requireNonNull(subscriber, "subscriber");
        if (!deliveries.areToCome()) {
            FailedSubscription.tell(subscriber, signals, deliveries.closed("connections"));
            return;
        }
        try {
            enter.run();
        } catch (IllegalStateException used) {
            FailedSubscription.tell(subscriber, signals, used);
            return;
        }
        Connections connections = new Connections(subscriber);
        signals.execute(() -> {
            subscriber.onSubscribe(connections);
            deliveries.handle().resume(); // handshakes begin, whether or not connections are asked for yet
            deliveries.handle().whenEnded(() -> signals.execute(connections::pump));
            connections.pump();
        });
    }

    private final class Connections implements Flow.Subscription {
        private final Flow.Subscriber<? super S> subscriber;
        private final Demand demand = new Demand();
        private volatile boolean over;

        Connections(Flow.Subscriber<? super S> subscriber) {
            this.subscriber = subscriber;
        }

        @Override
        public void request(long count) {
            if (count <= 0) {
                signals.execute(() -> end(Demand.refusal(count)));
            } else {
                demand.add(count);
                signals.execute(this::pump);
            }
        }

        @Override
        public void cancel() {
            over = true;
            close.run();
        }

        private void pump() {
            while (!over && demand.isThere()) {
                S next = deliveries.take();
                if (next == null) {
                    break;
                }
                demand.served();
                deliver(next);
            }
            if (over) {
                return;
            }
            if (!deliveries.areToCome()) {
                over = true;
                subscriber.onComplete();
            } else if (demand.isThere()) {
                deliveries.whenAcceptable(() -> signals.execute(this::pump));
            }
        }

        private void deliver(S socket) {
            try {
                subscriber.onNext(socket);
            } catch (Throwable failure) { // a subscriber must not throw; one that does is done
                FaultLog.SUBSCRIBERS.warn("a subscriber of connections() failed; the server is closed", failure);
                socket.abort();
                cancel();
            }
        }

        private void end(Throwable failure) {
            if (!over) {
                over = true;
                close.run();
                subscriber.onError(failure);
            }
        }
    }
}
