package dev.sallyport.internal.listen;

import dev.sallyport.BindOptions;
import dev.sallyport.TlsProvider;
import dev.sallyport.Transport;
import dev.sallyport.internal.names.AddressText;
import dev.sallyport.internal.task.NeverBlocks;
import dev.sallyport.internal.tls.context.LoadedContext;
import dev.sallyport.internal.tls.context.TlsProviders;
import dev.sallyport.internal.wire.ListenSettings;
import dev.sallyport.internal.wire.ListenWire;
import dev.sallyport.internal.wire.NettyLogging;
import dev.sallyport.internal.wire.Transports;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.BindException;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;

/** The listening sockets of this process (of this class loader), by address: who may share one, and who may not. */
public final class ListenRegistry {
    private static final ReentrantLock LOCK = new ReentrantLock();
    private static final Map<Key, ListenSocket> OPEN = new HashMap<>();
    private static final Map<ListenSocket, CompletableFuture<Void>> CLOSING = new HashMap<>();
    private static final Duration LONGEST_CLOSE = Duration.ofSeconds(5);

    /** What a listening socket is known by: the JDK's equality of addresses leaves out which link a link-local one is on. */
    private record Key(SocketAddress address, int scope) {
        static Key of(SocketAddress address) {
            return address instanceof InetSocketAddress inet && inet.getAddress() instanceof Inet6Address scoped
                    ? new Key(address, scoped.getScopeId())
                    : new Key(address, 0);
        }
    }

    private static final System.Logger LOG = System.getLogger("dev.sallyport");

    private ListenRegistry() {}

    /**
     * Binds: opens a socket or joins one. Waits first, but on an event loop, for a server of this process to give the same
     * port back that has been closed and whose loop has not yet done so.
     *
     * @param address a resolved address
     * @throws BindException that names the address, when it is taken or cannot be had
     * @throws UnsupportedOperationException when the transport or the provider asked for is not there
     */
    public static ListenHandle bind(SocketAddress address, BindOptions options, LoadedContext context)
            throws IOException {
        NettyLogging.check();
        TlsProvider provider = TlsProviders.resolve(context.config().provider());
        awaitClosing(address);
        LOCK.lock();
        try {
            ListenSocket open = isEphemeral(address) ? null : OPEN.get(Key.of(address));
            if (open != null) {
                checkJoin(open, address, options);
                return handle(open, options, provider, context);
            }
            return openAndHandle(address, options, provider, context);
        } finally {
            LOCK.unlock();
        }
    }

    private static void awaitClosing(SocketAddress address) {
        if (NeverBlocks.isCurrent()) {
            return;
        }
        CompletableFuture<?>[] closing;
        LOCK.lock();
        try {
            closing = CLOSING.entrySet().stream()
                    .filter(entry -> mayCollide(entry.getKey().localAddress(), address))
                    .map(Map.Entry::getValue)
                    .toArray(CompletableFuture<?>[]::new);
        } finally {
            LOCK.unlock();
        }
        if (closing.length > 0) {
            try {
                CompletableFuture.allOf(closing).get(LONGEST_CLOSE.toNanos(), TimeUnit.NANOSECONDS);
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt(); // the system decides
            } catch (TimeoutException | ExecutionException held) {
                LOG.log(Level.DEBUG, "the loop of a closed server on " + AddressText.of(address) + " is held", held);
            }
        }
    }

    /** One of the two may be all addresses, so it is the port that counts. */
    private static boolean mayCollide(SocketAddress closing, SocketAddress address) {
        return closing instanceof InetSocketAddress one && address instanceof InetSocketAddress other
                ? one.getPort() == other.getPort()
                : closing.equals(address);
    }

    private static ListenHandle openAndHandle(
            SocketAddress address, BindOptions options, TlsProvider provider, LoadedContext context)
            throws IOException {
        Transport transport = Transports.resolve(options.transport());
        ListenWire wire = Transports.open(
                transport, address, new ListenSettings(options.backlog(), options.v6Only(), options.shared()));
        ListenSocket socket = new ListenSocket(wire, transport, options.shared(), options.v6Only());
        boolean complete = false;
        try {
            ListenHandle handle = handle(socket, options, provider, context);
            OPEN.put(Key.of(socket.localAddress()), socket);
            complete = true;
            return handle;
        } finally {
            if (!complete) {
                wire.release();
            }
        }
    }

    private static ListenHandle handle(
            ListenSocket socket, BindOptions options, TlsProvider provider, LoadedContext context) throws IOException {
        socket.tryOptions(options.socketOptions());
        ListenHandle handle = new ListenHandle(socket, options, provider, context);
        socket.add(handle);
        return handle;
    }

    private static boolean isEphemeral(SocketAddress address) {
        return address instanceof InetSocketAddress inet && inet.getPort() == 0;
    }

    private static void checkJoin(ListenSocket open, SocketAddress address, BindOptions options) throws BindException {
        if (!open.shared() || !options.shared()) {
            throw new BindException(
                    AddressText.of(address)
                            + ": already bound in this process; to share it, both sides must set the shared flag, shared(true)");
        }
        if (open.v6Only() != options.v6Only()) {
            throw new BindException(
                    AddressText.of(address) + ": already bound in this process with another v6Only flag ("
                            + open.v6Only() + "); those who share an address must agree on it");
        }
        if (options.transport() != Transport.AUTO && options.transport() != open.transport()) {
            throw new BindException(AddressText.of(address) + ": already bound in this process with transport "
                    + open.transport() + "; those who share an address must agree on it");
        }
    }

    /** Takes a handle out of its socket; the socket goes with the last. {@code closed} runs when the handle's part is done. */
    static void leave(ListenSocket socket, ListenHandle handle, Runnable closed) {
        boolean last;
        LOCK.lock();
        try {
            last = socket.remove(handle);
            if (last) {
                OPEN.remove(Key.of(socket.localAddress()), socket);
                CLOSING.put(socket, new CompletableFuture<>());
            }
        } finally {
            LOCK.unlock();
        }
        if (last) { // without the lock: on the loop thread user code may follow
            socket.release(() -> {
                free(socket);
                closed.run();
            });
        } else {
            closed.run();
        }
    }

    private static void free(ListenSocket socket) {
        CompletableFuture<Void> closing;
        LOCK.lock();
        try {
            closing = CLOSING.remove(socket);
        } finally {
            LOCK.unlock();
        }
        if (closing != null) {
            closing.complete(null);
        }
    }
}
