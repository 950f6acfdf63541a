package dev.sallyport.internal.wire;

import dev.sallyport.internal.resource.OwnedCount;
import dev.sallyport.internal.resource.Scratch;
import io.netty.channel.IoEvent;
import io.netty.channel.IoRegistration;
import io.netty.channel.nio.NioIoEvent;
import io.netty.channel.nio.NioIoHandle;
import io.netty.channel.nio.NioIoOps;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A connected channel on the JDK's selector, which tells readiness again and again. An event therefore takes its interest
 * away, and whoever has read to the end, or could not send all, asks for it again: from another thread that costs a task
 * and a wake-up of the loop.
 */
final class NioWire extends Wire implements NioIoHandle {
    private final SocketChannel channel;
    private final SocketAddress remoteAddress;
    private final PollerRegistration polling;
    private final AtomicInteger wanted =
            new AtomicInteger(); // asked for by other threads; not zero: a task is on its way
    private volatile int armed = SelectionKey.OP_READ; // written on the loop thread only

    NioWire(Loop loop, SocketChannel channel, SocketAddress localAddress, SocketAddress remoteAddress) {
        super(loop, localAddress);
        this.remoteAddress = remoteAddress;
        this.channel = channel;
        this.polling = new PollerRegistration(loop);
    }

    @Override
    public SocketAddress remoteAddress() {
        return remoteAddress;
    }

    @Override
    public SelectableChannel selectableChannel() {
        return channel;
    }

    @Override
    public void register() {
        polling.begin(this, this::lost, NioIoOps.READ);
    }

    @Override
    public void handle(IoRegistration from, IoEvent event) {
        if (polling.ended()) {
            return;
        }
        int ready = ((NioIoEvent) event).ops().value();
        arm(armed & ~ready);
        event((ready & SelectionKey.OP_READ) != 0, (ready & SelectionKey.OP_WRITE) != 0, false);
    }

    @Override
    void drained() {
        ask(SelectionKey.OP_READ);
    }

    @Override
    void congested() {
        ask(SelectionKey.OP_WRITE);
    }

    /** One who sees the interest armed need not ask: the event that takes it away comes after, and is told. */
    private void ask(int interest) {
        if ((armed & interest) != 0) {
            return;
        }
        if (loop().inLoop()) {
            arm(armed | interest);
        } else if (wanted.getAndUpdate(others -> others | interest) == 0) {
            loop().execute(() -> arm(armed | wanted.getAndSet(0)));
        }
    }

    private void arm(int interest) {
        if (interest != armed) {
            armed = interest;
            polling.submit(NioIoOps.valueOf(interest));
        }
    }

    @Override
    int receiveNow(Scratch into, int limit) throws IOException {
        ByteBuffer bytes = into.bytes;
        int start = bytes.position();
        int end = bytes.limit();
        bytes.limit(end + limit).position(end);
        try {
            return channel.read(bytes);
        } finally {
            bytes.position(start).limit(end);
        }
    }

    @Override
    int sendNow(Scratch from) throws IOException {
        int start = from.bytes.position();
        try {
            return channel.write(from.bytes);
        } finally {
            from.bytes.position(start);
        }
    }

    @Override
    void shutdownOutputNow() throws IOException {
        channel.shutdownOutput();
    }

    /** Closing later sends RST then, and no FIN before; see {@link #release}. */
    @Override
    void resetNow() throws IOException {
        channel.setOption(StandardSocketOptions.SO_LINGER, 0);
    }

    /** The selector keeps the descriptor until its next round, which follows this task: only then FIN or RST leaves. */
    @Override
    public void release(Runnable afterwards) {
        loop().run(() -> {
            if (polling.end()) {
                closeQuietly(channel);
                OwnedCount.DESCRIPTORS.decrement();
                loop().release();
                afterwards.run();
            }
        });
    }

    static void closeQuietly(SelectableChannel channel) {
        try {
            channel.close();
        } catch (IOException failure) {
            Loop.LOG.log(Level.DEBUG, "close of " + channel + " failed", failure);
        }
    }

    /** A selector that could not be rebuilt drops its channels. */
    @Override
    public void unregistered() {
        close();
    }

    /** The loop closes what is still registered when it ends; it ends by itself only when nothing is. */
    @Override
    public void close() {
        if (!polling.ended()) {
            lost(new SocketException("the event loop ended"));
        }
    }

    @Override
    public <T> void setOption(SocketOption<T> option, T value) throws IOException {
        setOption(channel, option, value);
    }

    static <T> void setOption(SocketChannel channel, SocketOption<T> option, T value) throws IOException {
        checkSupported(channel, option);
        try {
            channel.setOption(option, value);
        } catch (IOException failure) {
            throw OsErrors.failed("set " + option.name() + " to " + value, failure);
        }
    }

    @Override
    public <T> T getOption(SocketOption<T> option) throws IOException {
        checkSupported(channel, option);
        try {
            return channel.getOption(option);
        } catch (IOException failure) {
            throw OsErrors.failed("get " + option.name(), failure);
        }
    }

    private static void checkSupported(SocketChannel channel, SocketOption<?> option) {
        if (!channel.supportedOptions().contains(option)) {
            boolean tcp = channel.supportedOptions().contains(StandardSocketOptions.TCP_NODELAY);
            throw UnixSocketOptions.unsupported(option, !tcp);
        }
    }
}
