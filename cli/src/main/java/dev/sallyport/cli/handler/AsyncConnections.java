package dev.sallyport.cli.handler;

import dev.sallyport.SecureSocket;
import java.util.concurrent.Flow.Subscriber;
import java.util.concurrent.Flow.Subscription;

/** Takes every connection at once: the limits of the server are the bound, and starting one costs little. */
public record AsyncConnections(AsyncHandler handler) implements Subscriber<SecureSocket> {
    @Override
    public void onSubscribe(Subscription subscription) {
        subscription.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(SecureSocket connection) {
        handler.start(connection);
    }

    @Override
    public void onError(Throwable failure) {
        throw new IllegalStateException("the stream of connections failed", failure);
    }

    @Override
    public void onComplete() {
        // The server was closed; onClosed() tells.
    }
}
