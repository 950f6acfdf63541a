package dev.sallyport.internal.listen;

import dev.sallyport.BindOptions;
import dev.sallyport.internal.wire.Wire;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.util.Map;

/**
 * The socket options that each accepted connection of a handle is given. What the system was told cannot all be taken back
 * (a buffer whose size was set is never sized by the system again), so a connection that has been given some belongs to
 * handles with equal ones.
 */
record AcceptedOptions(boolean noDelay, Map<SocketOption<?>, Object> options) {
    static AcceptedOptions of(BindOptions options, SocketAddress localAddress) {
        return new AcceptedOptions(
                options.tcpNoDelay() && !(localAddress instanceof UnixDomainSocketAddress), options.socketOptions());
    }

    void applyTo(Wire accepted) throws IOException {
        if (noDelay) {
            accepted.setOption(StandardSocketOptions.TCP_NODELAY, true);
        }
        for (Map.Entry<SocketOption<?>, Object> option : options.entrySet()) {
            set(accepted, option.getKey(), option.getValue());
        }
    }

    private static <T> void set(Wire wire, SocketOption<T> option, Object value) throws IOException {
        wire.setOption(option, option.type().cast(value)); // the builder has checked the value's type
    }
}
