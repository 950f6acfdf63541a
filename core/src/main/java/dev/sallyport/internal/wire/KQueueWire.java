package dev.sallyport.internal.wire;

import io.netty.channel.IoEvent;
import io.netty.channel.IoOps;
import io.netty.channel.IoRegistration;
import io.netty.channel.kqueue.KQueueIoEvent;
import io.netty.channel.kqueue.KQueueIoHandle;
import io.netty.channel.kqueue.KQueueIoOps;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * A connected socket on kqueue, edge-triggered: a filter for each direction, added once. The additions are made with the
 * loop's next wait; one that the system refuses is not told to us.
 */
final class KQueueWire extends UnixWire implements KQueueIoHandle {
    // <sys/event.h>; the native library's own constants are not public
    static final short EVFILT_READ = -1;
    static final short EVFILT_WRITE = -2;
    static final short EV_ADD = 0x1;
    static final short EV_DELETE = 0x2;
    static final short EV_CLEAR = 0x20;
    private static final short EV_EOF = (short) 0x8000;

    private static final IoOps[] ADDITIONS = {
        KQueueIoOps.newOps(EVFILT_READ, (short) (EV_ADD | EV_CLEAR), 0),
        KQueueIoOps.newOps(EVFILT_WRITE, (short) (EV_ADD | EV_CLEAR), 0)
    };
    private static final IoOps[] DELETIONS = {
        KQueueIoOps.newOps(EVFILT_READ, EV_DELETE, 0), KQueueIoOps.newOps(EVFILT_WRITE, EV_DELETE, 0)
    };

    KQueueWire(Loop loop, UnixSocket socket, SocketAddress localAddress, byte @Nullable [] peer) {
        super(loop, socket, localAddress, peer, UnixSocketOptions.MACOS);
    }

    @Override
    public int ident() {
        return socket.intValue();
    }

    @Override
    IoOps[] interest() {
        return ADDITIONS;
    }

    /** Deletes the filters too: an addition still in the list of changes must not meet the number's next owner. */
    @Override
    IoOps[] withdrawal() {
        return DELETIONS;
    }

    @Override
    public void handle(IoRegistration from, IoEvent event) {
        if (ended()) {
            return;
        }
        KQueueIoEvent change = (KQueueIoEvent) event;
        boolean hangUp = (change.flags() & EV_EOF) != 0;
        event(change.filter() == EVFILT_READ, change.filter() == EVFILT_WRITE, hangUp);
    }
}
