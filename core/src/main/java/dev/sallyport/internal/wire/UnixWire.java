package dev.sallyport.internal.wire;

import io.netty.channel.IoHandle;
import io.netty.channel.unix.Buffer;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketOption;
import java.net.UnixDomainSocketAddress;

/** A connected native socket: all that epoll and kqueue have in common, which is all but how to ask for events. */
abstract class UnixWire extends Wire implements IoHandle {
    private static final Scratch.AddressReader ADDRESS = Buffer::memoryAddress;

    final UnixSocket socket;
    final Polling polling;
    private final UnixSocketOptions options;
    private final boolean unixDomain;

    UnixWire(
            Loop loop,
            UnixSocket socket,
            SocketAddress localAddress,
            SocketAddress remoteAddress,
            UnixSocketOptions options) {
        super(loop, localAddress, remoteAddress);
        this.socket = socket;
        this.polling = new Polling(loop);
        this.options = options;
        this.unixDomain = remoteAddress instanceof UnixDomainSocketAddress;
    }

    /** Ends the registration: true the first time. Loop thread only. */
    abstract boolean endPolling();

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
        if (unixDomain) {
            socket.shutdown(true, true);
        } else {
            socket.setSoLinger(0); // so that closing resets where the next line does not
            socket.disconnect(); // connect(AF_UNSPEC): the peer sees RST, and the number stays ours
        }
    }

    @Override
    public final void release() {
        loop().run(() -> {
            if (endPolling()) {
                socket.closeQuietly();
                OwnedCount.DESCRIPTORS.decrement();
                loop().release();
            }
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
        options.of(option, unixDomain).set(socket, value);
    }

    @Override
    public final <T> T getOption(SocketOption<T> option) throws IOException {
        return options.of(option, unixDomain).get(socket);
    }
}
