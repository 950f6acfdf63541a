package dev.sallyport.internal.listen;

import dev.sallyport.internal.names.AddressLiteral;
import dev.sallyport.internal.names.HostText;
import dev.sallyport.internal.task.DefaultExecutor;
import dev.sallyport.internal.task.Dispatcher;
import dev.sallyport.internal.task.ExecutorFuture;
import java.io.Closeable;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Where a server is to be bound: checked at once, looked up if it is a name when it is bound. Binding to a number needs no
 * other thread and is done when the call returns.
 */
public final class BindAddress {
    private final @Nullable String host; // a name to look up
    private final @Nullable SocketAddress address;
    private final int port;

    /** Binds a socket, and makes of it what its user is to get. */
    @FunctionalInterface
    public interface Binder<T> {
        /** {@return what is bound to a resolved address} */
        T bind(SocketAddress address) throws IOException;
    }

    private BindAddress(@Nullable String host, @Nullable SocketAddress address, int port) {
        this.host = host;
        this.address = address;
        this.port = port;
    }

    /** A numeric address, or a host name, of which the first result is used. */
    public static BindAddress of(String address, int port) {
        Objects.requireNonNull(address, "address");
        checkPort(port);
        InetAddress literal = AddressLiteral.parseHost(address);
        return literal == null ? new BindAddress(address, null, port) : of(literal, port);
    }

    /** An address of this machine. */
    public static BindAddress of(InetAddress address, int port) {
        Objects.requireNonNull(address, "address");
        checkPort(port);
        return new BindAddress(null, new InetSocketAddress(withoutName(address), port), port);
    }

    /** An address with its port, looked up when it is unresolved, or a path. */
    public static BindAddress of(SocketAddress address) {
        Objects.requireNonNull(address, "address");
        if (address instanceof InetSocketAddress inet) {
            return inet.isUnresolved()
                    ? of(inet.getHostString(), inet.getPort())
                    : of(inet.getAddress(), inet.getPort());
        }
        if (address instanceof UnixDomainSocketAddress path) {
            if (path.getPath().toString().isEmpty()) {
                throw new IllegalArgumentException("address is a Unix-domain address without a path");
            }
            return new BindAddress(null, address, 0);
        }
        throw new IllegalArgumentException("address is a " + address.getClass().getName()
                + "; an InetSocketAddress or a UnixDomainSocketAddress can be bound");
    }

    private static void checkPort(int port) {
        if (port < 0 || port > 65535) {
            throw new IllegalArgumentException(
                    "port is " + port + "; it must be in 0..65535, 0 for one the system chooses");
        }
    }

    /** An equal address is the same key for sharing, and the same text in messages, whatever name it was found by. */
    private static InetAddress withoutName(InetAddress address) {
        try {
            return address instanceof Inet6Address v6 && (v6.getScopeId() != 0)
                    ? Inet6Address.getByAddress(null, v6.getAddress(), v6.getScopeId())
                    : InetAddress.getByAddress(address.getAddress());
        } catch (UnknownHostException impossible) {
            throw new IllegalStateException("an address has a legal length", impossible);
        }
    }

    /** {@return what is bound: complete already when there is nothing to look up} Else it completes on the executor. */
    public <T extends Closeable> CompletableFuture<T> bind(Executor executor, Binder<T> binder) {
        CompletableFuture<T> future = new ExecutorFuture<>(executor);
        if (host == null) {
            complete(future, binder);
        } else {
            Dispatcher.handTo(
                    DefaultExecutor.instance(),
                    () -> lookUpAndComplete(future, executor, binder),
                    future::completeExceptionally);
        }
        return future;
    }

    /** The lookup may block, so it is not the user's executor that does it; completing is. */
    private <T extends Closeable> void lookUpAndComplete(
            CompletableFuture<T> future, Executor executor, Binder<T> binder) {
        CompletableFuture<T> bound = new CompletableFuture<>();
        complete(bound, binder);
        Dispatcher.handTo(executor, () -> pass(bound, future), full -> pass(bound, future));
    }

    private static <T extends Closeable> void pass(CompletableFuture<T> bound, CompletableFuture<T> future) {
        bound.whenComplete((server, failure) -> {
            if (failure != null) {
                future.completeExceptionally(failure);
            } else if (!future.complete(server)) {
                closeUnused(server); // cancelled meanwhile
            }
        });
    }

    private static void closeUnused(Closeable server) {
        try {
            server.close();
        } catch (IOException impossible) {
            throw new IllegalStateException("closing a server does not fail", impossible);
        }
    }

    private <T> void complete(CompletableFuture<T> future, Binder<T> binder) {
        try {
            future.complete(binder.bind(address == null ? new InetSocketAddress(lookup(), port) : address));
        } catch (Throwable failure) {
            future.completeExceptionally(failure);
        }
    }

    private InetAddress lookup() throws IOException {
        String name = Objects.requireNonNull(host);
        if (!HostText.mayBeName(name)) {
            throw new UnknownHostException("bind " + HostText.notAHost(name));
        }
        try {
            return withoutName(InetAddress.getByName(name));
        } catch (UnknownHostException unknown) {
            UnknownHostException named = new UnknownHostException("bind " + name + ":" + port + ": unknown host");
            named.initCause(unknown);
            throw named;
        }
    }
}
