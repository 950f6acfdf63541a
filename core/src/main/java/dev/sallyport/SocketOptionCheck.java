package dev.sallyport;

import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.util.Map;
import java.util.Objects;

/**
 * Checks an option that is passed on to the system: its type, its range where that is known, and that it is not ours.
 */
final class SocketOptionCheck {
    /** Options that would change behind our back what we promise, with what to use instead. */
    private static final Map<SocketOption<?>, String> OURS = Map.of(
            StandardSocketOptions.TCP_NODELAY, "use tcpNoDelay(boolean)",
            StandardSocketOptions.SO_REUSEPORT, "use shared(true)",
            StandardSocketOptions.SO_REUSEADDR, "leave it out; it is always set where that is safe",
            StandardSocketOptions.SO_LINGER, "leave it out; close() and abort() say how a connection ends");

    private SocketOptionCheck() {}

    static <T> T check(SocketOption<T> option, T value) {
        Objects.requireNonNull(option, "option");
        Objects.requireNonNull(value, "value");
        String instead = OURS.get(option);
        if (instead != null) {
            throw refused(option, value, "cannot be set by itself; " + instead);
        }
        if (!option.type().isInstance(value)) {
            throw refused(option, value, "takes a " + option.type().getSimpleName() + "; pass one");
        }
        boolean buffer =
                option.equals(StandardSocketOptions.SO_RCVBUF) || option.equals(StandardSocketOptions.SO_SNDBUF);
        if (buffer && value instanceof Integer bytes && bytes < 1) {
            throw refused(option, value, "must be 1 or more bytes; leave it out for the system's default");
        }
        return value;
    }

    private static IllegalArgumentException refused(SocketOption<?> option, Object value, String problem) {
        return new IllegalArgumentException("socketOption(" + option.name() + ", " + value + "): " + problem);
    }
}
