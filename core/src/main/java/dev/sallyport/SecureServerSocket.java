package dev.sallyport;

import dev.sallyport.internal.accept.ConnectionsPublisher;
import dev.sallyport.internal.accept.Deliveries;
import dev.sallyport.internal.accept.PendingAccepts;
import dev.sallyport.internal.accept.ServeLoop;
import dev.sallyport.internal.names.AddressText;
import dev.sallyport.internal.options.OptionCheck;
import dev.sallyport.internal.task.Awaited;
import dev.sallyport.internal.task.NeverBlocks;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A TLS server socket: one call binds, one call accepts, and what comes back has finished its handshake.
 *
 * {@snippet :
 * var context = SecurityContext.fromPem(chain, key);
 * var server = SecureServerSocket.open("localhost", port, context);
 * server.serve(socket -> socket.inputStream().transferTo(socket.outputStream()));
 * }
 *
 * <p>Connections are taken in one of three ways: {@link #accept} and {@link #acceptAsync}, or {@link #serve}, or a
 * subscription to {@link #connections}. Mixing them is an {@link IllegalStateException}. No handshake begins before one of
 * them is used for the first time. A client whose handshake fails is never seen here; {@link ServerObserver} hears of it.
 *
 * <p>Any thread may call any method. Handlers, futures that have to wait and signals of publishers run on
 * {@link BindOptions#executor}. The program stays up while a server is open.
 */
public final class SecureServerSocket implements SecureServer {
    private static final String ACCEPT = "accept";

    private final RawSecureServerSocket raw;
    private final Deliveries<SecureSocket> deliveries;
    private final PendingAccepts<SecureSocket> pendingAccepts;
    private final AtomicReference<@Nullable String> takenBy = new AtomicReference<>(); // by which method

    SecureServerSocket(RawSecureServerSocket raw) {
        this.raw = raw;
        this.deliveries = raw.deliveries(SecureSocket::new);
        this.pendingAccepts = new PendingAccepts<>(deliveries);
    }

    // ---- bind

    /**
     * Binds with the default options.
     *
     * @param address a numeric address, or a host name, of which the first result is used; {@code "::"} for all addresses,
     *     {@code "127.0.0.1"} or {@code "localhost"} for this machine
     * @param port 0..65535; 0 lets the system choose one that {@link #port()} tells
     * @param context the certificate and key, and what else decides how handshakes go
     * @return completes when the socket is bound and listens; fails with {@link java.net.UnknownHostException} or
     *     {@link java.net.BindException}
     * @throws IllegalArgumentException at once, for a bad port or a context without an identity
     */
    public static CompletableFuture<SecureServerSocket> bind(String address, int port, SecurityContext context) {
        return wrapped(RawSecureServerSocket.bind(address, port, context));
    }

    /**
     * Binds, as {@link #bind(String, int, SecurityContext)}.
     *
     * @param options sets options, and is called before this method returns
     * @throws IllegalArgumentException also for a bad option, and for options that contradict each other
     */
    public static CompletableFuture<SecureServerSocket> bind(
            String address, int port, SecurityContext context, Consumer<BindOptions.Builder> options) {
        return wrapped(RawSecureServerSocket.bind(address, port, context, options));
    }

    /** Binds with options made before, as {@link #bind(String, int, SecurityContext, Consumer)}. */
    public static CompletableFuture<SecureServerSocket> bind(
            String address, int port, SecurityContext context, BindOptions options) {
        return wrapped(RawSecureServerSocket.bind(address, port, context, options));
    }

    /** Binds to an address with the default options, as {@link #bind(String, int, SecurityContext)}. */
    public static CompletableFuture<SecureServerSocket> bind(InetAddress address, int port, SecurityContext context) {
        return wrapped(RawSecureServerSocket.bind(address, port, context));
    }

    /** Binds to an address, as {@link #bind(String, int, SecurityContext, Consumer)}. */
    public static CompletableFuture<SecureServerSocket> bind(
            InetAddress address, int port, SecurityContext context, Consumer<BindOptions.Builder> options) {
        return wrapped(RawSecureServerSocket.bind(address, port, context, options));
    }

    /** Binds to an address with options made before, as {@link #bind(String, int, SecurityContext, Consumer)}. */
    public static CompletableFuture<SecureServerSocket> bind(
            InetAddress address, int port, SecurityContext context, BindOptions options) {
        return wrapped(RawSecureServerSocket.bind(address, port, context, options));
    }

    /**
     * Binds with the default options to an {@link java.net.InetSocketAddress}, looked up when it is unresolved, or a
     * {@link java.net.UnixDomainSocketAddress}; else as {@link #bind(String, int, SecurityContext)}.
     */
    public static CompletableFuture<SecureServerSocket> bind(SocketAddress address, SecurityContext context) {
        return wrapped(RawSecureServerSocket.bind(address, context));
    }

    /** Binds, as {@link #bind(SocketAddress, SecurityContext)} and {@link #bind(String, int, SecurityContext, Consumer)}. */
    public static CompletableFuture<SecureServerSocket> bind(
            SocketAddress address, SecurityContext context, Consumer<BindOptions.Builder> options) {
        return wrapped(RawSecureServerSocket.bind(address, context, options));
    }

    /** Binds with options made before, as {@link #bind(SocketAddress, SecurityContext)}. */
    public static CompletableFuture<SecureServerSocket> bind(
            SocketAddress address, SecurityContext context, BindOptions options) {
        return wrapped(RawSecureServerSocket.bind(address, context, options));
    }

    /**
     * Binds and waits for it, as {@link #bind(String, int, SecurityContext)}.
     *
     * @throws IOException as the future would fail: {@link java.net.UnknownHostException}, {@link java.net.BindException}
     * @throws InterruptedIOException when the thread is interrupted while it waits for a name to be looked up; nothing is
     *     bound then, and the thread stays interrupted
     */
    public static SecureServerSocket open(String address, int port, SecurityContext context) throws IOException {
        return Awaited.bound("bind " + address + ":" + port, bind(address, port, context));
    }

    /** Binds and waits for it, as {@link #bind(String, int, SecurityContext, Consumer)}. */
    public static SecureServerSocket open(
            String address, int port, SecurityContext context, Consumer<BindOptions.Builder> options)
            throws IOException {
        return Awaited.bound("bind " + address + ":" + port, bind(address, port, context, options));
    }

    /** Binds and waits for it, as {@link #bind(String, int, SecurityContext, BindOptions)}. */
    public static SecureServerSocket open(String address, int port, SecurityContext context, BindOptions options)
            throws IOException {
        return Awaited.bound("bind " + address + ":" + port, bind(address, port, context, options));
    }

    /** Binds and waits for it, as {@link #bind(InetAddress, int, SecurityContext)}. */
    public static SecureServerSocket open(InetAddress address, int port, SecurityContext context) throws IOException {
        return Awaited.bound("bind " + address + ":" + port, bind(address, port, context));
    }

    /** Binds and waits for it, as {@link #bind(InetAddress, int, SecurityContext, Consumer)}. */
    public static SecureServerSocket open(
            InetAddress address, int port, SecurityContext context, Consumer<BindOptions.Builder> options)
            throws IOException {
        return Awaited.bound("bind " + address + ":" + port, bind(address, port, context, options));
    }

    /** Binds and waits for it, as {@link #bind(InetAddress, int, SecurityContext, BindOptions)}. */
    public static SecureServerSocket open(InetAddress address, int port, SecurityContext context, BindOptions options)
            throws IOException {
        return Awaited.bound("bind " + address + ":" + port, bind(address, port, context, options));
    }

    /** Binds and waits for it, as {@link #bind(SocketAddress, SecurityContext)}. */
    public static SecureServerSocket open(SocketAddress address, SecurityContext context) throws IOException {
        return Awaited.bound("bind " + address, bind(address, context));
    }

    /** Binds and waits for it, as {@link #bind(SocketAddress, SecurityContext, Consumer)}. */
    public static SecureServerSocket open(
            SocketAddress address, SecurityContext context, Consumer<BindOptions.Builder> options) throws IOException {
        return Awaited.bound("bind " + address, bind(address, context, options));
    }

    /** Binds and waits for it, as {@link #bind(SocketAddress, SecurityContext, BindOptions)}. */
    public static SecureServerSocket open(SocketAddress address, SecurityContext context, BindOptions options)
            throws IOException {
        return Awaited.bound("bind " + address, bind(address, context, options));
    }

    private static CompletableFuture<SecureServerSocket> wrapped(CompletableFuture<RawSecureServerSocket> raw) {
        CompletableFuture<SecureServerSocket> wrapped = raw.newIncompleteFuture();
        raw.whenComplete((bound, failure) -> {
            if (failure != null) {
                wrapped.completeExceptionally(failure);
            } else if (!wrapped.complete(new SecureServerSocket(bound))) {
                bound.close(); // cancelled meanwhile
            }
        });
        return wrapped;
    }

    // ---- accepting

    /**
     * Waits for a connection. Any number of threads may.
     *
     * @return a connection that has finished its handshake; the caller closes it
     * @throws java.nio.channels.AsynchronousCloseException when the server is closed meanwhile
     * @throws java.nio.channels.ClosedChannelException when it was closed before
     * @throws InterruptedIOException when the thread is interrupted, whose flag stays set; the server stays open
     */
    public SecureSocket accept() throws IOException {
        enter(ACCEPT);
        return await(pendingAccepts.accept(true), null);
    }

    /**
     * Waits for a connection, as {@link #accept()}, but not longer than {@code timeout}.
     *
     * @param timeout zero for ever
     * @throws SocketTimeoutException when none came; the call may be repeated
     */
    public SecureSocket accept(Duration timeout) throws IOException {
        OptionCheck.timeout("accept", timeout);
        enter(ACCEPT);
        return await(pendingAccepts.accept(true), timeout.isZero() ? null : timeout);
    }

    /** {@return the next connection, in the order of the calls} Withdrawing the future leaves the connection to the next. */
    public CompletableFuture<SecureSocket> acceptAsync() {
        enter(ACCEPT);
        return pendingAccepts.accept(false);
    }

    /**
     * {@return the connections, for one subscriber, as many as it asks for} Closing the server completes it, and
     * fails those who come later with {@link java.nio.channels.ClosedChannelException}; cancelling it closes the server.
     * Connections that nobody has asked for wait, up to {@link BindOptions#acceptQueue}.
     */
    public Flow.Publisher<SecureSocket> connections() {
        return new ConnectionsPublisher<>(deliveries, () -> enter("connections"), raw::close);
    }

    /**
     * Calls {@code handler} for every connection, each on a thread of the executor: a virtual thread, where the JDK has
     * them. When it returns, its connection is closed in order; when it throws, the connection is aborted, and the observer
     * hears of it.
     *
     * @return completes when the server is closed and all handlers have returned; fails with
     *     {@link java.nio.channels.ClosedChannelException} when it was closed before
     */
    public CompletableFuture<Void> serve(ConnectionHandler handler) {
        OptionCheck.nonNull("serve", "handler", handler);
        enter("serve");
        return new ServeLoop<>(deliveries, handler::handle).start();
    }

    /** Accepting may go on with accepting; everything else is used once. What comes after the end is told of that. */
    private void enter(String method) {
        if (!deliveries.areToCome()) {
            return;
        }
        String current = takenBy.compareAndExchange(null, method);
        if (current != null && !(current.equals(ACCEPT) && method.equals(ACCEPT))) {
            throw new IllegalStateException(
                    deliveries.called(method) + "the connections of this server are taken by " + current + " already");
        }
    }

    private SecureSocket await(CompletableFuture<SecureSocket> accepted, @Nullable Duration timeout)
            throws IOException {
        if (NeverBlocks.isCurrent() && accepted.cancel(false)) {
            throw NeverBlocks.refusal(AddressText.call("accept", localAddress()));
        }
        try {
            return timeout == null ? accepted.get() : accepted.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException interrupted) {
            return inTime(accepted, Awaited.interrupted(deliveries.called("accept")));
        } catch (TimeoutException late) {
            return inTime(
                    accepted,
                    new SocketTimeoutException(deliveries.called("accept") + "no connection came within " + timeout));
        } catch (ExecutionException failure) {
            throw Awaited.thrown(failure.getCause());
        }
    }

    /** Gives up waiting, unless a connection was given to this waiter in the meantime: that must not be lost. */
    private static SecureSocket inTime(CompletableFuture<SecureSocket> accepted, IOException otherwise)
            throws IOException {
        if (accepted.cancel(false) || accepted.isCancelled()) {
            throw otherwise;
        }
        try {
            return accepted.join();
        } catch (CompletionException failure) {
            throw Awaited.thrown(failure.getCause());
        }
    }

    // ---- ending

    /**
     * {@inheritDoc} Waiting {@code accept} calls fail with
     * {@link java.nio.channels.AsynchronousCloseException}, publishers complete, {@code serve} completes with its last
     * handler. May be repeated.
     */
    @Override
    public void close() {
        raw.close();
    }

    @Override
    public CompletableFuture<Void> onClosed() {
        return raw.onClosed();
    }

    @Override
    public CompletableFuture<Void> shutdown(Duration grace) {
        return raw.shutdown(grace);
    }

    @Override
    public CompletableFuture<Void> onDraining() {
        return raw.onDraining();
    }

    @Override
    public boolean isOpen() {
        return raw.isOpen();
    }

    // ---- what it is

    @Override
    public SocketAddress localAddress() {
        return raw.localAddress();
    }

    @Override
    public BindOptions options() {
        return raw.options();
    }

    @Override
    public Transport transport() {
        return raw.transport();
    }

    @Override
    public TlsProvider provider() {
        return raw.provider();
    }

    @Override
    public SecurityContext context() {
        return raw.context();
    }

    @Override
    public void replaceContext(SecurityContext replacement) {
        raw.replaceContext(replacement);
    }

    @Override
    public ServerStatistics statistics() {
        return raw.statistics();
    }

    /** {@return the address bound, and whether it is open} */
    @Override
    public String toString() {
        return "SecureServerSocket[" + localAddress() + (isOpen() ? "]" : ", closed]");
    }
}
