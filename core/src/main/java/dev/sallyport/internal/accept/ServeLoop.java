package dev.sallyport.internal.accept;

import dev.sallyport.SecureConnection;
import dev.sallyport.internal.task.Dispatcher;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Gives every connection of a server to a handler, on a thread of its own.
 *
 * @param <S> the form in which the handler gets them
 */
public final class ServeLoop<S extends SecureConnection> {
    private final Deliveries<S> deliveries;
    private final ConnectionHandling<? super S> handler;
    private final CompletableFuture<Void> done;
    private final AtomicLong running = new AtomicLong(1); // this loop counts as one

    /** Serves by {@code handler}, once it is started. */
    public ServeLoop(Deliveries<S> deliveries, ConnectionHandling<? super S> handler) {
        this.deliveries = deliveries;
        this.handler = handler;
        this.done = deliveries.newFuture();
    }

    /** {@return completes when the server is closed and all handlers have returned} */
    public CompletableFuture<Void> start() {
        if (!deliveries.areToCome()) {
            done.completeExceptionally(deliveries.closed("serve"));
            return done;
        }
        pump();
        return done;
    }

    private void pump() {
        for (S next = deliveries.take(); next != null; next = deliveries.take()) {
            begin(next);
        }
        if (deliveries.areToCome()) {
            deliveries.whenAcceptable(this::pump);
        } else {
            finished();
        }
    }

    private void begin(S next) {
        running.incrementAndGet();
        Dispatcher.handTo(deliveries.executor(), () -> handle(next), full -> {
            deliveries.rejected(next, full);
            finished();
        });
    }

    private void handle(S connection) {
        try {
            handler.handle(connection);
            connection.close();
        } catch (Throwable failure) {
            deliveries.handlerFailed(connection, failure);
        } finally {
            finished();
        }
    }

    private void finished() {
        if (running.decrementAndGet() == 0) {
            deliveries.complete(done);
        }
    }
}
