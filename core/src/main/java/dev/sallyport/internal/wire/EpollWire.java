package dev.sallyport.internal.wire;

import io.netty.channel.IoEvent;
import io.netty.channel.IoOps;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoEvent;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.unix.FileDescriptor;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * A connected socket on epoll, edge-triggered: registered for reading, and from the first time that the system does not take
 * all on for writing, too. Most never come to that; Netty makes no objects for an event of one bit, and none comes that only
 * says that a new socket can be written to.
 */
final class EpollWire extends UnixWire implements EpollIoHandle {
    private static final int READABLE = EpollIoOps.EPOLLIN.value();
    private static final int WRITABLE = EpollIoOps.EPOLLOUT.value();
    private static final int ERROR = EpollIoOps.EPOLLERR.value();
    private static final int PEER_CLOSED = EpollIoOps.EPOLLRDHUP.value();
    private static final int HUNG_UP = 0x10; // EPOLLHUP has no constant in EpollIoOps
    private static final int READING = READABLE | PEER_CLOSED | EpollIoOps.EPOLLET.value();
    private static final IoOps[] READ = {EpollIoOps.valueOf(READING)};
    private static final IoOps[] READ_AND_WRITE = {EpollIoOps.valueOf(READING | WRITABLE)};
    private static final IoOps[] NOTHING = {};

    private volatile boolean wasCongested;

    EpollWire(Loop loop, UnixSocket socket, SocketAddress localAddress, byte @Nullable [] peer) {
        super(loop, socket, localAddress, peer, UnixSocketOptions.LINUX);
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
        return wasCongested ? READ_AND_WRITE : READ;
    }

    @Override
    IoOps[] withdrawal() {
        return NOTHING;
    }

    @Override
    public @Nullable TcpMovement movement() {
        return unixDomain() ? null : TcpMovement.ofLinux(socket);
    }

    @Override
    void congested() {
        if (!wasCongested) {
            wasCongested = true;
            askAnew(); // epoll looks at the socket then: room that came meanwhile is told
        }
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
