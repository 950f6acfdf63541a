package dev.sallyport;

import dev.sallyport.internal.task.Dispatcher;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;

/** Gives every connection of a server to a handler, on a thread of its own. */
final class ServeLoop {
    private final RawSecureServerSocket raw;
    private final ConnectionHandler handler;
    private final CompletableFuture<Void> done;
    private final AtomicLong running = new AtomicLong(1); // this loop counts as one

    ServeLoop(RawSecureServerSocket raw, ConnectionHandler handler) {
        this.raw = raw;
        this.handler = handler;
        this.done = raw.newFuture();
    }

    CompletableFuture<Void> start() {
        if (!raw.delivers()) {
            done.completeExceptionally(raw.closed("serve"));
            return done;
        }
        pump();
        return done;
    }

    private void pump() {
        for (RawSecureSocket next = raw.take(); next != null; next = raw.take()) {
            begin(next);
        }
        if (raw.delivers()) {
            raw.whenAcceptable(this::pump);
        } else {
            finished();
        }
    }

    private void begin(RawSecureSocket next) {
        running.incrementAndGet();
        Dispatcher.handTo(raw.options().executor(), () -> handle(new SecureSocket(next)), full -> {
            raw.rejected(next, full);
            finished();
        });
    }

    private void handle(SecureSocket socket) {
        try {
            handler.handle(socket);
            socket.close();
        } catch (Throwable failure) {
            socket.abort();
            raw.handlerFailed(observer -> observer.handlerFailed(socket, failure));
        } finally {
            finished();
        }
    }

    private void finished() {
        if (running.decrementAndGet() == 0) {
            raw.complete(done);
        }
    }
}
