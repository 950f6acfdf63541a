package dev.sallyport.internal.connection;

import dev.sallyport.internal.names.AddressText;
import java.io.Serial;
import java.net.SocketAddress;
import java.nio.channels.ClosedChannelException;

/** A call that could have no effect any more: says which, on what, and why. */
public final class ClosedException extends ClosedChannelException {
    @Serial
    private static final long serialVersionUID = 1L;

    private final String message;

    /** {@code call} on the connection of a peer, or on a server, whose address is {@code of}. */
    public ClosedException(String call, SocketAddress of, String why) {
        this.message = AddressText.called(call, of) + why;
    }

    @Override
    public String getMessage() {
        return message;
    }

    /** {@return what says the same of something that was under way; {@code when} says what} */
    public ClosedMeanwhileException meanwhile(String when) {
        return new ClosedMeanwhileException(message + ", " + when);
    }
}
