package dev.sallyport.internal.wire;

import io.netty.channel.ChannelException;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.Socket;
import io.netty.util.NetUtil;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.UnixDomainSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A native socket, for the two transports that have them. A subclass only because that is who may choose its family. */
final class UnixSocket extends Socket {
    private static final int IPPROTO_IPV6 = 41;
    private static final int MAX_PATH_BYTES = 103; // sun_path has 104 on macOS, 108 on Linux, the last for a 0

    private UnixSocket(int fd) {
        super(fd);
    }

    /** What {@link #listening} made; {@code file} is there when the address is a path. */
    record Listening(
            UnixSocket socket,
            SocketAddress localAddress,
            @Nullable SocketFile file) {}

    /**
     * Binds and listens. The socket is of the address's own family: 0.0.0.0 is never dual-stack, and {@code ::} is so only
     * when asked.
     *
     * @param v6OnlyOption the system's number for IPV6_V6ONLY
     */
    static Listening listening(SocketAddress address, ListenSettings settings, int v6OnlyOption) throws IOException {
        UnixSocket socket = null;
        SocketFile file = null;
        try {
            if (address instanceof UnixDomainSocketAddress local) {
                Path path = local.getPath();
                checkLength(path);
                SocketFile.clear(path); // the native bind would delete whatever is there
                socket = unconnected(local);
                socket.bind(new DomainSocketAddress(path.toString()));
                file = SocketFile.made(path);
            } else {
                socket = internet((InetSocketAddress) address, settings, v6OnlyOption);
            }
            socket.listen(settings.backlog() == 0 ? NetUtil.SOMAXCONN : settings.backlog());
            return new Listening(socket, socket.boundAddress(address), file);
        } catch (IOException | ChannelException failure) {
            if (file != null) {
                file.delete();
            }
            if (socket != null) {
                socket.closeQuietly();
            }
            throw OsErrors.cannotBind(address, failure);
        }
    }

    private static UnixSocket internet(InetSocketAddress address, ListenSettings settings, int v6OnlyOption)
            throws IOException {
        boolean ipv4 = address.getAddress() instanceof Inet4Address;
        UnixSocket socket = unconnected(address);
        try {
            socket.setReuseAddress(true);
            if (settings.reusePort()) {
                socket.setReusePort(true);
            }
            if (!ipv4) {
                socket.setIntOpt(IPPROTO_IPV6, v6OnlyOption, settings.v6Only() ? 1 : 0);
            }
            socket.bind(address);
            return socket;
        } catch (IOException | ChannelException failure) {
            socket.closeQuietly();
            throw failure;
        }
    }

    /** {@return a socket of an address's family} */
    static UnixSocket unconnected(SocketAddress address) {
        if (address instanceof InetSocketAddress internet) {
            boolean ipv4 = internet.getAddress() instanceof Inet4Address;
            return new UnixSocket(newSocketStream0(ipv4 ? SocketProtocolFamily.INET : SocketProtocolFamily.INET6));
        }
        return new UnixSocket(newSocketDomain0());
    }

    private static void checkLength(Path path) throws SocketException {
        int bytes = path.toString().getBytes(StandardCharsets.UTF_8).length;
        if (bytes > MAX_PATH_BYTES) {
            throw new SocketException(
                    "the path is too long for a socket (" + bytes + " bytes, at most " + MAX_PATH_BYTES + ")");
        }
    }

    /** {@return the socket of a descriptor that was accepted, or null (and closed) when its connection is gone already} */
    static @Nullable UnixSocket accepted(int fd) {
        try {
            return new UnixSocket(fd);
        } catch (ChannelException gone) { // BSD cannot name a socket that was reset while it waited
            Loop.LOG.log(Level.DEBUG, "accepted a connection that was gone", gone);
            closeNumber(fd);
            return null;
        }
    }

    private static void closeNumber(int fd) {
        try {
            new io.netty.channel.unix.FileDescriptor(fd).close();
        } catch (IOException failure) {
            Loop.LOG.log(Level.DEBUG, "close of descriptor " + fd + " failed", failure);
        }
    }

    /** {@return the address this socket has, {@code bound} being the one of its listening socket, or what it was bound to} */
    SocketAddress boundAddress(SocketAddress bound) {
        if (bound instanceof InetSocketAddress internet
                && (internet.getPort() == 0 || internet.getAddress().isAnyLocalAddress())) {
            InetSocketAddress own = localAddress();
            return own == null ? bound : own;
        }
        return bound;
    }

    /** Closes the socket, whose registration has ended. */
    void closeQuietly() {
        try {
            close();
        } catch (IOException failure) {
            Loop.LOG.log(Level.DEBUG, "close of " + this + " failed", failure);
        }
    }
}
