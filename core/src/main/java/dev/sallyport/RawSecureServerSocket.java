package dev.sallyport;

import dev.sallyport.internal.accept.Deliveries;
import dev.sallyport.internal.accept.HandlerLoop;
import dev.sallyport.internal.connection.Connection;
import dev.sallyport.internal.listen.BindAddress;
import dev.sallyport.internal.listen.BindCheck;
import dev.sallyport.internal.listen.ContextMonitor;
import dev.sallyport.internal.listen.ListenHandle;
import dev.sallyport.internal.listen.ListenRegistry;
import dev.sallyport.internal.names.AddressText;
import dev.sallyport.internal.options.OptionCheck;
import dev.sallyport.internal.task.Awaited;
import dev.sallyport.internal.task.DrainSignal;
import dev.sallyport.internal.task.EventFuture;
import dev.sallyport.internal.tls.context.LoadedContext;
import java.io.IOException;
import java.net.InetAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A TLS server socket that gives out connections without ever blocking: the layer on which {@link SecureServerSocket} is
 * built. What it gives out has finished its handshake.
 *
 * {@snippet :
 * var server = RawSecureServerSocket.open("localhost", port, context);
 * server.listen(socket -> {
 *     socket.write(ByteBuffer.wrap(greeting)); // takes all of it: nothing waits to be sent yet
 *     socket.close(); // after what was written has been sent
 * });
 * }
 *
 * <p>Nothing is taken from the system's queue and no handshake begins before {@link #listen}, {@link #resume} or
 * {@link #accept} is called for the first time.
 *
 * <p>Any thread may call any method. The handler of {@link #listen} and futures that have to wait run on
 * {@link BindOptions#executor}, the action of {@link #whenAcceptable} on the event loop or on the caller's thread.
 */
public final class RawSecureServerSocket implements SecureServer {
    private final ListenHandle handle;
    private final BindOptions options;
    private final Deliveries<RawSecureSocket> deliveries;
    private final HandlerLoop<RawSecureSocket> handlerLoop;
    private final EventFuture draining;
    private final DrainSignal drainSignal = new DrainSignal();
    private final EventFuture closed;
    private final ContextMonitor monitor;
    private final ReentrantLock replacing = new ReentrantLock();
    private volatile SecurityContext context; // written with replacing held

    private RawSecureServerSocket(ListenHandle handle, BindOptions options, SecurityContext context) {
        this.handle = handle;
        this.options = options;
        this.context = context;
        this.deliveries = deliveries(socket -> socket);
        this.handlerLoop = new HandlerLoop<>(deliveries);
        this.draining = new EventFuture(options.executor());
        this.closed = new EventFuture(options.executor());
        this.monitor = new ContextMonitor(new Monitored(), handle, options.watchFiles());
        handle.whenClosed(() -> handle.dispatcher().execute(() -> closed.happen(null)));
    }

    /** This server, as its monitor sees it. */
    private final class Monitored implements ContextMonitor.Server {
        @Override
        public LoadedContext context() {
            return context.loaded();
        }

        @Override
        public void reload(LoadedContext current) throws IOException {
            SecurityContext expected = context;
            if (expected.loaded() == current) {
                replaceContext(expected, expected.reload());
            }
        }

        @Override
        public String toString() {
            return "server " + AddressText.of(localAddress());
        }
    }

    // ---- bind

    /** As {@link SecureServerSocket#bind(String, int, SecurityContext)}, for connections without blocking calls. */
    public static CompletableFuture<RawSecureServerSocket> bind(String address, int port, SecurityContext context) {
        return bind(BindAddress.of(address, port), BindOptions.defaults(), context);
    }

    /** As {@link SecureServerSocket#bind(String, int, SecurityContext, Consumer)}. */
    public static CompletableFuture<RawSecureServerSocket> bind(
            String address, int port, SecurityContext context, Consumer<BindOptions.Builder> options) {
        return bind(BindAddress.of(address, port), configured(options), context);
    }

    /** As {@link SecureServerSocket#bind(String, int, SecurityContext, BindOptions)}. */
    public static CompletableFuture<RawSecureServerSocket> bind(
            String address, int port, SecurityContext context, BindOptions options) {
        return bind(BindAddress.of(address, port), Objects.requireNonNull(options, "options"), context);
    }

    /** As {@link SecureServerSocket#bind(InetAddress, int, SecurityContext)}. */
    public static CompletableFuture<RawSecureServerSocket> bind(
            InetAddress address, int port, SecurityContext context) {
        return bind(BindAddress.of(address, port), BindOptions.defaults(), context);
    }

    /** As {@link SecureServerSocket#bind(InetAddress, int, SecurityContext, Consumer)}. */
    public static CompletableFuture<RawSecureServerSocket> bind(
            InetAddress address, int port, SecurityContext context, Consumer<BindOptions.Builder> options) {
        return bind(BindAddress.of(address, port), configured(options), context);
    }

    /** As {@link SecureServerSocket#bind(InetAddress, int, SecurityContext, BindOptions)}. */
    public static CompletableFuture<RawSecureServerSocket> bind(
            InetAddress address, int port, SecurityContext context, BindOptions options) {
        return bind(BindAddress.of(address, port), Objects.requireNonNull(options, "options"), context);
    }

    /** As {@link SecureServerSocket#bind(SocketAddress, SecurityContext)}. */
    public static CompletableFuture<RawSecureServerSocket> bind(SocketAddress address, SecurityContext context) {
        return bind(BindAddress.of(address), BindOptions.defaults(), context);
    }

    /** As {@link SecureServerSocket#bind(SocketAddress, SecurityContext, Consumer)}. */
    public static CompletableFuture<RawSecureServerSocket> bind(
            SocketAddress address, SecurityContext context, Consumer<BindOptions.Builder> options) {
        return bind(BindAddress.of(address), configured(options), context);
    }

    /** As {@link SecureServerSocket#bind(SocketAddress, SecurityContext, BindOptions)}. */
    public static CompletableFuture<RawSecureServerSocket> bind(
            SocketAddress address, SecurityContext context, BindOptions options) {
        return bind(BindAddress.of(address), Objects.requireNonNull(options, "options"), context);
    }

    /**
     * Binds and waits for it, as {@link SecureServerSocket#open(String, int, SecurityContext)}.
     *
     * @throws IOException as the future of {@link #bind} would fail
     * @throws java.io.InterruptedIOException when the thread is interrupted while it waits for a name to be looked up; nothing
     *     is bound then, and the thread stays interrupted
     */
    public static RawSecureServerSocket open(String address, int port, SecurityContext context) throws IOException {
        return Awaited.bound("bind " + address + ":" + port, bind(address, port, context));
    }

    /** As {@link SecureServerSocket#open(String, int, SecurityContext, Consumer)}. */
    public static RawSecureServerSocket open(
            String address, int port, SecurityContext context, Consumer<BindOptions.Builder> options)
            throws IOException {
        return Awaited.bound("bind " + address + ":" + port, bind(address, port, context, options));
    }

    /** As {@link SecureServerSocket#open(String, int, SecurityContext, BindOptions)}. */
    public static RawSecureServerSocket open(String address, int port, SecurityContext context, BindOptions options)
            throws IOException {
        return Awaited.bound("bind " + address + ":" + port, bind(address, port, context, options));
    }

    /** As {@link SecureServerSocket#open(InetAddress, int, SecurityContext)}. */
    public static RawSecureServerSocket open(InetAddress address, int port, SecurityContext context)
            throws IOException {
        return Awaited.bound("bind " + address + ":" + port, bind(address, port, context));
    }

    /** As {@link SecureServerSocket#open(InetAddress, int, SecurityContext, Consumer)}. */
    public static RawSecureServerSocket open(
            InetAddress address, int port, SecurityContext context, Consumer<BindOptions.Builder> options)
            throws IOException {
        return Awaited.bound("bind " + address + ":" + port, bind(address, port, context, options));
    }

    /** As {@link SecureServerSocket#open(InetAddress, int, SecurityContext, BindOptions)}. */
    public static RawSecureServerSocket open(
            InetAddress address, int port, SecurityContext context, BindOptions options) throws IOException {
        return Awaited.bound("bind " + address + ":" + port, bind(address, port, context, options));
    }

    /** As {@link SecureServerSocket#open(SocketAddress, SecurityContext)}. */
    public static RawSecureServerSocket open(SocketAddress address, SecurityContext context) throws IOException {
        return Awaited.bound("bind " + address, bind(address, context));
    }

    /** As {@link SecureServerSocket#open(SocketAddress, SecurityContext, Consumer)}. */
    public static RawSecureServerSocket open(
            SocketAddress address, SecurityContext context, Consumer<BindOptions.Builder> options) throws IOException {
        return Awaited.bound("bind " + address, bind(address, context, options));
    }

    /** As {@link SecureServerSocket#open(SocketAddress, SecurityContext, BindOptions)}. */
    public static RawSecureServerSocket open(SocketAddress address, SecurityContext context, BindOptions options)
            throws IOException {
        return Awaited.bound("bind " + address, bind(address, context, options));
    }

    private static BindOptions configured(Consumer<BindOptions.Builder> options) {
        BindOptions.Builder builder = BindOptions.builder();
        Objects.requireNonNull(options, "options").accept(builder);
        return builder.build();
    }

    private static CompletableFuture<RawSecureServerSocket> bind(
            BindAddress address, BindOptions options, SecurityContext context) {
        BindCheck.check(Objects.requireNonNull(context, "context").loaded(), options);
        return address.bind(options.executor(), target -> {
            ListenHandle handle = ListenRegistry.bind(target, options, context.loaded());
            BindCheck.warn(handle.localAddress(), context.loaded(), options);
            RawSecureServerSocket server = new RawSecureServerSocket(handle, options, context);
            server.monitor.start();
            return server;
        });
    }

    // ---- accepting

    /**
     * {@return the next connection, or null when none is ready} Never blocks. The connection is the caller's to close. While
     * the server is paused it gives those that were taken before, and takes no new ones.
     *
     * @throws java.nio.channels.ClosedChannelException when the server is closed, so that there will be none any more
     * @throws IllegalStateException when a handler takes the connections
     */
    public @Nullable RawSecureSocket accept() throws IOException {
        if (!deliveries.areToCome()) {
            throw deliveries.closed("accept");
        }
        if (handlerLoop.hasHandler()) {
            throw new IllegalStateException(
                    deliveries.called("accept") + "the handler given to listen takes the connections");
        }
        return deliveries.take();
    }

    /**
     * Runs an action once, when {@link #accept} may give a connection or the server has closed: on the caller's thread,
     * now, when that is so already, else on a thread of the library, where it must not block. A second call takes the place
     * of a first that has not run.
     */
    public void whenAcceptable(Runnable action) {
        handle.whenAcceptable(OptionCheck.nonNull("whenAcceptable", "action", action));
    }

    /**
     * Gives every connection to {@code handler}, one at a time, on the executor of the options. One that throws aborts that
     * connection, and the observer hears of it.
     *
     * @throws IllegalStateException when there is a handler already, or the server is closed
     */
    public void listen(RawConnectionHandler handler) {
        OptionCheck.nonNull("listen", "handler", handler);
        deliveries.requireOpen("listen");
        handlerLoop.listen(handler::handle);
        begin();
    }

    /**
     * Takes no more connections until {@link #resume}: they wait in the system's queue, those on their way here. May be
     * repeated; a server that is closed takes none anyway.
     */
    public void pause() {
        handle.pause();
    }

    /**
     * Takes connections; undoes {@link #pause}. May be repeated.
     *
     * @throws IllegalStateException when the server is closed
     */
    public void resume() {
        deliveries.requireOpen("resume");
        begin();
    }

    private void begin() {
        handle.resume();
        handlerLoop.arm();
    }

    // ---- ending

    @Override
    public void close() {
        beginDraining();
        handle.close();
    }

    @Override
    public CompletableFuture<Void> onClosed() {
        return closed;
    }

    @Override
    public CompletableFuture<Void> shutdown(Duration grace) {
        OptionCheck.grace("shutdown", grace);
        CompletableFuture<Void> done = deliveries.newFuture();
        beginDraining();
        handle.drain(() -> {
            handle.close();
            deliveries.complete(done);
        });
        CompletableFuture<Void> patience = new CompletableFuture<>();
        patience.thenRun(this::force); // not on the executor, which may have been shut down
        done.whenComplete((nothing, failure) -> patience.cancel(false));
        patience.completeOnTimeout(null, grace.toNanos(), TimeUnit.NANOSECONDS);
        return done.copy();
    }

    private void force() {
        handle.close();
        handle.connections().forEach(Connection::abort);
    }

    @Override
    public CompletableFuture<Void> onDraining() {
        return draining;
    }

    private void beginDraining() {
        monitor.end();
        handle.dispatcher().execute(() -> {
            draining.happen(null);
            drainSignal.begin();
        });
    }

    @Override
    public boolean isOpen() {
        return handle.isListening();
    }

    // ---- what it is

    @Override
    public SocketAddress localAddress() {
        return handle.localAddress();
    }

    @Override
    public BindOptions options() {
        return options;
    }

    @Override
    public Transport transport() {
        return handle.transport();
    }

    @Override
    public TlsProvider provider() {
        return handle.provider();
    }

    @Override
    public SecurityContext context() {
        return context;
    }

    @Override
    public void replaceContext(SecurityContext replacement) {
        OptionCheck.nonNull("replaceContext", "replacement", replacement);
        deliveries.requireOpen("replaceContext");
        replaceContext(null, replacement);
        BindCheck.warn(localAddress(), replacement.loaded(), options);
    }

    /** Does nothing when another context than {@code expected}, if that is given, has come to be used meanwhile. */
    void replaceContext(@Nullable SecurityContext expected, SecurityContext replacement) {
        BindCheck.check(replacement.loaded(), options);
        replacing.lock();
        try {
            if (expected != null && context != expected) {
                return;
            }
            handle.replaceContext(replacement.loaded(), () -> context = replacement);
        } catch (IOException failure) {
            throw new IllegalArgumentException(
                    "the context cannot be used with " + provider() + ": " + failure.getMessage(), failure);
        } finally {
            replacing.unlock();
        }
        monitor.lookAtCertificates();
    }

    @Override
    public ServerStatistics statistics() {
        ServerStatistics.Counts counts = new ServerStatistics.Counts();
        counts.accepted = handle.counts().accepted();
        counts.filtered = handle.counts().filtered();
        counts.connectionsSilent = handle.admission().silentCount();
        counts.handshakesPending = handle.admission().pendingCount();
        counts.acceptQueueLength = handle.admission().undeliveredCount();
        counts.connectionsOpen = handle.connectionsOpen();
        counts.handshakesCompleted = handle.counts().completed();
        counts.handshakesResumed = handle.counts().resumed();
        counts.handshakeTime = Duration.ofNanos(handle.counts().handshakeNanos());
        counts.versions.putAll(handle.counts().versions());
        counts.groups.putAll(handle.counts().groups());
        counts.bytesReceived = handle.counts().bytesReceived();
        counts.bytesSent = handle.counts().bytesSent();
        counts.handshakesFailed.putAll(handle.counts().failures());
        counts.limitsReached.putAll(handle.counts().limits());
        return new ServerStatistics(counts);
    }

    /** {@return the address bound, and whether it is open} */
    @Override
    public String toString() {
        return "RawSecureServerSocket[" + localAddress() + (isOpen() ? "]" : ", closed]");
    }

    // ---- for the classes of this package

    /** {@return its connections, in another form} */
    <S extends SecureConnection> Deliveries<S> deliveries(Function<RawSecureSocket, S> form) {
        return new Deliveries<>(
                handle, options.executor(), established -> form.apply(new RawSecureSocket(established, this)));
    }

    /** The user's code for a connection has thrown: the connection is aborted, and the observer is told. */
    void handlerFailed(RawSecureSocket socket, Throwable failure) {
        deliveries.handlerFailed(socket, failure);
    }

    /** The executor has refused a task: the connection that it was for is closed. */
    void rejected(RawSecureSocket socket, Throwable full) {
        deliveries.rejected(socket, full);
    }

    DrainSignal drainSignal() {
        return drainSignal;
    }
}
