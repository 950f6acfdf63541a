package dev.sallyport.internal.wire;

import io.netty.channel.IoOps;
import io.netty.channel.kqueue.KQueueIoHandle;
import io.netty.channel.kqueue.KQueueIoOps;
import java.io.IOException;
import java.net.SocketAddress;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A listening socket on kqueue. */
final class KQueueListenWire extends UnixListenWire implements KQueueIoHandle {
    private static final int IPV6_V6ONLY = 27;
    private static final Set<Integer> PEERS_FAULT = Set.of(1 /* EPERM */, 53 /* ECONNABORTED */, 100 /* EPROTO */);
    private static final IoOps[] ADD = {
        KQueueIoOps.newOps(KQueueWire.EVFILT_READ, (short) (KQueueWire.EV_ADD | KQueueWire.EV_CLEAR), 0)
    };
    private static final IoOps[] DELETE = {KQueueIoOps.newOps(KQueueWire.EVFILT_READ, KQueueWire.EV_DELETE, 0)};

    private KQueueListenWire(Loop loop, UnixSocket.Listening bound) {
        super(loop, bound, PEERS_FAULT);
    }

    /** Binds and listens; the loop is the wire's own once this returns. */
    static KQueueListenWire open(Loop loop, SocketAddress address, ListenSettings settings) throws IOException {
        return new KQueueListenWire(loop, UnixSocket.listening(address, settings, IPV6_V6ONLY));
    }

    @Override
    public int ident() {
        return socket.intValue();
    }

    @Override
    IoOps[] interest() {
        return ADD;
    }

    @Override
    IoOps[] withdrawal() {
        return DELETE;
    }

    @Override
    UnixSocketOptions options() {
        return UnixSocketOptions.MACOS;
    }

    @Override
    Wire connected(Loop loop, UnixSocket accepted, SocketAddress localAddress, byte @Nullable [] peer) {
        return new KQueueWire(loop, accepted, localAddress, peer);
    }
}
