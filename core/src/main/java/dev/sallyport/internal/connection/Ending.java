package dev.sallyport.internal.connection;

import dev.sallyport.internal.connection.EndReason.Plain;
import dev.sallyport.internal.names.AddressText;
import dev.sallyport.internal.tls.TlsDriver;
import java.io.IOException;
import java.net.SocketAddress;
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
    private sealed interface State {
        /** {@return why it is not open, or null when it is} */
        @Nullable EndReason reason();
    }

    private record Open() implements State {
        @Override
        public @Nullable EndReason reason() {
            return null;
        }
    }

    private record Closing(EndReason reason) implements State {}

    private record Dead(EndReason reason) implements State {}

    /** How far this side has ended its own direction. */
    private enum Output {
        OPEN,
        SHUT,
        FIN_SENT
    }

    private static final State OPEN = new Open();
    private static final int DISCARDS_A_TURN = 16;

    private final Connection connection;
    private final TlsDriver driver;
    private final ReadSide reading;
    private final WriteSide writing;
    private final Timers timers;
    private final CloseListeners listeners = new CloseListeners();
    private final UntoldFailures failures = new UntoldFailures();
    private volatile State state = OPEN;
    private volatile Output output = Output.OPEN;
    private volatile boolean inputShut;

    Ending(Connection connection, TlsDriver driver, ReadSide reading, WriteSide writing, Timers timers) {
        this.connection = connection;
        this.driver = driver;
        this.reading = reading;
        this.writing = writing;
        this.timers = timers;
    }

    CloseListeners listeners() {
        return listeners;
    }

    // ---- the state, for any thread

    boolean isOpen() {
        return state == OPEN;
    }

    boolean isClosing() {
        return state instanceof Closing;
    }

    boolean isDead() {
        return state instanceof Dead;
    }

    boolean inputShut() {
        return inputShut;
    }

    boolean outputShut() {
        return output != Output.OPEN;
    }

    /** {@return whether FIN waits for the queue to be sent} */
    boolean finDue() {
        return output == Output.SHUT && !isDead();
    }

    // ---- what a call may still do

    void checkHandshaking() throws IOException {
        if (!isOpen()) {
            IOException failure = failures.peekReader();
            throw failure == null ? closed("handshake").meanwhile("during the handshake") : failure;
        }
    }

    /** A setting of a connection that has ended would be none. */
    void checkOpen(String call) throws ClosedException {
        if (!isOpen()) {
            throw closed(call);
        }
    }

    /** {@return what {@code call} fails with from now on} */
    private ClosedException closed(String call) {
        EndReason reason = state.reason();
        String why = reason == null ? "this side has shut down this direction" : reason.text();
        return new ClosedException(call, peer(), why);
    }

    void checkReadable() throws IOException {
        IOException failure = failures.takeReader();
        if (failure != null) {
            throw failure;
        }
        if ((!isOpen() && !bothSidesEnded()) || inputShut) {
            throw closed("read");
        }
    }

    void checkWritable() throws IOException {
        IOException failure = failures.takeWriter();
        if (failure != null) {
            throw failure;
        }
        if (!isOpen() || outputShut()) {
            throw closed("write");
        }
        if (driver.outboundClosedByPeer()) {
            throw new HalfCloseUnsupportedException(peer());
        }
    }

    void checkSent() throws IOException {
        if (failures.unsent()) {
            IOException failure = failures.peekWriter();
            throw failure == null ? closed("flush").meanwhile("before all was sent") : failure;
        }
    }

    /** A TLS or socket error ends both directions; an early end of the peer's ends only reading. Returns what to throw. */
    IOException failedReading(IOException failure) {
        IOException named = Failures.named("read", peer(), failure);
        if (isOpen() && !(failure instanceof ClosedChannelException) && !reading.ended()) {
            failed(named);
            failures.takeReader(); // this caller is the one who hears of it
        }
        closeIfBothSidesEnded();
        return named;
    }

    IOException failedWriting(IOException failure) {
        IOException named = Failures.named("write", peer(), failure);
        if (isOpen() && !(failure instanceof ClosedChannelException)) {
            failed(named);
            failures.toldWriter();
        }
        return named;
    }

    // ---- ending one direction

    void shutInput() {
        inputShut = true;
        closeIfBothSidesEnded();
    }

    void shutOutput() {
        if (isOpen() && !outputShut()) {
            boolean hasUnsentOrUnread = hasUnsentOrUnread();
            try {
                finishOutput(true);
            } catch (IOException failure) {
                failed(hasUnsentOrUnread ? failure : null);
            }
            closeIfBothSidesEnded();
        }
    }

    /** When both directions have ended there is nothing left that anyone could do with this connection. */
    void closeIfBothSidesEnded() {
        if (isOpen() && outputShut() && (inputShut || reading.ended())) {
            close(inputShut ? Plain.CLOSED : Plain.BOTH_SIDES_ENDED, true);
        }
    }

    private void finishOutput(boolean notify) throws IOException {
        output = Output.SHUT;
        if (notify) {
            writing.closeNotify();
        }
        writing.flush();
        timers.queued(writing.queuedBytes(), writing.takeProgress());
        sendFinWhenFlushed();
    }

    private void sendFinWhenFlushed() throws IOException {
        if (output == Output.SHUT && writing.queuedBytes() == 0) {
            output = Output.FIN_SENT;
            connection.wire().shutdownOutput();
        }
    }

    // ---- ending both

    /** Begins the close that the user asks for: from now on reading fails. */
    void closeByUser() {
        forbidReadingAgain();
        close(Plain.CLOSED, true);
    }

    /** Ends a handshake that failed: without a close_notify, since its alert was sent. */
    void closeFailedHandshake() {
        close(Plain.CLOSED, false);
    }

    /** Begins the close that a bound in time wants, which is what pending calls, and those who watch, are told. */
    void closeBecause(IOException error) {
        if (isOpen()) {
            failures.put(error);
            close(new EndReason.Failed(error), true);
        }
    }

    private void close(EndReason reason, boolean notify) {
        if (!isOpen()) {
            return;
        }
        state = new Closing(reason);
        timers.closing(notify);
        boolean hasUnsentOrUnread = hasUnsentOrUnread();
        try {
            if (!outputShut()) {
                finishOutput(notify);
            }
            finishClose();
        } catch (IOException failure) {
            die(hasUnsentOrUnread ? failure : null);
        }
    }

    /** {@return whether there is more to say than a close_notify, or to hear} If not, a peer that has gone is no error. */
    private boolean hasUnsentOrUnread() {
        return writing.queuedBytes() > 0 || !reading.ended();
    }

    /** Something may have been sent, or come: goes on with what is under way. */
    void proceed() {
        try {
            if (!isDead()) {
                sendFinWhenFlushed();
            }
            if (isClosing()) {
                finishClose();
            }
        } catch (IOException gone) {
            die(null); // the peer reset a connection that had nothing left to say
        }
    }

    /** Once all is sent, waits for the peer's end: bytes unread at close would make the system destroy our last ones. */
    private void finishClose() throws IOException {
        sendFinWhenFlushed();
        if (output != Output.FIN_SENT) {
            return;
        }
        if (reading.ended() || !reading.discard(DISCARDS_A_TURN)) {
            die(null);
        } else if (connection.wire().readReady()) {
            connection
                    .wire()
                    .loop()
                    .execute(connection::proceedWithEnd); // more than its share at once: the others first
        }
    }

    /** The time for an orderly close is over. */
    void closeExpired() {
        if (isClosing() && !timers.closeGoesOn()) {
            int lost = writing.queuedBytes();
            if (lost == 0) {
                die(null); // the system has it all, and goes on sending it to a peer that takes it slowly
                return;
            }
            connection.wire().reset();
            die(new IOException("close " + AddressText.of(peer()) + ": gave up with " + lost
                    + " bytes that the peer did not take"));
        }
    }

    /** Resets the connection because of {@code error}, which pending calls fail with. */
    void abort(@Nullable IOException error) {
        forbidReadingAgain();
        if (!isDead()) {
            connection.wire().reset();
            failures.put(error);
            EndReason before = state.reason();
            EndReason now = error == null ? Plain.ABORTED : new EndReason.Failed(error);
            die(error == null && before instanceof EndReason.Failed ? before : now, error);
        }
    }

    /** A flush in the background has failed. */
    void failedFlushing(IOException failure) {
        IOException named = Failures.named("write", peer(), failure);
        if (isOpen()) {
            failed(named);
        } else {
            die(named);
        }
    }

    private boolean bothSidesEnded() {
        return state.reason() == Plain.BOTH_SIDES_ENDED;
    }

    /** The user has ended what had ended by itself: the reader may not ask for the end again. */
    private void forbidReadingAgain() {
        if (bothSidesEnded()) {
            state = isDead() ? new Dead(Plain.CLOSED) : new Closing(Plain.CLOSED);
        }
    }

    /** An open connection has failed, which whoever uses it next hears of; with null it had nothing left to say or hear. */
    private void failed(@Nullable IOException error) {
        failures.put(error);
        die(error == null ? Plain.CLOSED : new EndReason.Failed(error), error);
    }

    /** A connection has died whose users ended it before, or need not hear of its end. */
    private void die(@Nullable IOException error) {
        EndReason before = state.reason();
        die(before == null ? Plain.CLOSED : before, error);
    }

    /** Gives everything back, the descriptor in a task of the loop, after which whoever waits is woken and told. Once. */
    private void die(EndReason reason, @Nullable IOException error) {
        if (isDead()) {
            return;
        }
        state = new Dead(reason);
        if (writing.queuedBytes() > 0) {
            failures.lost();
        }
        driver.free();
        reading.release();
        writing.release();
        timers.cancel();
        IOException cause = error == null && reason instanceof EndReason.Failed failed ? failed.cause() : error;
        connection.release(() -> listeners.tell(cause));
    }

    private SocketAddress peer() {
        return connection.wire().remoteAddress();
    }
}
