package dev.sallyport.internal.listen;

import dev.sallyport.BindOptions;
import dev.sallyport.HandshakeException;
import dev.sallyport.HandshakeException.Reason;
import dev.sallyport.Limit;
import dev.sallyport.ServerObserver;
import dev.sallyport.TlsProvider;
import dev.sallyport.Transport;
import dev.sallyport.internal.connection.Connection;
import dev.sallyport.internal.connection.ConnectionSettings;
import dev.sallyport.internal.flight.Flight;
import dev.sallyport.internal.handshake.Admission;
import dev.sallyport.internal.handshake.ChosenContext;
import dev.sallyport.internal.handshake.EstablishedConnection;
import dev.sallyport.internal.handshake.Handshake;
import dev.sallyport.internal.handshake.HandshakeHost;
import dev.sallyport.internal.handshake.HandshakeSettings;
import dev.sallyport.internal.hello.ReceivedHello;
import dev.sallyport.internal.task.Dispatcher;
import dev.sallyport.internal.tls.context.LoadedContext;
import dev.sallyport.internal.wire.Wire;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * One bind: its options, its contexts, its limits, its connections. Several handles may share a {@link ListenSocket}. Any
 * thread may call any method.
 */
public final class ListenHandle implements HandshakeHost {
    private final ListenSocket socket;
    private final Admission admission;
    private final HandshakeSettings settings;
    private final ListenEvents events;
    private final ConnectionFilter filter;
    private final ListenCounts counts = new ListenCounts();
    private final ConnectionLedger connections = new ConnectionLedger();
    private final CurrentContexts contexts;
    private final Lifecycle lifecycle = new Lifecycle();
    private final EstablishedConnections established;

    ListenHandle(ListenSocket socket, BindOptions options, TlsProvider provider, LoadedContext context)
            throws SSLException {
        this.socket = socket;
        this.contexts = new CurrentContexts(
                options, AcceptedOptions.of(options, socket.localAddress()), provider, socket.ticketKeys(), context);
        this.admission = new Admission(
                options.maxSilentConnections(),
                options.maxPendingHandshakes(),
                options.acceptQueue(),
                options.maxConnections());
        this.events = new ListenEvents(
                options, counts, new Dispatcher(socket.loop(), options.executor(), full -> executorRejected()));
        this.filter = new ConnectionFilter(options.acceptFilter(), counts);
        this.settings = new HandshakeSettings(
                options.handshakeTimeout(),
                options.requireProtocol(),
                options.executor(),
                new ConnectionSettings(
                        options.maxQueuedBytes(),
                        options.writeTimeout(),
                        options.idleTimeout(),
                        options.unsafeAllowTruncation()));
        this.established =
                new EstablishedConnections(this, new HandOver(socket, this), connections, admission, counts, events);
    }

    // ---- what it is

    /** {@return the address bound} */
    public SocketAddress localAddress() {
        return socket.localAddress();
    }

    /** {@return the transport in use} */
    public Transport transport() {
        return socket.transport();
    }

    /** {@return the provider in use} */
    public TlsProvider provider() {
        return contexts.provider();
    }

    /** {@return the numbers so far} */
    public ListenCounts counts() {
        return counts;
    }

    /** {@return the bounds and what is within them} */
    @Override
    public Admission admission() {
        return admission;
    }

    @Override
    public HandshakeSettings settings() {
        return settings;
    }

    ClientPolicy policy() {
        return contexts.policy();
    }

    HandOver handOver() {
        return established.handOver();
    }

    // ---- demand

    /** Handshakes may begin: somebody listens. */
    public void listen() {
        lifecycle.listen();
        roomMade();
    }

    /** Takes nothing more from the kernel until {@link #resume}. */
    public void pause() {
        lifecycle.pause();
    }

    /** Undoes {@link #pause}; somebody listens. */
    public void resume() {
        lifecycle.resume();
        roomMade();
    }

    /** {@return whether it is between {@link #pause} and {@link #resume}} */
    public boolean isPaused() {
        return lifecycle.isPaused();
    }

    boolean hasDemand() {
        if (!lifecycle.takes()) {
            return false;
        }
        Limit full = admission.full();
        if (full != null) {
            events.limitReached(full);
            return false;
        }
        events.limitLeft(Limit.ACCEPT_QUEUE);
        events.limitLeft(Limit.MAX_CONNECTIONS);
        return true;
    }

    boolean delivers() {
        return lifecycle.isListening();
    }

    // ---- accepting, called by the socket on its loop

    /** {@return whether a connection passes the filter; one that does has its options set and is counted as open} */
    boolean admits(Wire wire) {
        counts.accepted.increment();
        SocketAddress remote = wire.remoteAddress();
        Flight.accepted(localAddress(), remote);
        if (!filter.admits(remote)) {
            return false;
        }
        events.limitLeft(Limit.DESCRIPTORS);
        events.limitLeft(Limit.EXECUTOR);
        try {
            policy().accepted().applyTo(wire);
        } catch (IOException gone) { // bind has tried these options, so it is this connection that does not take them
            failed(new HandshakeException(
                    Reason.PEER_GONE,
                    remote,
                    null,
                    "gone before its socket options were set: " + gone.getMessage(),
                    gone));
            return false;
        }
        connections.enter();
        return true;
    }

    /** Enters a connection as silent; returns one that has to go instead. */
    @Nullable Handshake enter(Handshake handshake) {
        Handshake evicted = admission.enterSilent(handshake);
        if (evicted == null) {
            events.limitLeft(Limit.MAX_SILENT_CONNECTIONS);
        } else {
            events.limitReached(Limit.MAX_SILENT_CONNECTIONS);
        }
        return evicted;
    }

    boolean passesFilter(SocketAddress remote) {
        return filter.admits(remote);
    }

    /** Enters one that another handle had accepted; returns one that has to go instead. */
    @Nullable Handshake enterAdopted(Handshake handshake) {
        connections.enter();
        return enter(handshake);
    }

    /** {@return those who go, to make room for others} The caller ends them, with no lock held. */
    List<Handshake> outOfDescriptors() {
        events.limitReached(Limit.DESCRIPTORS);
        return admission.evictSome();
    }

    // ---- handshakes

    @Override
    public CompletionStage<@Nullable ChosenContext> choose(ReceivedHello hello) {
        return contexts.choose(hello);
    }

    @Override
    public void turn(@Nullable Limit bound) {
        if (bound == null) {
            events.limitLeft(Limit.MAX_PENDING_HANDSHAKES);
        } else {
            events.limitReached(bound);
        }
    }

    /** More may be taken from the kernel than before. */
    @Override
    public void roomMade() {
        if (lifecycle.isListening()) {
            socket.demandMayHaveRisen();
        }
    }

    @Override
    public void established(EstablishedConnection finished) {
        established.add(finished);
    }

    EstablishedConnections established() {
        return established;
    }

    /** {@return whether it takes a finished connection of a handle that closes}  */
    boolean agreesTo(EstablishedConnection finished) {
        return finished.info().duration().compareTo(settings.timeout()) <= 0
                && passesFilter(finished.connection().wire().remoteAddress())
                && admission.adopts();
    }

    @Override
    public void failed(HandshakeException failure) {
        counts.failed(failure.reason());
        events.handshakeFailed(failure);
        roomMade();
        checkIdle();
    }

    @Override
    public void gone() {
        connections.leave();
        roomMade();
        checkIdle();
    }

    // ---- delivery

    /** {@return the next finished connection, the caller's from now on, or null when there is none} */
    public @Nullable EstablishedConnection poll() {
        return established.poll();
    }

    /**
     * Runs {@code wakeup} once when {@link #poll} may give something, or the handle has closed: at once on the caller's
     * thread when that is so already. One waiter at a time.
     */
    public void whenAcceptable(Runnable wakeup) {
        established.whenAcceptable(wakeup);
    }

    /** Runs {@code ended} once, when this delivers nothing any more: at once when that is so already. One at a time. */
    public void whenEnded(Runnable ended) {
        established.whenEnded(ended);
    }

    /** {@return the way to the user's executor, by the loop of the listening socket} */
    public Dispatcher dispatcher() {
        return events.dispatcher();
    }

    /** The user's executor has rejected a task of one of the connections. */
    public void executorRejected() {
        events.limitReached(Limit.EXECUTOR);
    }

    /** Tells the observer something on this thread, which is one of the user's executor; what it throws harms nobody. */
    public void tellNow(Consumer<ServerObserver> event) {
        events.tellNow(event);
    }

    // ---- contexts

    /**
     * Later handshakes use another context.
     *
     * @param replaced runs before the observer is told, who may ask for the context
     * @throws SSLException when it cannot be used
     */
    public void replaceContext(LoadedContext context, Runnable replaced) throws SSLException {
        contexts.replace(context);
        replaced.run();
        events.contextReplaced(localAddress());
    }

    /** A changed file of the context could not be used. */
    public void contextReloadFailed(Path file, IOException error) {
        events.contextReloadFailed(localAddress(), file, error);
    }

    /** A certificate that is presented here expires soon, or has expired. */
    public void certificateExpiring(X509Certificate certificate, Duration remaining) {
        events.certificateExpiring(certificate, remaining);
    }

    // ---- the end

    /** Names what runs when the listening part has been given back. Once, before {@link #close}. */
    public void whenClosed(Runnable closed) {
        lifecycle.whenClosed(closed);
    }

    /** {@return whether it takes, or could take, connections from the kernel} */
    public boolean isListening() {
        return lifecycle.mayListen();
    }

    /** {@return whether it can still deliver connections} */
    public boolean isOpen() {
        return !lifecycle.isClosed();
    }

    /** {@return how many connections there are, with those whose handshake goes on} */
    public int connectionsOpen() {
        return connections.open();
    }

    /** {@return the connections that have finished their handshake, delivered or not} */
    public List<Connection> connections() {
        return connections.established();
    }

    /**
     * Stops accepting and lets what is under way come to its end: handshakes finish, finished connections can be taken.
     *
     * @param idle runs once when no handshake and no connection is left
     */
    public void drain(Runnable idle) {
        connections.whenEmpty(idle);
        if (lifecycle.drain()) {
            leave();
        }
        admission.silent().forEach(silent -> silent.move(this, handOver()::unread, true));
        checkIdle();
    }

    /** Stops accepting; gives to the other handles of the socket what they may deliver, and ends the rest. */
    public void close() {
        Lifecycle.Closed closed = lifecycle.close();
        if (closed == Lifecycle.Closed.BEFORE) {
            return;
        }
        List<EstablishedConnection> untaken = established.close();
        if (closed == Lifecycle.Closed.WHILE_LISTENING) {
            leave();
        }
        boolean successor = handOver().hasSuccessor();
        admission.silent().forEach(silent -> silent.move(this, handOver()::unread, successor));
        if (!successor) {
            admission.pending().forEach(Handshake::shutDown);
        }
        established.giveAway(untaken);
        checkIdle();
    }

    /** Handshakes that are under way when the handle closes may still be finished for another one. */
    private void releaseContextsWhenQuiet() {
        if (lifecycle.isClosed() && admission.silentCount() == 0 && admission.pendingCount() == 0) {
            contexts.release();
        }
    }

    private void leave() {
        ListenRegistry.leave(socket, this, lifecycle::givenBack);
    }

    /** Something has gone, or ended: what waits for the last of it may be due. */
    void checkIdle() {
        if (lifecycle.mayListen()) {
            return;
        }
        releaseContextsWhenQuiet();
        connections.runWhenEmpty();
    }
}
