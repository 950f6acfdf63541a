package dev.sallyport.cli.handler;

import dev.sallyport.SecureSocket;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/** Ends a connection that was served asynchronously. */
final class AsyncEnd {
    private AsyncEnd() {}

    /** Closes {@code socket} in order when there was no failure, else says so and aborts it. */
    static void of(SecureSocket socket, @Nullable Throwable failure, HandlerFailures failures) {
        if (failure == null) {
            socket.close();
            return;
        }
        Throwable cause = failure.getCause();
        failures.handlerFailed(
                socket.remoteAddress(), failure instanceof CompletionException && cause != null ? cause : failure);
        socket.abort();
    }
}
