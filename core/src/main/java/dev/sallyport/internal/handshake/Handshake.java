package dev.sallyport.internal.handshake;

import dev.sallyport.HandshakeException;
import dev.sallyport.HandshakeException.Reason;
import dev.sallyport.Limit;
import dev.sallyport.internal.connection.Connection;
import dev.sallyport.internal.flight.Flight;
import dev.sallyport.internal.flight.HandshakeEvent;
import dev.sallyport.internal.handshake.Admission.Place;
import dev.sallyport.internal.hello.Alert;
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
import java.util.Objects;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The way of one accepted connection to its finished handshake:
 *
 * <pre>
 * ClientHello collected (loop) -> context chosen -> its turn -> cryptography (worker) -> established or failed
 * </pre>
 *
 * Up to the turn everything happens on the loop thread; from then on one worker at a time drives {@link Connection}. A
 * deadline runs from the first moment to the last. Whatever happens, the host hears one outcome.
 */
public final class Handshake {
    /** Of what a client says, so many characters at most get into a message. */
    private static final int MOST_REPEATED = 100;

    private final Wire wire;
    private final HelloStage helloStage;
    final long acceptedNanos = System.nanoTime();
    private final @Nullable HandshakeEvent event = Flight.handshakeBegun();
    private final AtomicBoolean over = new AtomicBoolean();
    private final AtomicBoolean wireTaken = new AtomicBoolean(); // by the connection, or by whoever ends it
    private final AtomicBoolean disowned = new AtomicBoolean();
    private volatile HandshakeHost host;
    volatile Place place = Place.NONE; // its host's admission writes it
    volatile int largeHello; // its bytes, where the TLS library makes a multiple of them
    long begunNanos; // when its cryptography began; its host's admission has it
    private volatile @Nullable Runnable move; // asked for by a host that closes; loop thread
    private @Nullable Future<?> deadline; // loop thread only
    private @Nullable ReceivedHello hello; // until a connection has its bytes
    private byte @Nullable [] behind; // what came behind it, likewise
    private @Nullable String serverName;
    private @Nullable ContextEntry choice;
    private @Nullable DeliveryPolicy policy;
    private volatile @Nullable Connection connection;

    /** A handshake over a wire that has not been registered yet. */
    public Handshake(Wire wire, HandshakeHost host) {
        this.wire = wire;
        this.host = host;
        this.helloStage = new HelloStage(wire, this::helloArrived, this::refused, this::fail);
    }

    /** Begins, after it was entered as silent. Any thread. */
    public void start() {
        wire.loop().run(() -> {
            if (over.get()) {
                return; // its host closed before it began
            }
            deadline = wire.loop().schedule(this::expired, host.settings().timeout());
            wire.listener(helloStage);
            wire.register();
        });
    }

    // ---- the ClientHello, on the loop thread

    private void refused(HelloRefusal refusal) {
        serverName = refusal.serverName();
        fail(refusal.reason(), refusal.getMessage(), null);
    }

    private void helloArrived(ReceivedHello arrived, byte[] rest) {
        hello = arrived;
        behind = rest;
        Runnable moving = move;
        if (moving != null) { // its host has closed before the hello was read: who takes it now reads it
            moving.run();
            if (over.get()) {
                return;
            }
        }
        if (!host.admission().spoken(this)) {
            return; // it has been evicted, and is about to hear of it
        }
        serverName = arrived.serverName();
        try {
            host.choose(arrived).whenComplete((chosen, failure) -> {
                if (!onLoop(() -> contextChosen(chosen, failure)) && chosen != null) {
                    chosen.choice().context().release();
                }
            });
        } catch (Throwable full) {
            fail(Reason.LOCAL_OVERLOADED, "the executor did not take the context selector: " + full, full);
        }
    }

    private void contextChosen(@Nullable ChosenContext answer, @Nullable Throwable failure) {
        ReceivedHello client = hello;
        ContextEntry chosen = answer == null ? null : answer.choice();
        if (over.get() || client == null) {
            if (chosen != null) {
                chosen.context().release();
            }
            return;
        }
        if (failure != null) {
            Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
            alert(Alert.INTERNAL_ERROR);
            fail(Reason.INTERNAL, "choosing a context failed: " + cause, cause);
        } else if (chosen == null) {
            alert(Alert.UNRECOGNIZED_NAME);
            fail(Reason.PEER_UNKNOWN_SERVER_NAME, "no identity for the server name " + serverName, null);
        } else if (!chosen.context().takesNameOf(client)) {
            alert(Alert.UNRECOGNIZED_NAME);
            chosen.context().release();
            String name = "this tls provider takes no server name like " + serverName + " as it was sent";
            fail(Reason.PEER_UNKNOWN_SERVER_NAME, name, null);
        } else if (!host.settings().protocolsSuffice(chosen.protocolSet(), client)) {
            alert(Alert.NO_APPLICATION_PROTOCOL);
            chosen.context().release();
            String offered = client.protocolsInPart(MOST_REPEATED);
            String message = "the client offers " + offered + ", the server " + chosen.protocols();
            fail(Reason.PEER_NO_COMMON_PROTOCOL, message, null);
        } else {
            choice = chosen;
            policy = Objects.requireNonNull(answer).policy();
            boolean large = chosen.context().multipliesHello() && client.length() > LargeHellos.LARGE_BYTES;
            largeHello = large ? client.length() : 0;
            Limit bound = host.admission().chosen(this);
            host.turn(bound);
        }
    }

    private void alert(Alert alert) {
        helloStage.send(alert);
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
        if (over.get()) { // it expired after its turn had come
            return;
        }
        try {
            Connection current = connection == null ? connect() : connection;
            if (current != null) {
                advance(current);
            }
        } catch (TlsException failure) {
            fail(failure.reason(), failure.getMessage(), failure);
        } catch (EOFException | SocketException gone) {
            fail(Reason.PEER_GONE, gone.getMessage(), gone);
        } catch (Throwable failure) {
            fail(Reason.INTERNAL, "the handshake failed: " + failure, failure);
        }
    }

    /** {@return the connection, or null when the handshake was ended before there was one} */
    private @Nullable Connection connect() throws IOException {
        ContextEntry chosen = Objects.requireNonNull(choice);
        ReceivedHello received = hello;
        byte[] rest = behind;
        if (received == null || rest == null) {
            return null; // it was ended just now
        }
        TlsDriver driver = chosen.context().newDriver(received);
        if (wireTaken.compareAndSet(false, true)) {
            chosen.context().release(); // the driver holds it now
        } else {
            driver.free();
            return null;
        }
        Connection made = new Connection(
                wire, driver, received.records(rest), host.settings().connection());
        forgetHello();
        wire.listener(made);
        connection = made;
        if (over.get()) { // whoever ended it may not have seen the connection
            end(made, false);
        }
        return made;
    }

    private void forgetHello() {
        hello = null;
        behind = null;
    }

    private void advance(Connection current) throws IOException {
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
                    if (choice != null && choice.validationMayBlock()) {
                        runUserTask(current, task);
                        return;
                    }
                    runTask(current, task);
                }
                case DONE -> {
                    succeed(current, current.established());
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

    private void succeed(Connection current, TlsSession session) {
        if (!over.compareAndSet(false, true)) {
            return;
        }
        Duration duration = Duration.ofNanos(System.nanoTime() - acceptedNanos);
        host.admission().succeeded(this);
        EstablishedConnection established =
                EstablishedConnection.of(current, serverName, session, duration, Objects.requireNonNull(policy));
        if (event != null) {
            event.established(wire.remoteAddress(), established.info());
        }
        host.established(established);
        later(() -> {
            cancelDeadlineNow();
            current.writable(); // the tickets, unless they have gone with something written meanwhile
        });
    }

    /** Ends it, whatever its stage; the first outcome counts. Any thread once a worker has it, else the loop thread. */
    void fail(Reason reason, @Nullable String message, @Nullable Throwable cause) {
        Place stood = place;
        if (!over.compareAndSet(false, true)) {
            return;
        }
        cancelDeadline();
        host.admission().failed(this);
        boolean patient = stood != Place.NONE && stood != Place.EVICTED; // else it was evicted, and makes room at once
        Connection current = connection;
        if (current != null) {
            end(current, patient);
        } else if (wireTaken.compareAndSet(false, true)) {
            boolean lingers = patient && host.admission().mayLinger();
            wire.loop().run(() -> {
                forgetHello();
                helloStage.end(() -> gone(lingers), lingers);
                if (choice != null) {
                    choice.context().release();
                }
            });
        }
        HandshakeException failure = failure(reason, message, cause);
        if (event != null) {
            event.failed(failure);
        }
        host.failed(failure);
    }

    /** The connection is nobody's: its end is the host's to count, once. One that succeeds is never ended here. */
    private void end(Connection failed, boolean patient) {
        if (!disowned.compareAndSet(false, true)) {
            return;
        }
        boolean lingers = patient && host.admission().mayLinger();
        failed.owner(error -> gone(lingers));
        if (lingers) {
            failed.closeAfterFailedHandshake();
        } else {
            failed.abort();
        }
    }

    private void gone(boolean lingered) {
        host.admission().left(this, lingered);
        host.gone();
    }

    private HandshakeException failure(Reason reason, @Nullable String message, @Nullable Throwable cause) {
        return new HandshakeException(reason, wire.remoteAddress(), serverName, String.valueOf(message), cause);
    }

    private void expired() {
        switch (place) {
            case SILENT ->
                fail(
                        Reason.TIMEOUT,
                        helloStage.received() == 0
                                ? "the client sent nothing for "
                                        + host.settings().timeout()
                                : "the client sent only part of its hello in "
                                        + host.settings().timeout(),
                        null);
            case WAITING, READY ->
                fail(
                        Reason.LOCAL_OVERLOADED,
                        "its turn did not come within " + host.settings().timeout(),
                        null);
            default -> fail(Reason.TIMEOUT, "not done within " + host.settings().timeout(), null);
        }
    }

    /**
     * Runs a step on the loop thread; returns false, and does nothing, when the loop has ended: then the wire has been
     * released, and this is over, whatever the caller has not heard of yet.
     */
    private boolean onLoop(Runnable step) {
        if (wire.loop().inLoop()) {
            step.run();
            return true;
        }
        try {
            wire.loop().execute(step);
            return true;
        } catch (RejectedExecutionException ended) {
            return false;
        }
    }

    private void later(Runnable step) {
        try {
            wire.loop().execute(step);
        } catch (RejectedExecutionException ended) {
            // and with the loop the wire
        }
    }

    private void cancelDeadline() {
        onLoop(this::cancelDeadlineNow);
    }

    private void cancelDeadlineNow() {
        if (deadline != null) {
            deadline.cancel(false);
        }
    }

    // ---- when its host closes

    /** Ends it because its host is closing. Any thread. */
    public void shutDown() {
        onLoop(() -> fail(Reason.LOCAL_SHUTTING_DOWN, "the server is closing", null));
    }

    /**
     * Ends it because it costs a place that another one needs. Any thread; later, so that one that goes does not make the
     * next one go on the same stack.
     */
    public void evict(String why) {
        later(() -> fail(Reason.LOCAL_OVERLOADED, why, null));
    }

    /** Finds another host for a connection whose host is closing, and enters it there as silent; null when there is none. */
    @FunctionalInterface
    public interface Adoption {
        /** {@return the new host} */
        @Nullable HandshakeHost adopt(Handshake handshake);
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
        onLoop(moving);
    }

    private void moveNow(HandshakeHost from, Adoption adoption, boolean mayFinish) {
        if (over.get() || host != from) {
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
            if (deadline != null) {
                deadline.cancel(false);
                Duration passed = Duration.ofNanos(System.nanoTime() - acceptedNanos);
                Duration left = next.settings().timeout().minus(passed);
                deadline = wire.loop().schedule(this::expired, left.isNegative() ? Duration.ZERO : left);
            }
            from.gone();
        }
    }
}
