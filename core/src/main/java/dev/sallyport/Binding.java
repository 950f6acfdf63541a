package dev.sallyport;

import dev.sallyport.internal.listen.ListenHandle;
import dev.sallyport.internal.listen.ListenRegistry;
import dev.sallyport.internal.names.AddressLiteral;
import dev.sallyport.internal.names.HostText;
import dev.sallyport.internal.task.DefaultExecutor;
import dev.sallyport.internal.task.Dispatcher;
import dev.sallyport.internal.task.ExecutorFuture;
import dev.sallyport.internal.tls.TicketKeys;
import dev.sallyport.internal.tls.context.ContextSet;
import dev.sallyport.internal.tls.context.TlsProviders;
import dev.sallyport.internal.wire.NettyLogging;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One call of {@code bind}: its arguments checked at once, in the order of the parameters, then the address looked up if it
 * is a name, then the operating system asked. Binding to a number needs no other thread and is done when the call returns.
 */
final class Binding {
    private final @Nullable String host; // a name to look up
    private final @Nullable SocketAddress address;
    private final int port;
    private final SecurityContext context;
    private final BindOptions options;

    private Binding(
            @Nullable String host,
            @Nullable SocketAddress address,
            int port,
            SecurityContext context,
            BindOptions options) {
        this.host = host;
        this.address = address;
        this.port = port;
        this.context = context;
        this.options = options;
    }

    static Binding of(String address, int port, SecurityContext context, Consumer<BindOptions.Builder> configure) {
        Objects.requireNonNull(address, "address");
        checkPort(port);
        return of(address, port, context, options(configure));
    }

    static Binding of(String address, int port, SecurityContext context, BindOptions options) {
        Objects.requireNonNull(address, "address");
        checkPort(port);
        Objects.requireNonNull(options, "options");
        BindCheck.check(Objects.requireNonNull(context, "context"), options);
        InetAddress literal = AddressLiteral.parseHost(address);
        return literal == null
                ? new Binding(address, null, port, context, options)
                : new Binding(null, new InetSocketAddress(literal, port), port, context, options);
    }

    static Binding of(InetAddress address, int port, SecurityContext context, Consumer<BindOptions.Builder> configure) {
        Objects.requireNonNull(address, "address");
        checkPort(port);
        return of(address, port, context, options(configure));
    }

    static Binding of(InetAddress address, int port, SecurityContext context, BindOptions options) {
        Objects.requireNonNull(address, "address");
        checkPort(port);
        Objects.requireNonNull(options, "options");
        BindCheck.check(Objects.requireNonNull(context, "context"), options);
        return new Binding(null, new InetSocketAddress(withoutName(address), port), port, context, options);
    }

    static Binding of(SocketAddress address, SecurityContext context, Consumer<BindOptions.Builder> configure) {
        Objects.requireNonNull(address, "address");
        return of(address, context, options(configure));
    }

    static Binding of(SocketAddress address, SecurityContext context, BindOptions options) {
        Objects.requireNonNull(address, "address");
        Objects.requireNonNull(options, "options");
        BindCheck.check(Objects.requireNonNull(context, "context"), options);
        if (address instanceof InetSocketAddress inet) {
            return inet.isUnresolved()
                    ? of(inet.getHostString(), inet.getPort(), context, options)
                    : of(inet.getAddress(), inet.getPort(), context, options);
        }
        if (address instanceof UnixDomainSocketAddress path) {
            if (path.getPath().toString().isEmpty()) {
                throw new IllegalArgumentException("address is a Unix-domain address without a path");
            }
            return new Binding(null, address, 0, context, options);
        }
        throw new IllegalArgumentException("address is a " + address.getClass().getName()
                + "; an InetSocketAddress or a UnixDomainSocketAddress can be bound");
    }

    private static BindOptions options(Consumer<BindOptions.Builder> configure) {
        BindOptions.Builder builder = BindOptions.builder();
        Objects.requireNonNull(configure, "options").accept(builder);
        return builder.build();
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

    static ContextSet contexts(
            SecurityContext context, BindOptions options, TlsProvider provider, TicketKeys ticketKeys)
            throws IOException {
        return new ContextSet(
                new SecurityContextConfigs(context),
                new ContextSet.Settings(
                        provider,
                        options.supportedProtocols(),
                        options.requireProtocol(),
                        ListenHandle.clientAuth(options),
                        ticketKeys,
                        options.executor()));
    }

    /** Looks up and binds; a future that is complete already when there was nothing to look up. */
    CompletableFuture<RawSecureServerSocket> start() {
        CompletableFuture<RawSecureServerSocket> future = new ExecutorFuture<>(options.executor());
        if (host == null) {
            complete(future);
        } else {
            Dispatcher.handTo(
                    DefaultExecutor.instance(), () -> lookUpAndComplete(future), future::completeExceptionally);
        }
        return future;
    }

    /** The lookup may block, so it is not the user's executor that does it; completing is. */
    private void lookUpAndComplete(CompletableFuture<RawSecureServerSocket> future) {
        CompletableFuture<RawSecureServerSocket> bound = new CompletableFuture<>();
        complete(bound);
        Dispatcher.handTo(options.executor(), () -> pass(bound, future), full -> pass(bound, future));
    }

    private static void pass(
            CompletableFuture<RawSecureServerSocket> bound, CompletableFuture<RawSecureServerSocket> future) {
        bound.whenComplete((server, failure) -> {
            if (failure != null) {
                future.completeExceptionally(failure);
            } else if (!future.complete(server)) {
                server.close(); // cancelled meanwhile
            }
        });
    }

    private void complete(CompletableFuture<RawSecureServerSocket> future) {
        try {
            future.complete(bindNow());
        } catch (Throwable failure) {
            future.completeExceptionally(failure);
        }
    }

    /** Looks up and binds on this thread. */
    RawSecureServerSocket bindNow() throws IOException {
        NettyLogging.check();
        SocketAddress target = address == null ? new InetSocketAddress(lookup(), port) : address;
        TlsProvider provider = TlsProviders.resolve(context.material().provider());
        ListenHandle handle =
                ListenRegistry.bind(target, options, context, keys -> contexts(context, options, provider, keys));
        BindCheck.warn(handle.localAddress(), context, options);
        return RawSecureServerSocket.of(handle, options, provider, context);
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
