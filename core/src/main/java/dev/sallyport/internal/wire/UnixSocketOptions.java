package dev.sallyport.internal.wire;

import io.netty.channel.ChannelException;
import java.io.IOException;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.util.HashMap;
import java.util.Map;
import jdk.net.ExtendedSocketOptions;

/** The options of native sockets that one operating system has, with the meaning they have on the JDK's channels. */
final class UnixSocketOptions {
    static final UnixSocketOptions LINUX = new UnixSocketOptions(true);
    static final UnixSocketOptions MACOS = new UnixSocketOptions(false);

    static {
        if (isThere("jdk.net.ExtendedSocketOptions")) { // else nobody can name them
            Extended.addTo(LINUX, 4, 5, 6);
            Extended.addQuickAck(LINUX, 12);
            Extended.addTo(MACOS, 0x10, 0x101, 0x102);
        }
    }

    private static final int IPPROTO_TCP = 6;

    private final Map<SocketOption<?>, Access<?>> everywhere = new HashMap<>();
    private final Map<SocketOption<?>, Access<?>> internet = new HashMap<>();

    private UnixSocketOptions(boolean doublesBuffers) {
        int factor = doublesBuffers ? 2 : 1; // Linux tells twice what was set, for its own bookkeeping
        everywhere(
                StandardSocketOptions.SO_RCVBUF,
                (socket, bytes) -> socket.setReceiveBufferSize(within("SO_RCVBUF", bytes, Integer.MAX_VALUE)),
                socket -> socket.getReceiveBufferSize() / factor);
        everywhere(
                StandardSocketOptions.SO_SNDBUF,
                (socket, bytes) -> socket.setSendBufferSize(within("SO_SNDBUF", bytes, Integer.MAX_VALUE)),
                socket -> socket.getSendBufferSize() / factor);
        everywhere(StandardSocketOptions.SO_LINGER, UnixSocket::setSoLinger, UnixSocket::getSoLinger);
        internet(StandardSocketOptions.TCP_NODELAY, UnixSocket::setTcpNoDelay, UnixSocket::isTcpNoDelay);
        internet(StandardSocketOptions.SO_KEEPALIVE, UnixSocket::setKeepAlive, UnixSocket::isKeepAlive);
        internet(StandardSocketOptions.SO_REUSEADDR, UnixSocket::setReuseAddress, UnixSocket::isReuseAddress);
        internet(StandardSocketOptions.SO_REUSEPORT, UnixSocket::setReusePort, UnixSocket::isReusePort);
        internet(
                StandardSocketOptions.IP_TOS,
                (socket, value) -> socket.setTrafficClass(within("IP_TOS", value, 255)),
                UnixSocket::getTrafficClass);
    }

    /** A run-time image may be without the module {@code jdk.net}. */
    private static boolean isThere(String className) {
        try {
            Class.forName(className);
            return true;
        } catch (ClassNotFoundException missing) {
            return false;
        }
    }

    /** The options of the module {@code jdk.net}, by the system's numbers of them; loaded where it is there. */
    private static final class Extended {
        static void addTo(UnixSocketOptions options, int idle, int interval, int count) {
            options.tcp(ExtendedSocketOptions.TCP_KEEPIDLE, idle);
            options.tcp(ExtendedSocketOptions.TCP_KEEPINTERVAL, interval);
            options.tcp(ExtendedSocketOptions.TCP_KEEPCOUNT, count);
        }

        static void addQuickAck(UnixSocketOptions options, int number) {
            options.internet(
                    ExtendedSocketOptions.TCP_QUICKACK,
                    (socket, on) -> socket.setIntOpt(IPPROTO_TCP, number, on ? 1 : 0),
                    socket -> socket.getIntOpt(IPPROTO_TCP, number) != 0);
        }
    }

    private void tcp(SocketOption<Integer> option, int number) {
        internet(
                option,
                (socket, value) -> socket.setIntOpt(IPPROTO_TCP, number, value),
                socket -> socket.getIntOpt(IPPROTO_TCP, number));
    }

    private <T> void everywhere(SocketOption<T> option, Setter<T> setter, Getter<T> getter) {
        everywhere.put(option, new Access<>(option, setter, getter));
    }

    private <T> void internet(SocketOption<T> option, Setter<T> setter, Getter<T> getter) {
        internet.put(option, new Access<>(option, setter, getter));
    }

    private static int within(String option, int value, int highest) {
        if (value < 0 || value > highest) {
            throw new IllegalArgumentException(option + " " + value + " is not within 0.." + highest);
        }
        return value;
    }

    /** {@return how to set and get an option} */
    <T> Access<T> of(SocketOption<T> option, boolean unixDomain) {
        Access<?> access = everywhere.get(option);
        if (access == null && !unixDomain) {
            access = internet.get(option);
        }
        if (access == null) {
            throw unsupported(option, unixDomain);
        }
        @SuppressWarnings("unchecked") // put in under an option of this type
        Access<T> typed = (Access<T>) access;
        return typed;
    }

    /** {@return the refusal of an option that a socket does not have} */
    static UnsupportedOperationException unsupported(SocketOption<?> option, boolean unixDomain) {
        return new UnsupportedOperationException(
                option.name() + " is not an option of a " + (unixDomain ? "Unix-domain" : "TCP") + " socket here");
    }

    /** Sets and gets one option; what the system refuses is a {@link SocketException} that names the option. */
    record Access<T>(SocketOption<T> option, Setter<T> setter, Getter<T> getter) {
        void set(UnixSocket socket, T value) throws IOException {
            try {
                setter.set(socket, value);
            } catch (IOException | ChannelException failure) {
                throw OsErrors.failed("set " + option.name() + " to " + value, failure);
            }
        }

        T get(UnixSocket socket) throws IOException {
            try {
                return getter.get(socket);
            } catch (IOException | ChannelException failure) {
                throw OsErrors.failed("get " + option.name(), failure);
            }
        }
    }

    private interface Setter<T> {
        void set(UnixSocket socket, T value) throws IOException;
    }

    private interface Getter<T> {
        T get(UnixSocket socket) throws IOException;
    }
}
