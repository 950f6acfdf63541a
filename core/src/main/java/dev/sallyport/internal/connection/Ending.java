package dev.sallyport.internal.connection;

import dev.sallyport.internal.names.AddressText;
import dev.sallyport.internal.tls.TlsDriver;
import dev.sallyport.internal.wire.Wire;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import org.jspecify.annotations.Nullable;

/**
 * How a connection ends: what has been shut, the orderly close, and the one place where everything is given back. With the
 * connection's lock held, except the questions about the state.
 *
 * <pre>
 * OPEN --close()--> CLOSING (flush, close_notify, FIN, then discard until the peer's FIN) --> DEAD
 *   \------------- abort(), reset, failure, a bound in time --------------------------------/
 * </pre>
 */
final class Ending {
    private enum State {
        OPEN,
        CLOSING,
        DEAD
    }

    private static final int DISCARDS_A_TURN = 16;

    private final Wire wire;
    private final TlsDriver driver;
    private final ReadSide reading;
    private final WriteSide writing;
    private final Timers timers;
    private final WakeupSlots waiters;
    private final Runnable proceedLocked;
    private final CloseListeners owners = new CloseListeners();
    private volatile State state = State.OPEN;
    private volatile boolean inputShut;
    private volatile boolean outputShut;
    private boolean bothSidesEnded; // closed by itself: the reader may ask for the end again
    private volatile boolean finSent;
    private boolean unsent; // a write has failed, or this has died with bytes that the kernel did not take
    private boolean aborted; // by this side
    private @Nullable IOException cause; // of an end that this side did not ask for
    private @Nullable IOException readerFailure; // told to the next reader, once
    private @Nullable IOException writerFailure; // told to the next writer, once

    /**
     * @param proceedLocked calls {@link #proceed} with the connection's lock held
     */
    Ending(
            Wire wire,
            TlsDriver driver,
            ReadSide reading,
            WriteSide writing,
            Timers timers,
            WakeupSlots waiters,
            Runnable proceedLocked) {
        this.wire = wire;
        this.driver = driver;
        this.reading = reading;
        this.writing = writing;
        this.timers = timers;
        this.waiters = waiters;
        this.proceedLocked = proceedLocked;
    }

    CloseListeners owners() {
        return owners;
    }

    // ---- the state, for any thread

    boolean isOpen() {
        return state == State.OPEN;
    }

    boolean isClosing() {
        return state == State.CLOSING;
    }

    boolean isDead() {
        return state == State.DEAD;
    }

    boolean inputShut() {
        return inputShut;
    }

    boolean outputShut() {
        return outputShut;
    }

    /** {@return whether FIN waits for the queue to be sent} */
    boolean finDue() {
        return outputShut && !finSent && state != State.DEAD;
    }

    // ---- what a call may still do

    void checkHandshaking() throws IOException {
        if (state != State.OPEN) {
            throw readerFailure == null ? closed("handshake").meanwhile("during the handshake") : readerFailure;
        }
    }

    /** A setting of a connection that has ended would be none. */
    void checkOpen(String call) throws ClosedException {
        if (state != State.OPEN) {
            throw closed(call);
        }
    }

    /** {@return what {@code call} fails with from now on} */
    private ClosedException closed(String call) {
        String why;
        if (cause != null) {
            why = "the connection has ended (" + cause.getMessage() + ")";
        } else if (aborted) {
            why = "this side has aborted the connection";
        } else if (state == State.OPEN) {
            why = "this side has shut down this direction";
        } else if (bothSidesEnded) {
            why = "both sides have ended the connection";
        } else {
            why = "this side has closed the connection";
        }
        return new ClosedException(call, wire.remoteAddress(), why);
    }

    void checkReadable() throws IOException {
        if (readerFailure != null) {
            IOException failure = readerFailure;
            readerFailure = null;
            throw failure;
        }
        if ((state != State.OPEN && !bothSidesEnded) || inputShut) {
            throw closed("read");
        }
    }

    void checkWritable() throws IOException {
        if (writerFailure != null) {
            IOException failure = writerFailure;
            writerFailure = null;
            unsent = true;
            throw failure;
        }
        if (state != State.OPEN || outputShut) {
            throw closed("write");
        }
        if (driver.outboundClosedByPeer()) {
            throw new HalfCloseUnsupportedException(wire.remoteAddress());
        }
    }

    void checkSent() throws IOException {
        if (unsent) {
            throw writerFailure == null ? closed("flush").meanwhile("before all was sent") : writerFailure;
        }
    }

    /** A TLS or socket error ends both directions; an early end of the peer's ends only reading. Returns what to throw. */
    IOException failedReading(IOException failure) {
        IOException named = Failures.named("read", wire.remoteAddress(), failure);
        if (state == State.OPEN && !(failure instanceof ClosedChannelException) && !reading.ended()) {
            die(named, true);
            readerFailure = null; // this caller is the one who hears of it
        }
        return named;
    }

    IOException failedWriting(IOException failure) {
        IOException named = Failures.named("write", wire.remoteAddress(), failure);
        if (state == State.OPEN && !(failure instanceof ClosedChannelException)) {
            die(named, true);
            writerFailure = null;
            unsent = true;
        }
        return named;
    }

    // ---- ending one direction

    void shutInput() {
        inputShut = true;
        closeIfBothSidesEnded();
    }

    void shutOutput() {
        if (state == State.OPEN && !outputShut) {
            boolean hasUnsentOrUnread = hasUnsentOrUnread();
            try {
                finishOutput(true);
            } catch (IOException failure) {
                die(hasUnsentOrUnread ? failure : null, true);
            }
            closeIfBothSidesEnded();
        }
    }

    /** When both directions have ended there is nothing left that anyone could do with this connection. */
    void closeIfBothSidesEnded() {
        if (state == State.OPEN && outputShut && (inputShut || reading.ended())) {
            bothSidesEnded = !inputShut;
            close(true);
        }
    }

    private void finishOutput(boolean notify) throws IOException {
        outputShut = true;
        if (notify) {
            writing.closeNotify();
        }
        writing.flush();
        timers.queued(writing.queuedBytes(), writing.takeProgress());
        sendFinWhenFlushed();
    }

    private void sendFinWhenFlushed() throws IOException {
        if (outputShut && !finSent && writing.queuedBytes() == 0) {
            finSent = true;
            wire.shutdownOutput();
        }
    }

    // ---- ending both

    /** Begins the close that the user asks for: from now on reading fails. */
    void closeByUser() {
        bothSidesEnded = false;
        close(true);
    }

    /** Begins the close that a bound in time wants, which is what pending calls, and those who watch, are told. */
    void closeBecause(IOException error) {
        if (state == State.OPEN) {
            bothSidesEnded = false;
            cause = error;
            readerFailure = error;
            writerFailure = error;
            close(true);
        }
    }

    /** Begins the close, with a close_notify unless a handshake has failed, whose alert was sent. */
    void close(boolean notify) {
        if (state != State.OPEN) {
            return;
        }
        state = State.CLOSING;
        timers.closing(notify);
        boolean hasUnsentOrUnread = hasUnsentOrUnread();
        try {
            if (!outputShut) {
                finishOutput(notify);
            }
            finishClose();
        } catch (IOException failure) {
            die(hasUnsentOrUnread ? failure : null, false);
        }
    }

    /** {@return whether there is more to say than a close_notify, or to hear} If not, a peer that has gone is no error. */
    private boolean hasUnsentOrUnread() {
        return writing.queuedBytes() > 0 || !reading.ended();
    }

    /** Something may have been sent, or come: goes on with what is under way. */
    void proceed() {
        try {
            if (state != State.DEAD) {
                sendFinWhenFlushed();
            }
            if (state == State.CLOSING) {
                finishClose();
            }
        } catch (IOException gone) {
            die(null, false); // the peer reset a connection that had nothing left to say
        }
    }

    /** Once all is sent, waits for the peer's end: bytes unread at close would make the system destroy our last ones. */
    private void finishClose() throws IOException {
        sendFinWhenFlushed();
        if (!finSent) {
            return;
        }
        if (reading.ended() || !reading.discard(DISCARDS_A_TURN)) {
            die(null, false);
        } else if (wire.readReady()) {
            wire.loop().execute(proceedLocked); // more than its share at once: the others first
        }
    }

    /** The time for an orderly close is over. */
    void closeExpired() {
        if (state == State.CLOSING && !timers.closeGoesOn()) {
            int lost = writing.queuedBytes();
            if (lost > 0) {
                wire.reset();
            } // else the system has it all, and goes on sending it to a peer that takes it slowly
            die(
                    lost == 0
                            ? null
                            : new IOException("close " + AddressText.of(wire.remoteAddress()) + ": gave up with " + lost
                                    + " bytes that the peer did not take"),
                    false);
        }
    }

    /** Resets the connection because of {@code error}, which pending calls fail with. */
    void abort(@Nullable IOException error) {
        bothSidesEnded = false;
        if (state != State.DEAD) {
            aborted = error == null;
            wire.reset();
            die(error, true);
        }
    }

    /** A flush in the background has failed. */
    void failedFlushing(IOException failure) {
        die(Failures.named("write", wire.remoteAddress(), failure), state == State.OPEN);
    }

    /** Gives everything back, the descriptor in a task of the loop, after which whoever waits is woken and told. Once. */
    private void die(@Nullable IOException error, boolean tellUsers) {
        if (state == State.DEAD) {
            return;
        }
        state = State.DEAD;
        if (tellUsers) {
            readerFailure = error;
            writerFailure = error;
            cause = error == null ? cause : error;
        }
        unsent |= writing.queuedBytes() > 0;
        driver.free();
        reading.release();
        writing.release();
        timers.cancel();
        wire.loop()
                .execute(() -> wire.release(() -> {
                    waiters.fireAll();
                    owners.tell(error == null ? cause : error);
                }));
    }
}
