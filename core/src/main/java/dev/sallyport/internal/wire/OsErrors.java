package dev.sallyport.internal.wire;

import dev.sallyport.internal.names.AddressText;
import io.netty.channel.ChannelException;
import io.netty.channel.unix.Errors;
import io.netty.channel.unix.Errors.NativeIoException;
import java.io.IOException;
import java.net.BindException;
import java.net.SocketAddress;
import java.net.SocketException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NotYetConnectedException;
import java.util.Set;

/** What the operating system refused, told in the JDK's own exceptions, the same for every transport. */
final class OsErrors {
    static final String CONNECTION_RESET = "connection reset";

    private static final int ENFILE = 23; // these two have the same number everywhere
    private static final int EMFILE = 24;
    private static final Set<Integer> EXHAUSTED = Set.of(ENFILE, EMFILE, 12 /* ENOMEM */, 55, 105 /* ENOBUFS */);

    private OsErrors() {}

    /** {@return why an address could not be bound} */
    static BindException cannotBind(SocketAddress address, Exception cause) {
        BindException named = new BindException(AddressText.of(address) + ": " + reason(cause));
        named.initCause(cause);
        return named;
    }

    /** {@return why a listening socket gave no connection; its type tells when the process has no descriptor left} */
    static IOException cannotAccept(SocketAddress listener, IOException cause, boolean exhausted) {
        String message = "accept " + AddressText.of(listener) + ": " + reason(cause);
        return exhausted ? new OutOfDescriptorsException(message, cause) : new IOException(message, cause);
    }

    /** {@return whether the process, or the system, has no descriptor left, or no memory for one} */
    static boolean exhausted(NativeIoException failure) {
        return EXHAUSTED.contains(-failure.expectedErr());
    }

    /** {@return what the JDK's own sockets would throw; {@code cause} may be a native error or a channel's} */
    static SocketException failed(String operation, Exception cause) {
        SocketException translated =
                new SocketException(peerReset(cause) ? CONNECTION_RESET : operation + ": " + reason(cause));
        translated.initCause(cause);
        return translated;
    }

    /** {@return whether this is the system's word for a RST that came in} */
    static boolean peerReset(Exception failure) {
        return failure instanceof NativeIoException error
                ? error.expectedErr() == Errors.ERRNO_ECONNRESET_NEGATIVE
                : reason(failure).startsWith(CONNECTION_RESET);
    }

    /** {@return the system's own words, without the name of the call, lower case as our messages are} */
    static String reason(Throwable failure) {
        if (failure instanceof ClosedChannelException) {
            return "socket closed";
        }
        if (failure instanceof NotYetConnectedException) { // what the native calls make of ENOTCONN
            return "not connected";
        }
        String message = failure.getMessage();
        if (message == null) {
            return failure.getClass().getSimpleName();
        }
        if (failure instanceof NativeIoException || failure instanceof ChannelException) {
            message = message.substring(message.lastIndexOf(": ") + 1).strip();
        } else {
            message = message.replaceFirst(": \\w+$", ""); // Windows: "address already in use: bind"
        }
        boolean capitalised = message.length() > 1 && Character.isLowerCase(message.charAt(1));
        return capitalised ? Character.toLowerCase(message.charAt(0)) + message.substring(1) : message;
    }
}
