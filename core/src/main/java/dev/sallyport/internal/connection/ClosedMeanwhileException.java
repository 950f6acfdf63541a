package dev.sallyport.internal.connection;

import java.io.Serial;
import java.nio.channels.AsynchronousCloseException;

/** What was under way when what it was for ended. */
public final class ClosedMeanwhileException extends AsynchronousCloseException {
    @Serial
    private static final long serialVersionUID = 1L;

    private final String message;

    ClosedMeanwhileException(String message) {
        this.message = message;
    }

    @Override
    public String getMessage() {
        return message;
    }
}
