package dev.sallyport.cli.handler;

import dev.sallyport.SecureSocket;

/** Sends back what it receives: one publisher given to the other end, whose demand is the back-pressure. */
public final class AsyncEcho implements AsyncHandler {
    private final HandlerFailures failures;

    public AsyncEcho(HandlerFailures failures) {
        this.failures = failures;
    }

    @Override
    public void start(SecureSocket socket) {
        socket.writeAll(socket.incoming()).whenComplete((count, failure) -> AsyncEnd.of(socket, failure, failures));
    }
}
