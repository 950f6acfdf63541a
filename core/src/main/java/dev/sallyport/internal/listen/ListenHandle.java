package dev.sallyport.internal.listen;

import dev.sallyport.BindOptions;
import dev.sallyport.HandshakeException;
import dev.sallyport.HandshakeException.Reason;
import dev.sallyport.HandshakeInfo;
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
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * One bind: its options, its contexts, its limits, its connections. Several handles may share a {@link ListenSocket}. Any
 * thread may call any method.
 */
public final class ListenHandle implements HandshakeHost {
    private enum State {
        BOUND,
        LISTENING,
        DRAINING,
        CLOSED
    }

    private final ListenSocket socket;
    private final Admission admission;
    private final HandshakeSettings settings;
    private final ListenEvents events;
    private final ConnectionFilter filter;
    private final Dispatcher dispatcher;
    private final ListenCounts counts = new ListenCounts();
    private final ConnectionLedger connections = new ConnectionLedger();
    private final ReentrantLock lock = new ReentrantLock();
    private final CurrentContexts contexts;
    private final HandOver handOver;
    private final AcceptQueue delivery = new AcceptQueue();
    private volatile State state = State.BOUND;
    private volatile boolean paused;
    private boolean left; // guarded by lock
    private @Nullable Runnable whenClosed;

    ListenHandle(ListenSocket socket, BindOptions options, TlsProvider provider, LoadedContext context)
            throws SSLException {
        this.socket = socket;
        this.contexts = new CurrentContexts(
                options, AcceptedOptions.of(options, socket.localAddress()), provider, socket.ticketKeys(), context);
        this.handOver = new HandOver(socket, this);
        this.admission = new Admission(
                options.maxSilentConnections(),
                options.maxPendingHandshakes(),
                options.acceptQueue(),
                options.maxConnections());
        this.dispatcher = new Dispatcher(socket.loop(), options.executor(), full -> executorRejected());
        this.events = new ListenEvents(options, counts, dispatcher);
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
        return handOver;
    }

    // ---- demand

    /** Handshakes may begin: somebody listens. */
    public void listen() {
        lock.lock();
        try {
            if (state == State.BOUND) {
                state = State.LISTENING;
            }
        } finally {
            lock.unlock();
        }
        demandMayHaveRisen();
    }

    /** Takes nothing more from the kernel until {@link #resume}. */
    public void pause() {
        paused = true;
    }

    /** Undoes {@link #pause}; somebody listens. */
    public void resume() {
        paused = false;
        listen();
    }

    /** {@return whether it is between {@link #pause} and {@link #resume}} */
    public boolean isPaused() {
        return paused;
    }

    boolean hasDemand() {
        if (state != State.LISTENING || paused) {
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
        return state == State.LISTENING;
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

    @Override
    public void roomMade() {
        demandMayHaveRisen();
    }

    @Override
    public void established(EstablishedConnection finished) {
        counts.completed(finished);
        own(finished);
        events.connectionOpened(finished);
        deliver(finished);
    }

    private void own(EstablishedConnection finished) {
        Connection connection = finished.connection();
        HandshakeInfo info = finished.info(); // not what else it was told with, which nobody needs then
        connections.establish(connection);
        connection.owner(error -> connectionGone(connection, info, error));
    }

    private void deliver(EstablishedConnection finished) {
        if (!delivery.offer(finished)) {
            handOver(finished);
        }
    }

    /** {@return whether it takes a finished connection of a handle that closes} If so, {@link #adopt} follows. */
    boolean agreesTo(EstablishedConnection finished) {
        return finished.info().duration().compareTo(settings.timeout()) <= 0
                && passesFilter(finished.connection().wire().remoteAddress())
                && admission.adopts();
    }

    private void adopt(EstablishedConnection finished) {
        connections.enter();
        finished.connection().settings(settings.connection());
        own(finished);
        events.connectionOpened(finished);
        deliver(finished);
    }

    private void handOver(EstablishedConnection finished) {
        admission.delivered();
        Connection connection = finished.connection();
        ListenHandle successor = handOver.successor(finished);
        if (successor == null) {
            counts.failed(Reason.LOCAL_SHUTTING_DOWN);
            connection.close();
        } else if (connections.leave(connection)) {
            admission.gone();
            events.handedOver(finished);
            successor.adopt(finished);
        } else { // it has just ended, as ours
            successor.admission.delivered();
            successor.admission.gone();
        }
        checkIdle();
    }

    @Override
    public void failed(HandshakeException failure) {
        counts.failed(failure.reason());
        events.handshakeFailed(failure);
        demandMayHaveRisen();
        checkIdle();
    }

    @Override
    public void gone() {
        connections.leave();
        demandMayHaveRisen();
        checkIdle();
    }

    private void connectionGone(Connection connection, HandshakeInfo info, @Nullable Throwable error) {
        if (!connections.leave(connection)) {
            return; // it is another handle's by now
        }
        events.connectionClosed(connection, info, error);
        admission.gone();
        demandMayHaveRisen();
        checkIdle();
    }

    private void demandMayHaveRisen() {
        if (state == State.LISTENING) {
            socket.demandMayHaveRisen();
        }
    }

    // ---- delivery

    /** {@return the next finished connection, the caller's from now on, or null when there is none} */
    public @Nullable EstablishedConnection poll() {
        EstablishedConnection next = delivery.poll();
        if (next != null) {
            admission.delivered();
            demandMayHaveRisen();
            checkIdle();
        }
        return next;
    }

    /**
     * Runs {@code wakeup} once when {@link #poll} may give something, or the handle has closed: at once on the caller's
     * thread when that is so already. One waiter at a time.
     */
    public void whenAcceptable(Runnable wakeup) {
        delivery.whenAcceptable(wakeup);
    }

    /** Runs {@code ended} once, when this delivers nothing any more: at once when that is so already. One at a time. */
    public void whenEnded(Runnable ended) {
        delivery.whenEnded(ended);
    }

    /** {@return the way to the user's executor, by the loop of the listening socket} */
    public Dispatcher dispatcher() {
        return dispatcher;
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
        whenClosed = closed;
    }

    /** {@return whether it takes, or could take, connections from the kernel} */
    public boolean isListening() {
        return state == State.BOUND || state == State.LISTENING;
    }

    /** {@return whether it can still deliver connections} */
    public boolean isOpen() {
        return state != State.CLOSED;
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
        lock.lock();
        try {
            connections.whenEmpty(idle);
            if (state != State.CLOSED) {
                state = State.DRAINING;
            }
        } finally {
            lock.unlock();
        }
        leave();
        admission.silent().forEach(silent -> silent.move(this, handOver::unread, true));
        checkIdle();
    }

    /** Stops accepting; gives to the other handles of the socket what they may deliver, and ends the rest. */
    public void close() {
        lock.lock();
        try {
            if (state == State.CLOSED) {
                return;
            }
            state = State.CLOSED;
        } finally {
            lock.unlock();
        }
        List<EstablishedConnection> orphans = delivery.close();
        leave();
        boolean successor = handOver.hasSuccessor();
        admission.silent().forEach(silent -> silent.move(this, handOver::unread, successor));
        if (!successor) {
            admission.pending().forEach(Handshake::shutDown);
        }
        orphans.forEach(this::handOver);
        delivery.tellClosed();
        checkIdle();
    }

    /** Handshakes that are under way when the handle closes may still be finished for another one. */
    private void releaseContextsWhenQuiet() {
        if (state == State.CLOSED && admission.silentCount() == 0 && admission.pendingCount() == 0) {
            contexts.release();
        }
    }

    private void leave() {
        lock.lock();
        try {
            if (left) {
                return;
            }
            left = true;
        } finally {
            lock.unlock();
        }
        ListenRegistry.leave(socket, this, () -> {
            Runnable closed = whenClosed;
            if (closed != null) {
                closed.run();
            }
        });
    }

    private void checkIdle() {
        if (state == State.BOUND || state == State.LISTENING) {
            return;
        }
        releaseContextsWhenQuiet();
        connections.runWhenEmpty();
    }
}
