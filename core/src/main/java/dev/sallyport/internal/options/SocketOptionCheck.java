package dev.sallyport.internal.options;

import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.util.Map;
import java.util.Set;

/**
 * Checks an option that is passed on to the system: its type, its range where that is known, and that it is not ours.
 */
public final class SocketOptionCheck {
    /** Options that would change behind our back what we promise, with what to use instead. */
    private static final Map<SocketOption<?>, String> OURS = Map.of(
            StandardSocketOptions.TCP_NODELAY, "use tcpNoDelay(boolean)",
            StandardSocketOptions.SO_REUSEPORT, "use shared(true)",
            StandardSocketOptions.SO_REUSEADDR, "leave it out; it is always set where that is safe",
            StandardSocketOptions.SO_LINGER, "leave it out; close() and abort() say how a connection ends");

    private SocketOptionCheck() {}

    /** An option of {@code BindOptions}, for every connection. */
    public static <T> T check(SocketOption<T> option, T value) {
        return check("socketOption", Set.of(), option, value);
    }

    /** An option of one connection, where {@code tcpNoDelay} is no more. */
    public static <T> T onSocket(SocketOption<T> option, T value) {
        return check("setOption", Set.of(StandardSocketOptions.TCP_NODELAY), option, value);
    }

    private static <T> T check(String method, Set<SocketOption<?>> free, SocketOption<T> option, T value) {
        OptionCheck.nonNull(method, "option", option);
        OptionCheck.nonNull(method, "value", value);
        String instead = free.contains(option) ? null : OURS.get(option);
        if (instead != null) {
            throw refused(method, option, value, "cannot be set by itself; " + instead);
        }
        if (!option.type().isInstance(value)) {
            throw refused(method, option, value, "takes a " + option.type().getSimpleName() + "; pass one");
        }
        boolean buffer =
                option.equals(StandardSocketOptions.SO_RCVBUF) || option.equals(StandardSocketOptions.SO_SNDBUF);
        if (buffer && value instanceof Integer bytes && bytes < 1) {
            throw refused(method, option, value, "must be 1 or more bytes; leave it out for the system's default");
        }
        return value;
    }

    private static IllegalArgumentException refused(
            String method, SocketOption<?> option, Object value, String problem) {
        return new IllegalArgumentException(method + "(" + option.name() + ", " + value + "): " + problem);
    }
}
