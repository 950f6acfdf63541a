package dev.sallyport.internal.wire;

import io.netty.channel.IoOps;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.unix.FileDescriptor;
import java.io.IOException;
import java.net.SocketAddress;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A listening socket on epoll. */
final class EpollListenWire extends UnixListenWire implements EpollIoHandle {
    private static final int IPV6_V6ONLY = 26;
    private static final IoOps[] INTEREST = {EpollIoOps.valueOf(EpollIoOps.EPOLLIN.value() | EpollIoOps.EPOLLET.value())
    };
    private static final IoOps[] NOTHING = {};

    /** accept(2): Linux hands on what happened to the new connection; and EPERM is a firewall's refusal of it. */
    private static final Set<Integer> PEERS_FAULT = Set.of(
            1 /* EPERM */,
            64 /* ENONET */,
            71 /* EPROTO */,
            92 /* ENOPROTOOPT */,
            95 /* EOPNOTSUPP */,
            100 /* ENETDOWN */,
            101 /* ENETUNREACH */,
            103 /* ECONNABORTED */,
            110 /* ETIMEDOUT */,
            112 /* EHOSTDOWN */,
            113 /* EHOSTUNREACH */);

    private EpollListenWire(Loop loop, UnixSocket.Listening bound) {
        super(loop, bound, PEERS_FAULT);
    }

    /** Binds and listens; the loop is the wire's own once this returns. */
    static EpollListenWire open(Loop loop, SocketAddress address, ListenSettings settings) throws IOException {
        return new EpollListenWire(loop, UnixSocket.listening(address, settings, IPV6_V6ONLY));
    }

    @Override
    public FileDescriptor fd() {
        return socket;
    }

    @Override
    IoOps[] interest() {
        return INTEREST;
    }

    @Override
    IoOps[] withdrawal() {
        return NOTHING;
    }

    @Override
    UnixSocketOptions options() {
        return UnixSocketOptions.LINUX;
    }

    @Override
    Wire connected(Loop loop, UnixSocket accepted, SocketAddress localAddress, byte @Nullable [] peer) {
        return new EpollWire(loop, accepted, localAddress, peer);
    }
}
