package dev.sallyport.internal.handshake;

import dev.sallyport.HandshakeException;
import dev.sallyport.HandshakeException.Reason;
import dev.sallyport.Limit;
import dev.sallyport.internal.connection.Connection;
import dev.sallyport.internal.flight.Flight;
import dev.sallyport.internal.flight.HandshakeEvent;
import dev.sallyport.internal.handshake.HandshakeState.Choosing;
import dev.sallyport.internal.handshake.HandshakeState.Chosen;
import dev.sallyport.internal.handshake.HandshakeState.Empty;
import dev.sallyport.internal.handshake.HandshakeState.Running;
import dev.sallyport.internal.hello.HelloRefusal;
import dev.sallyport.internal.hello.ReceivedHello;
import dev.sallyport.internal.task.Dispatcher;
import dev.sallyport.internal.tls.ContextEntry;
import dev.sallyport.internal.tls.TlsDriver;
import dev.sallyport.internal.tls.TlsException;
import dev.sallyport.internal.tls.TlsSession;
import dev.sallyport.internal.wire.Wire;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.SocketException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The way of one accepted connection to its finished handshake:
 *
 * <pre>
 * ClientHello collected (loop) -> context chosen -> its turn -> cryptography (worker) -> established or failed
 * </pre>
 *
 * Up to the turn everything happens on the loop thread; from then on one worker at a time drives {@link Connection}. A
 * deadline runs from the first moment to the last. Whatever happens, the host hears one outcome: that of the one change
 * that brings the {@link HandshakeState} to its end.
 */
public final class Handshake {
    private final Wire wire;
    private final HelloStage helloStage;
    private final Deadline deadline;
    private final @Nullable HandshakeEvent event = Flight.handshakeBegun();
    private final AtomicReference<HandshakeState> state = new AtomicReference<>(Empty.COLLECTING);
    private volatile HandshakeHost host;
    volatile Place place = Place.NONE; // its host's admission writes it
    volatile int largeHello; // its bytes, where the TLS library makes a multiple of them
    long begunNanos; // when its cryptography began; its host's admission has it
    private volatile @Nullable Runnable move; // asked for by a host that closes; loop thread

    /** A handshake over a wire that has not been registered yet. */
    public Handshake(Wire wire, HandshakeHost host) {
        this.wire = wire;
        this.host = host;
        this.deadline = new Deadline(wire.loop(), this::expired);
        this.helloStage = new HelloStage(wire, this::helloArrived, this::refused, this::fail);
    }

    /** Begins, after it was entered as silent. Any thread. */
    public void start() {
        wire.loop().run(() -> {
            if (isOver()) {
                return; // its host closed before it began
            }
            deadline.start(host.settings().timeout());
            wire.listener(helloStage);
            wire.register();
        });
    }

    private boolean isOver() {
        return state.get() == Empty.OVER;
    }

    // ---- the ClientHello, on the loop thread

    private void refused(HelloRefusal refusal) {
        fail(refusal.reason(), refusal.getMessage(), null, refusal.serverName());
    }

    private void helloArrived(ReceivedHello arrived, byte[] behind) {
        Runnable moving = move;
        if (moving != null) { // its host has closed before the hello was read: who takes it now reads it
            moving.run();
            if (isOver()) {
                return;
            }
        }
        if (!host.admission().spoken(this)) {
            return; // it has been evicted, and is about to hear of it
        }
        if (!state.compareAndSet(Empty.COLLECTING, new Choosing(arrived, behind))) {
            return;
        }
        try {
            host.choose(arrived).whenComplete((chosen, failure) -> {
                boolean told = wire.loop().runUnlessEnded(() -> contextChosen(chosen, failure));
                if (!told && chosen != null) { // with the loop the wire has been released, and this is over
                    chosen.choice().context().release();
                }
            });
        } catch (Throwable full) {
            fail(Reason.LOCAL_OVERLOADED, "the executor did not take the context selector: " + full, full);
        }
    }

    private void contextChosen(@Nullable ChosenContext answer, @Nullable Throwable failure) {
        if (!(state.get() instanceof Choosing choosing)) { // it was ended meanwhile
            if (answer != null) {
                answer.choice().context().release();
            }
            return;
        }
        ReceivedHello client = choosing.hello();
        if (answer == null) {
            refuse(ContextRefusal.ofNone(client, failure));
            return;
        }
        ContextEntry entry = answer.choice();
        ContextRefusal misfit = ContextRefusal.ofMisfit(client, entry, host.settings());
        if (misfit != null) {
            entry.context().release();
            refuse(misfit);
            return;
        }
        boolean large = entry.context().multipliesHello() && client.length() > LargeHellos.LARGE_BYTES;
        largeHello = large ? client.length() : 0;
        if (!state.compareAndSet(choosing, new Chosen(client, choosing.behind(), entry, answer.policy()))) {
            entry.context().release();
            return;
        }
        Limit bound = host.admission().chosen(this);
        host.turn(bound);
    }

    private void refuse(ContextRefusal refusal) {
        helloStage.send(refusal.alert());
        fail(refusal.reason(), refusal.message(), refusal.cause());
    }

    // ---- the cryptography, one worker at a time

    /** Its turn has come, for the first time or to go on. Any thread. */
    void begin() {
        HandshakeWorkers.execute(wire.loop(), this::run);
    }

    /** It waits for one to go that has some time left. Any thread. */
    void lookAgain(Duration in) {
        wire.loop().schedule(host.admission()::lookAgain, in);
    }

    private void run() {
        try {
            Running running = running();
            if (running != null) {
                advance(running);
            }
        } catch (TlsException failure) {
            fail(failure.reason(), failure.getMessage(), failure);
        } catch (EOFException | SocketException gone) {
            fail(Reason.PEER_GONE, gone.getMessage(), gone);
        } catch (Throwable failure) {
            fail(Reason.INTERNAL, "the handshake failed: " + failure, failure);
        }
    }

    /** {@return what runs, from now on or since an earlier step, or null when the handshake was ended} */
    private @Nullable Running running() throws IOException {
        HandshakeState now = state.get();
        if (now instanceof Chosen chosen) {
            return connect(chosen);
        }
        return now instanceof Running running ? running : null; // it may have expired after its turn had come
    }

    /** {@return what runs from now on, or null when the handshake was ended before the connection had the wire} */
    private @Nullable Running connect(Chosen chosen) throws IOException {
        ReceivedHello hello = chosen.hello();
        ContextEntry entry = chosen.entry();
        TlsDriver driver = entry.context().newDriver(hello);
        Running running = null;
        try {
            Connection made = new Connection(
                    wire,
                    driver,
                    hello.records(chosen.behind()),
                    host.settings().connection());
            Running next = new Running(made, hello.serverName(), entry.validationMayBlock(), chosen.policy());
            if (state.compareAndSet(chosen, next)) {
                running = next;
            }
        } finally {
            if (running == null) {
                driver.free();
            }
        }
        if (running == null) {
            return null;
        }
        entry.context().release(); // the driver holds it now
        wire.listener(running.connection());
        if (state.get() != running) { // ended just now: what the wire has told since then, it has told the hello stage
            wire.loop().executeUnlessEnded(running.connection()::readable);
        }
        return running;
    }

    private void advance(Running running) throws IOException {
        Connection current = running.connection();
        for (; ; ) {
            switch (current.handshake()) {
                case WANT_INPUT -> {
                    if (host.admission().stalled(this)) {
                        current.whenReadable(this::ready);
                        host.roomMade();
                    }
                    return;
                }
                case WANT_TASK -> {
                    Runnable task = current.takeHandshakeTask();
                    if (running.validationMayBlock()) {
                        runUserTask(current, task);
                        return;
                    }
                    runTask(current, task);
                }
                case DONE -> {
                    succeed(running, current.established());
                    return;
                }
            }
        }
    }

    /** Its client, or the user's code, has let it go on. Any thread. */
    private void ready() {
        Limit bound = host.admission().ready(this);
        if (bound != null) {
            host.turn(bound);
        }
    }

    private void runUserTask(Connection current, Runnable task) {
        host.admission().asking(this);
        host.roomMade();
        Runnable step = () -> {
            runTask(current, task);
            ready();
        };
        Dispatcher.handTo(host.settings().executor(), step, full -> {
            current.handshakeTaskDone();
            fail(
                    Reason.LOCAL_OVERLOADED,
                    "the executor did not take the verification of the client's certificate: " + full,
                    full);
        });
    }

    private static void runTask(Connection current, Runnable task) {
        try {
            task.run();
        } finally {
            current.handshakeTaskDone();
        }
    }

    // ---- outcome

    private void succeed(Running running, TlsSession session) {
        if (!state.compareAndSet(running, Empty.OVER)) {
            return;
        }
        Connection current = running.connection();
        Duration duration = deadline.passed();
        host.admission().succeeded(this);
        EstablishedConnection established =
                EstablishedConnection.of(current, running.serverName(), session, duration, running.policy());
        if (event != null) {
            event.established(wire.remoteAddress(), established.info());
        }
        host.established(established);
        wire.loop().executeUnlessEnded(() -> {
            deadline.cancel();
            current.writable(); // the tickets, unless they have gone with something written meanwhile
        });
    }

    /** Ends it, whatever its state; the first outcome counts. Any thread once a worker has it, else the loop thread. */
    private void fail(Reason reason, @Nullable String message, @Nullable Throwable cause) {
        fail(reason, message, cause, null);
    }

    private void fail(
            Reason reason, @Nullable String message, @Nullable Throwable cause, @Nullable String refusedName) {
        Place stood = place;
        HandshakeState ended = state.getAndSet(Empty.OVER);
        if (ended == Empty.OVER) {
            return;
        }
        wire.loop().runUnlessEnded(deadline::cancel);
        host.admission().failed(this);
        giveBack(ended, stood != Place.NONE && stood != Place.EVICTED); // else it was evicted, and makes room at once
        String serverName = refusedName == null ? ended.serverName() : refusedName;
        HandshakeException failure =
                new HandshakeException(reason, wire.remoteAddress(), serverName, String.valueOf(message), cause);
        if (event != null) {
            event.failed(failure);
        }
        host.failed(failure);
    }

    /** The caller has ended it, and so owns what it held. The end of the wire is the host's to count, once. */
    private void giveBack(HandshakeState ended, boolean patient) {
        boolean lingers = patient && host.admission().mayLinger();
        if (ended instanceof Running running) {
            Connection failed = running.connection();
            failed.owner(error -> gone(lingers));
            if (lingers) {
                failed.closeAfterFailedHandshake();
            } else {
                failed.abort();
            }
            return;
        }
        wire.loop().run(() -> {
            helloStage.end(() -> gone(lingers), lingers);
            if (ended instanceof Chosen chosen) {
                chosen.entry().context().release();
            }
        });
    }

    private void gone(boolean lingered) {
        host.admission().left(this, lingered);
        host.gone();
    }

    private void expired() {
        Place stands = place;
        Duration timeout = host.settings().timeout();
        fail(Deadline.reason(stands), Deadline.message(stands, helloStage.received(), timeout), null);
    }

    // ---- when its host closes

    /** Ends it because its host is closing. Any thread. */
    public void shutDown() {
        wire.loop().runUnlessEnded(() -> fail(Reason.LOCAL_SHUTTING_DOWN, "the server is closing", null));
    }

    /**
     * Ends it because it costs a place that another one needs. Any thread; later, so that one that goes does not make the
     * next one go on the same stack.
     */
    public void evict(String why) {
        wire.loop().executeUnlessEnded(() -> fail(Reason.LOCAL_OVERLOADED, why, null));
    }

    /** Finds another host for a connection whose host is closing, and enters it there as silent; null when there is none. */
    @FunctionalInterface
    public interface Adoption {
        /** {@return the new host} */
        @Nullable HandshakeHost adopt(Handshake handshake);
    }

    /** {@return when its connection was accepted, by {@link System#nanoTime}} */
    long acceptedNanos() {
        return deadline.acceptedNanos();
    }

    /** {@return the address of the client} */
    public SocketAddress remoteAddress() {
        return wire.remoteAddress();
    }

    /**
     * Moves it from its host to another one if its ClientHello has not been read. Else ends it, unless the connection may
     * be given to the successor of its host when its handshake is done. Any thread.
     */
    public void move(HandshakeHost from, Adoption adoption, boolean mayFinish) {
        Runnable moving = () -> moveNow(from, adoption, mayFinish);
        move = moving;
        wire.loop().runUnlessEnded(moving);
    }

    private void moveNow(HandshakeHost from, Adoption adoption, boolean mayFinish) {
        if (isOver() || host != from) {
            return;
        }
        boolean unread = from.admission().leaveSilent(this);
        if (!unread && mayFinish) {
            return;
        }
        HandshakeHost next = unread ? adoption.adopt(this) : null;
        if (next == null) {
            fail(Reason.LOCAL_SHUTTING_DOWN, "the server is closing", null);
        } else {
            host = next;
            deadline.change(next.settings().timeout());
            from.gone();
        }
    }
}
