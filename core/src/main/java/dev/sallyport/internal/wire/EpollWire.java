package dev.sallyport.internal.wire;

import io.netty.channel.IoEvent;
import io.netty.channel.IoOps;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoEvent;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.unix.FileDescriptor;
import java.net.SocketAddress;

/** A connected socket on epoll, edge-triggered: one registration for both directions, never changed. */
final class EpollWire extends UnixWire implements EpollIoHandle {
    private static final int READABLE = EpollIoOps.EPOLLIN.value();
    private static final int WRITABLE = EpollIoOps.EPOLLOUT.value();
    private static final int ERROR = EpollIoOps.EPOLLERR.value();
    private static final int PEER_CLOSED = EpollIoOps.EPOLLRDHUP.value();
    private static final int HUNG_UP = 0x10; // EPOLLHUP has no constant in EpollIoOps
    private static final IoOps[] INTEREST = {
        EpollIoOps.valueOf(READABLE | WRITABLE | PEER_CLOSED | EpollIoOps.EPOLLET.value())
    };
    private static final IoOps[] NOTHING = {};

    EpollWire(Loop loop, UnixSocket socket, SocketAddress localAddress, SocketAddress remoteAddress) {
        super(loop, socket, localAddress, remoteAddress, UnixSocketOptions.LINUX);
    }

    @Override
    public void pollForVirtualThreads() {
        moveToVirtualPoller();
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
    public void handle(IoRegistration from, IoEvent event) {
        if (ended()) {
            return;
        }
        int bits = ((EpollIoEvent) event).ops().value();
        boolean hangUp = (bits & (ERROR | PEER_CLOSED | HUNG_UP)) != 0;
        event((bits & READABLE) != 0, (bits & (WRITABLE | ERROR | HUNG_UP)) != 0, hangUp);
    }
}
