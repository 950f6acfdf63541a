package dev.sallyport.cli.handler;

import dev.sallyport.cli.http.HttpSession;
import java.util.concurrent.CompletableFuture;

/** Ends an HTTP connection when its server drains: now when it is idle, else with the answer that is under way. */
final class Draining {
    private final HttpSession session;
    private final Runnable close;
    private volatile boolean closed;

    Draining(HttpSession session, Runnable close) {
        this.session = session;
        this.close = close;
    }

    void watch(CompletableFuture<Void> draining) {
        draining.thenRun(() -> {
            if (session.drain()) {
                closed = true;
                close.run();
            }
        });
    }

    /** Whether this closed the connection, so that a read which fails because of it is no failure. */
    boolean closed() {
        return closed;
    }
}
