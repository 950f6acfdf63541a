package dev.sallyport;

import dev.sallyport.internal.connection.ClosedException;
import dev.sallyport.internal.connection.Connection;
import dev.sallyport.internal.handshake.EstablishedConnection;
import dev.sallyport.internal.listen.ListenHandle;
import dev.sallyport.internal.task.Dispatcher;
import dev.sallyport.internal.task.EventFuture;
import dev.sallyport.internal.task.ExecutorFuture;
import dev.sallyport.internal.tls.ContextSet;
import dev.sallyport.internal.wire.AddressText;
import java.io.IOException;
import java.net.InetAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A TLS server socket that gives out connections without ever blocking: the layer on which {@link SecureServerSocket} is
 * built. What it gives out has finished its handshake.
 *
 * <p>Any thread may call any method. Nothing is taken from the system's queue and no handshake begins before
 * {@link #listen}, {@link #resume} or {@link #accept} is called for the first time.
 */
public final class RawSecureServerSocket implements SecureServer {
    private static final String IS_CLOSED = "this server has been closed";
    private static final System.Logger LOG = System.getLogger("dev.sallyport");

    private final ListenHandle handle;
    private final BindOptions options;
    private final TlsProvider provider;
    private final AtomicReference<@Nullable RawConnectionHandler> handler = new AtomicReference<>();
    private final EventFuture draining;
    private final DrainSignal drainSignal = new DrainSignal();
    private final EventFuture closed;
    private final ContextMonitor upkeep;
    private final ReentrantLock replacing = new ReentrantLock();
    private volatile SecurityContext context; // written with replacing held
    private final AtomicBoolean delivering = new AtomicBoolean(); // to the handler, or waiting for what to deliver

    private RawSecureServerSocket(
            ListenHandle handle, BindOptions options, TlsProvider provider, SecurityContext context) {
        this.handle = handle;
        this.options = options;
        this.provider = provider;
        this.context = context;
        this.draining = new EventFuture(options.executor());
        this.closed = new EventFuture(options.executor());
        this.upkeep = new ContextMonitor(this, handle);
        handle.whenClosed(() -> dispatcher().execute(() -> closed.happen(null)));
    }

    /** One on a handle of its own. */
    static RawSecureServerSocket of(
            ListenHandle handle, BindOptions options, TlsProvider provider, SecurityContext context) {
        RawSecureServerSocket server = new RawSecureServerSocket(handle, options, provider, context);
        server.upkeep.start();
        return server;
    }

    // ---- bind

    /** As {@link SecureServerSocket#bind(String, int, SecurityContext)}, for connections without blocking calls. */
    public static CompletableFuture<RawSecureServerSocket> bind(String address, int port, SecurityContext context) {
        return Binding.of(address, port, context, BindOptions.defaults()).start();
    }

    /** As {@link SecureServerSocket#bind(String, int, SecurityContext, Consumer)}. */
    public static CompletableFuture<RawSecureServerSocket> bind(
            String address, int port, SecurityContext context, Consumer<BindOptions.Builder> options) {
        return Binding.of(address, port, context, options).start();
    }

    /** As {@link SecureServerSocket#bind(String, int, SecurityContext, BindOptions)}. */
    public static CompletableFuture<RawSecureServerSocket> bind(
            String address, int port, SecurityContext context, BindOptions options) {
        return Binding.of(address, port, context, options).start();
    }

    /** As {@link SecureServerSocket#bind(InetAddress, int, SecurityContext)}. */
    public static CompletableFuture<RawSecureServerSocket> bind(
            InetAddress address, int port, SecurityContext context) {
        return Binding.of(address, port, context, BindOptions.defaults()).start();
    }

    /** As {@link SecureServerSocket#bind(InetAddress, int, SecurityContext, Consumer)}. */
    public static CompletableFuture<RawSecureServerSocket> bind(
            InetAddress address, int port, SecurityContext context, Consumer<BindOptions.Builder> options) {
        return Binding.of(address, port, context, options).start();
    }

    /** As {@link SecureServerSocket#bind(InetAddress, int, SecurityContext, BindOptions)}. */
    public static CompletableFuture<RawSecureServerSocket> bind(
            InetAddress address, int port, SecurityContext context, BindOptions options) {
        return Binding.of(address, port, context, options).start();
    }

    /** As {@link SecureServerSocket#bind(SocketAddress, SecurityContext)}. */
    public static CompletableFuture<RawSecureServerSocket> bind(SocketAddress address, SecurityContext context) {
        return Binding.of(address, context, BindOptions.defaults()).start();
    }

    /** As {@link SecureServerSocket#bind(SocketAddress, SecurityContext, Consumer)}. */
    public static CompletableFuture<RawSecureServerSocket> bind(
            SocketAddress address, SecurityContext context, Consumer<BindOptions.Builder> options) {
        return Binding.of(address, context, options).start();
    }

    /** As {@link SecureServerSocket#bind(SocketAddress, SecurityContext, BindOptions)}. */
    public static CompletableFuture<RawSecureServerSocket> bind(
            SocketAddress address, SecurityContext context, BindOptions options) {
        return Binding.of(address, context, options).start();
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

    // ---- accepting

    /**
     * {@return the next connection, or null when none is ready} Never blocks. The connection is the caller's to close. While
     * the server is paused it gives those that were on their way, and takes no new ones.
     *
     * @throws java.nio.channels.ClosedChannelException when the server is closed, so that there will be none any more
     * @throws IllegalStateException when a handler takes the connections
     */
    public @Nullable RawSecureSocket accept() throws IOException {
        if (!delivers()) {
            throw closed("accept");
        }
        if (handler.get() != null) {
            throw new IllegalStateException(called("accept") + "the handler given to listen takes the connections");
        }
        return take();
    }

    /** {@return the next connection, or null when none is ready, or the server is closed} */
    @Nullable RawSecureSocket take() {
        handle.listen();
        return next();
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
        requireOpen("listen");
        if (!this.handler.compareAndSet(null, handler)) {
            throw new IllegalStateException(called("listen") + "this server has a handler already");
        }
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
        requireOpen("resume");
        begin();
    }

    /** Takes connections, unless the server is closed. */
    void begin() {
        handle.resume();
        arm();
    }

    /** Sees to it that the next connection is delivered, unless that is under way: the handler is called one at a time. */
    private void arm() {
        if (handler.get() != null && !handle.isPaused() && handle.isOpen() && delivering.compareAndSet(false, true)) {
            handle.whenAcceptable(this::dispatchNext);
        }
    }

    private void dispatchNext() {
        handle.dispatcher()
                .later(
                        this::deliver,
                        full -> { // later: one after the other, not one inside the other
                            refuseNext(full);
                            delivered();
                        });
    }

    private void deliver() {
        RawConnectionHandler current = handler.get();
        RawSecureSocket socket = handle.isPaused() || current == null ? null : next();
        if (socket != null && current != null) {
            try {
                current.handle(socket);
            } catch (Throwable failure) {
                socket.abort();
                handlerFailed(observer -> observer.handlerFailed(socket, failure));
            }
        }
        delivered();
    }

    private void delivered() {
        delivering.set(false);
        arm(); // also when it was resumed meanwhile
    }

    private @Nullable RawSecureSocket next() {
        EstablishedConnection established = handle.poll();
        return established == null ? null : new RawSecureSocket(established, this);
    }

    void handlerFailed(Consumer<ServerObserver> event) {
        handle.tellNow(event);
    }

    /** The executor takes no more: the connection that would have been delivered has to go. */
    private void refuseNext(Throwable full) {
        RawSecureSocket refused = next();
        if (refused != null) {
            rejected(refused, full);
        }
    }

    /** The executor takes no more: the connection that the task was for has to go. */
    void rejected(RawSecureSocket socket, Throwable full) {
        handle.executorRejected();
        LOG.log(System.Logger.Level.DEBUG, () -> "the executor did not take a task of " + socket + ": " + full);
        socket.abort();
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
        CompletableFuture<Void> done = newFuture();
        beginDraining();
        handle.drain(() -> {
            handle.close();
            complete(done);
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
        upkeep.end();
        dispatcher().execute(() -> {
            draining.happen(null);
            drainSignal.begin();
        });
    }

    /** Completes a future where those of this server do. */
    void complete(CompletableFuture<Void> event) {
        dispatcher().execute(() -> event.complete(null));
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
        return provider;
    }

    @Override
    public SecurityContext context() {
        return context;
    }

    @Override
    public void replaceContext(SecurityContext replacement) {
        OptionCheck.nonNull("replaceContext", "replacement", replacement);
        requireOpen("replaceContext");
        replaceContext(null, replacement);
        BindCheck.warn(localAddress(), replacement, options);
    }

    /** Does nothing when another context than {@code expected}, if that is given, has come to be used meanwhile. */
    void replaceContext(@Nullable SecurityContext expected, SecurityContext replacement) {
        BindCheck.check(replacement, options);
        replacing.lock();
        try {
            if (expected != null && context != expected) {
                return;
            }
            ContextSet contexts = Binding.contexts(replacement, options, provider, handle.ticketKeys());
            context = replacement; // before the observer is told, who may ask for it
            handle.replaceContexts(replacement, contexts);
        } catch (IOException failure) {
            throw new IllegalArgumentException(
                    "the context cannot be used with " + provider + ": " + failure.getMessage(), failure);
        } finally {
            replacing.unlock();
        }
        upkeep.lookAtCertificates();
    }

    @Override
    public ServerStatistics statistics() {
        ServerStatistics.Counts counts = new ServerStatistics.Counts();
        counts.accepted = handle.counts().accepted();
        counts.filtered = handle.counts().filtered();
        counts.connectionsSilent = handle.admission().silentCount();
        counts.handshakesPending = handle.admission().pendingCount();
        counts.acceptQueueLength = handle.admission().undeliveredCount();
        counts.connectionsOpen = handle.counts().open();
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

    /** {@return what a call fails with when the server is closed} */
    ClosedException closed(String call) {
        return new ClosedException(call, localAddress(), IS_CLOSED);
    }

    private void requireOpen(String call) {
        if (!delivers()) {
            throw new IllegalStateException(called(call) + IS_CLOSED);
        }
    }

    /** {@return the beginning of a message about a call} */
    String called(String call) {
        return call + " " + AddressText.of(localAddress()) + ": ";
    }

    /** {@return whether connections may still come out of it, those on their way at the time of a shutdown included} */
    boolean delivers() {
        return handle.isOpen();
    }

    /** Runs an action once, when no connection can come out of it any more; as {@link #whenAcceptable}. */
    void whenEnded(Runnable action) {
        handle.whenEnded(action);
    }

    <T> CompletableFuture<T> newFuture() {
        return new ExecutorFuture<>(options.executor());
    }

    DrainSignal drainSignal() {
        return drainSignal;
    }

    /** {@return where the futures of this server complete: the user's executor, by way of the loop} */
    Dispatcher dispatcher() {
        return handle.dispatcher();
    }
}
