package dev.sallyport.internal.wire;

import dev.sallyport.internal.resource.OwnedCount;
import io.netty.channel.IoEvent;
import io.netty.channel.IoRegistration;
import io.netty.channel.nio.NioIoHandle;
import io.netty.channel.nio.NioIoOps;
import io.netty.util.NetUtil;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.net.ProtocolFamily;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketOption;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SelectableChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A listening channel on the JDK's selector. An event takes its interest away until all that waited is accepted. */
final class NioListenWire extends ListenWire implements NioIoHandle {
    private static final boolean WINDOWS =
            System.getProperty("os.name", "").toLowerCase(Locale.ROOT).startsWith("windows");

    private final ServerSocketChannel channel;
    private final @Nullable SocketFile file;
    private final PollerRegistration polling;
    private volatile @Nullable Listener listener;
    private boolean armed = true; // loop thread only

    private NioListenWire(
            Loop loop, ServerSocketChannel channel, SocketAddress localAddress, @Nullable SocketFile file) {
        super(loop, localAddress);
        this.channel = channel;
        this.file = file;
        this.polling = new PollerRegistration(loop);
    }

    /** Binds and listens; the loop is the wire's own once this returns. */
    static NioListenWire open(Loop loop, SocketAddress address, ListenSettings settings) throws IOException {
        ServerSocketChannel channel = null;
        try {
            if (address instanceof UnixDomainSocketAddress local) {
                SocketFile.clear(local.getPath());
            }
            channel = ServerSocketChannel.open(family(address));
            channel.configureBlocking(false);
            if (address instanceof InetSocketAddress) {
                setOptions(channel, settings);
            }
            // 0 would be the JDK's own 50
            channel.bind(address, settings.backlog() == 0 ? NetUtil.SOMAXCONN : settings.backlog());
            SocketFile file =
                    address instanceof UnixDomainSocketAddress local ? SocketFile.made(local.getPath()) : null;
            SocketAddress bound = file == null ? channel.getLocalAddress() : address;
            return new NioListenWire(loop, channel, bound, file);
        } catch (IOException | UnsupportedOperationException failure) {
            if (channel != null) {
                NioWire.closeQuietly(channel);
            }
            throw OsErrors.cannotBind(address, failure);
        }
    }

    /** The address's own family: 0.0.0.0 is never dual-stack, {@code ::} always, by the JDK's explicit choice. */
    private static ProtocolFamily family(SocketAddress address) {
        if (address instanceof InetSocketAddress internet) {
            return internet.getAddress() instanceof Inet4Address
                    ? StandardProtocolFamily.INET
                    : StandardProtocolFamily.INET6;
        }
        return StandardProtocolFamily.UNIX;
    }

    private static void setOptions(ServerSocketChannel channel, ListenSettings settings) throws IOException {
        if (!WINDOWS) { // there it would let another process take the port
            channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
        }
        if (settings.reusePort()) {
            channel.setOption(StandardSocketOptions.SO_REUSEPORT, true);
        }
    }

    @Override
    public SelectableChannel selectableChannel() {
        return channel;
    }

    @Override
    public void register(Listener listener) {
        this.listener = listener;
        polling.begin(this, failure -> lost(listener, failure), NioIoOps.ACCEPT);
    }

    @Override
    public void handle(IoRegistration from, IoEvent event) {
        if (polling.ended()) {
            return;
        }
        armed = false;
        polling.submit(NioIoOps.NONE);
        event(listener);
    }

    @Override
    @Nullable Wire acceptNow() throws IOException {
        for (; ; ) {
            SocketChannel accepted = acceptChannel();
            if (accepted == null) {
                if (!armed) {
                    armed = true;
                    polling.submit(NioIoOps.ACCEPT);
                }
                return null;
            }
            Wire wire = wireOf(accepted);
            if (wire != null) {
                return wire;
            }
        }
    }

    @Override
    @SuppressWarnings("unchecked") // who collected them has checked each value's type
    public void tryOptions(Map<SocketOption<?>, Object> options) throws IOException {
        try (SocketChannel channel = SocketChannel.open(family(localAddress()))) {
            for (Map.Entry<SocketOption<?>, Object> option : options.entrySet()) {
                NioWire.setOption(channel, (SocketOption<Object>) option.getKey(), option.getValue());
            }
        }
    }

    private @Nullable SocketChannel acceptChannel() throws IOException {
        try {
            return channel.accept();
        } catch (IOException failure) {
            throw OsErrors.cannotAccept(localAddress(), failure, exhausted(failure));
        }
    }

    /** The channel hides the error's number and may speak the user's language: see whether another socket can be had. */
    private static boolean exhausted(IOException failure) {
        if (OsErrors.reason(failure).startsWith("too many open files")) {
            return true;
        }
        try {
            SocketChannel.open().close();
            return false;
        } catch (IOException none) {
            failure.addSuppressed(none);
            return true;
        }
    }

    private @Nullable Wire wireOf(SocketChannel accepted) {
        Loop loop = null;
        Wire wire = null;
        try {
            accepted.configureBlocking(false);
            boolean unixDomain = localAddress() instanceof UnixDomainSocketAddress;
            SocketAddress local = unixDomain ? localAddress() : accepted.getLocalAddress();
            SocketAddress remote = unixDomain ? UnixDomainSocketAddress.of("") : accepted.getRemoteAddress();
            loop = loop().group().acquire();
            wire = new NioWire(loop, accepted, local, remote);
            return wire;
        } catch (IOException gone) {
            Loop.LOG.log(Level.DEBUG, "accepted a connection that was gone", gone);
            return null;
        } finally {
            if (wire == null) {
                NioWire.closeQuietly(accepted);
                if (loop != null) {
                    loop.release();
                }
            }
        }
    }

    @Override
    public void release(Runnable done) {
        loop().run(() -> {
            if (!polling.end()) {
                return;
            }
            if (file != null) {
                file.delete();
            }
            NioWire.closeQuietly(channel);
            OwnedCount.DESCRIPTORS.decrement();
            afterDeregistration(done);
        });
    }

    /** The selector keeps the descriptor, and with it the port, until its next round: the loop stays for that. */
    private void afterDeregistration(Runnable done) {
        if (channel.isRegistered()) {
            var unused = loop().schedule(() -> afterDeregistration(done), Duration.ZERO);
            return;
        }
        loop().release();
        done.run();
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
            lost(listener, new SocketException("the event loop ended"));
        }
    }
}
