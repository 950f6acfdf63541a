package dev.sallyport.internal.wire;

import dev.sallyport.internal.resource.OwnedCount;
import dev.sallyport.internal.resource.Scratch;
import io.netty.channel.IoHandle;
import io.netty.channel.IoOps;
import io.netty.channel.unix.Buffer;
import io.netty.channel.unix.NativeInetAddress;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketOption;
import java.net.UnixDomainSocketAddress;
import org.jspecify.annotations.Nullable;

/** A connected native socket: all that epoll and kqueue have in common, which is all but how to ask for events. */
abstract class UnixWire extends Wire implements IoHandle {
    private static final Scratch.AddressReader ADDRESS = Buffer::memoryAddress;
    private static final SocketAddress UNNAMED = UnixDomainSocketAddress.of("");

    final UnixSocket socket;
    /** Address, scope and port, a quarter of what an object would weigh; null for a Unix-domain socket, which has no name. */
    private final byte @Nullable [] peer;

    private PollerRegistration polling; // changed on the loop thread only
    private final UnixSocketOptions options;

    UnixWire(
            Loop loop,
            UnixSocket socket,
            SocketAddress localAddress,
            byte @Nullable [] peer,
            UnixSocketOptions options) {
        super(loop, localAddress);
        this.socket = socket;
        this.peer = peer;
        this.polling = new PollerRegistration(loop);
        this.options = options;
    }

    @Override
    public final SocketAddress remoteAddress() {
        return peer == null ? UNNAMED : NativeInetAddress.address(peer, 0, peer.length);
    }

    final boolean unixDomain() {
        return peer == null;
    }

    /** What is asked for when polling begins. */
    abstract IoOps[] interest();

    /** What is submitted before a registration ends. */
    abstract IoOps[] withdrawal();

    @Override
    public final void register() {
        polling.begin(this, this::lost, interest());
    }

    /** {@link #interest} has changed. Any thread. */
    final void askAnew() {
        loop().run(() -> {
            PollerRegistration current = polling;
            current.poller().run(() -> current.ask(this::lost, interest()));
        });
    }

    /** {@return whether events that still come are nobody's} Polling thread only. */
    final boolean ended() {
        return polling.ended();
    }

    /** Moves from the loop to a poller for virtual threads, which tells at once what is there already. */
    final void moveToVirtualPoller() {
        loop().run(() -> {
            if (!polling.ended() && polling.poller() == loop()) {
                VirtualPoller poller;
                try {
                    poller = loop().group().virtualPoller();
                } catch (Throwable failure) { // no descriptors; no threads
                    Loop.LOG.log(Level.DEBUG, "virtual threads are woken by the loop", failure);
                    return;
                }
                polling.end(withdrawal());
                polling = new PollerRegistration(poller);
                register();
            }
        });
    }

    @Override
    int receiveNow(Scratch into, int limit) throws IOException {
        int start = into.bytes.limit();
        return socket.recvAddress(into.address(ADDRESS), start, start + limit);
    }

    @Override
    int sendNow(Scratch from) throws IOException {
        return socket.sendAddress(from.address(ADDRESS), from.bytes.position(), from.bytes.limit());
    }

    @Override
    void shutdownOutputNow() throws IOException {
        socket.shutdown(false, true);
    }

    @Override
    void resetNow() throws IOException {
        if (unixDomain()) {
            socket.shutdown(true, true);
        } else {
            socket.setSoLinger(0); // so that closing resets where the next line does not
            socket.disconnect(); // connect(AF_UNSPEC): the peer sees RST, and the number stays ours
        }
    }

    @Override
    public final void release(Runnable afterwards) {
        loop().run(() -> {
            PollerRegistration current = polling;
            current.poller().run(() -> {
                if (current.end(withdrawal())) {
                    socket.closeQuietly();
                    loop().run(() -> {
                        OwnedCount.DESCRIPTORS.decrement();
                        loop().release();
                        afterwards.run();
                    });
                }
            });
        });
    }

    /** The loop closes what is still registered when it ends; it ends by itself only when nothing is. */
    @Override
    public final void close() {
        if (!polling.ended()) {
            lost(new SocketException("the event loop ended"));
        }
    }

    @Override
    public final <T> void setOption(SocketOption<T> option, T value) throws IOException {
        options.of(option, unixDomain()).set(socket, value);
    }

    @Override
    public final <T> T getOption(SocketOption<T> option) throws IOException {
        return options.of(option, unixDomain()).get(socket);
    }
}
