package dev.sallyport.internal.wire;

import dev.sallyport.internal.resource.OwnedCount;
import io.netty.channel.IoEvent;
import io.netty.channel.IoHandle;
import io.netty.channel.IoOps;
import io.netty.channel.IoRegistration;
import io.netty.channel.unix.Errors.NativeIoException;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketOption;
import java.net.UnixDomainSocketAddress;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A listening native socket: all that epoll and kqueue have in common. Edge-triggered. */
abstract class UnixListenWire extends ListenWire implements IoHandle {
    final UnixSocket socket;
    private final @Nullable SocketFile file;
    private final Set<Integer> peersFault;
    private final PollerRegistration polling;
    private final byte[] peer = new byte[1 + 16 + 4 + 4]; // length, address, scope, port
    private volatile @Nullable Listener listener;

    /** Takes what is bound; {@code peersFault} has the system's numbers for connections that ended while they waited. */
    UnixListenWire(Loop loop, UnixSocket.Listening bound, Set<Integer> peersFault) {
        super(loop, bound.localAddress());
        this.socket = bound.socket();
        this.file = bound.file();
        this.peersFault = peersFault;
        this.polling = new PollerRegistration(loop);
    }

    /** {@return the operations that ask for an event when connections wait, and those that take the question back} */
    abstract IoOps[] interest();

    abstract IoOps[] withdrawal();

    /** {@return the options of the system's sockets} */
    abstract UnixSocketOptions options();

    /** {@return a wire} {@code peer} is its own: the address without the length, or null for a Unix-domain socket. */
    abstract Wire connected(Loop loop, UnixSocket accepted, SocketAddress localAddress, byte @Nullable [] peer);

    @Override
    public final void register(Listener listener) {
        this.listener = listener;
        polling.begin(this, failure -> lost(listener, failure), interest());
    }

    @Override
    public final void handle(IoRegistration from, IoEvent event) {
        if (!polling.ended()) {
            event(listener);
        }
    }

    /** The loop closes what is still registered when it ends; it ends by itself only when nothing is. */
    @Override
    public final void close() {
        if (!polling.ended()) {
            lost(listener, new SocketException("the event loop ended"));
        }
    }

    @Override
    final @Nullable Wire acceptNow() throws IOException {
        for (; ; ) {
            int fd = acceptDescriptor();
            if (fd < 0) {
                return null;
            }
            UnixSocket accepted = UnixSocket.accepted(fd);
            if (accepted != null) {
                return wireOf(accepted);
            }
        }
    }

    @Override
    @SuppressWarnings("unchecked") // who collected them has checked each value's type
    public final void tryOptions(Map<SocketOption<?>, Object> options) throws IOException {
        boolean unixDomain = localAddress() instanceof UnixDomainSocketAddress;
        UnixSocket unconnected = UnixSocket.unconnected(localAddress());
        try {
            for (Map.Entry<SocketOption<?>, Object> option : options.entrySet()) {
                options().of((SocketOption<Object>) option.getKey(), unixDomain).set(unconnected, option.getValue());
            }
        } finally {
            unconnected.closeQuietly();
        }
    }

    private int acceptDescriptor() throws IOException {
        for (; ; ) {
            try {
                return socket.accept(peer); // non-blocking and close-on-exec
            } catch (NativeIoException failure) {
                if (!peersFault.contains(-failure.expectedErr())) {
                    throw OsErrors.cannotAccept(localAddress(), failure, OsErrors.exhausted(failure));
                }
            }
        }
    }

    private Wire wireOf(UnixSocket accepted) {
        Loop loop = loop().group().acquire();
        Wire wire = null;
        try {
            byte[] remote =
                    localAddress() instanceof UnixDomainSocketAddress ? null : Arrays.copyOfRange(peer, 1, 1 + peer[0]);
            wire = connected(loop, accepted, accepted.boundAddress(localAddress()), remote);
            return wire;
        } finally {
            if (wire == null) {
                accepted.closeQuietly();
                loop.release();
            }
        }
    }

    @Override
    public final void release(Runnable done) {
        loop().run(() -> {
            if (!polling.end(withdrawal())) {
                return;
            }
            if (file != null) {
                file.delete();
            }
            socket.closeQuietly();
            OwnedCount.DESCRIPTORS.decrement();
            loop().release();
            done.run();
        });
    }
}
