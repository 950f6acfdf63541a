package dev.sallyport;

import dev.sallyport.internal.stream.Demand;
import dev.sallyport.internal.stream.FailedSubscription;
import dev.sallyport.internal.task.FaultLog;
import dev.sallyport.internal.task.SerialExecutor;
import java.util.Objects;
import java.util.concurrent.Flow;

/** The connections of a server for one subscriber, as many as it has asked for; cancelling closes the server. */
final class ConnectionsPublisher implements Flow.Publisher<SecureSocket> {
    private final SecureServerSocket server;
    private final RawSecureServerSocket raw;
    private final SerialExecutor signals;

    ConnectionsPublisher(SecureServerSocket server, RawSecureServerSocket raw) {
        this.server = server;
        this.raw = raw;
        this.signals = new SerialExecutor(raw.dispatcher());
    }

    @Override
    public void subscribe(Flow.Subscriber<? super SecureSocket> subscriber) {
        Objects.requireNonNull(subscriber, "subscriber");
        if (!raw.delivers()) {
            FailedSubscription.tell(subscriber, signals, raw.closed("connections"));
            return;
        }
        try {
            server.enter(SecureServerSocket.Use.SUBSCRIPTION);
        } catch (IllegalStateException used) {
            FailedSubscription.tell(subscriber, signals, used);
            return;
        }
        Connections connections = new Connections(subscriber);
        signals.execute(() -> {
            subscriber.onSubscribe(connections);
            raw.begin(); // handshakes begin, whether or not connections are asked for yet
            raw.whenEnded(() -> signals.execute(connections::pump));
            connections.pump();
        });
    }

    private final class Connections implements Flow.Subscription {
        private final Flow.Subscriber<? super SecureSocket> subscriber;
        private final Demand demand = new Demand();
        private volatile boolean over;

        Connections(Flow.Subscriber<? super SecureSocket> subscriber) {
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
            raw.close();
        }

        private void pump() {
            while (!over && demand.isThere()) {
                RawSecureSocket next = raw.take();
                if (next == null) {
                    break;
                }
                demand.served();
                deliver(new SecureSocket(next));
            }
            if (over) {
                return;
            }
            if (!raw.delivers()) {
                over = true;
                subscriber.onComplete();
            } else if (demand.isThere()) {
                raw.whenAcceptable(() -> signals.execute(this::pump));
            }
        }

        private void deliver(SecureSocket socket) {
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
                raw.close();
                subscriber.onError(failure);
            }
        }
    }
}
