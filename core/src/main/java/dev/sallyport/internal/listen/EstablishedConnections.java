package dev.sallyport.internal.listen;

import dev.sallyport.HandshakeException.Reason;
import dev.sallyport.HandshakeInfo;
import dev.sallyport.internal.connection.Connection;
import dev.sallyport.internal.handshake.Admission;
import dev.sallyport.internal.handshake.EstablishedConnection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The connections of one handle whose handshake is done, until they end or another handle has them: counted, told of, and
 * kept for the user to take. Any thread.
 */
final class EstablishedConnections {
    private final ListenHandle handle;
    private final HandOver handOver;
    private final ConnectionLedger connections;
    private final Admission admission;
    private final ListenCounts counts;
    private final ListenEvents events;
    private final AcceptQueue queue = new AcceptQueue();

    EstablishedConnections(
            ListenHandle handle,
            HandOver handOver,
            ConnectionLedger connections,
            Admission admission,
            ListenCounts counts,
            ListenEvents events) {
        this.handle = handle;
        this.handOver = handOver;
        this.connections = connections;
        this.admission = admission;
        this.counts = counts;
        this.events = events;
    }

    HandOver handOver() {
        return handOver;
    }

    // ---- in

    /** One whose handshake was done here. */
    void add(EstablishedConnection finished) {
        counts.completed(finished);
        enter(finished);
    }

    /** One that another handle gives up, and that this one has agreed to take. */
    private void adopt(EstablishedConnection finished) {
        connections.enter();
        finished.connection().settings(handle.settings().connection());
        enter(finished);
    }

    private void enter(EstablishedConnection finished) {
        own(finished);
        events.connectionOpened(finished);
        if (!queue.offer(finished)) {
            giveAway(finished);
        }
    }

    private void own(EstablishedConnection finished) {
        Connection connection = finished.connection();
        HandshakeInfo info = finished.info(); // not what else it was told with, which nobody needs then
        connections.establish(connection);
        connection.owner(error -> gone(connection, info, error));
    }

    // ---- out

    private void gone(Connection connection, HandshakeInfo info, @Nullable Throwable error) {
        if (!connections.leave(connection)) {
            return; // it is another handle's by now
        }
        events.connectionClosed(connection, info, error);
        admission.gone();
        handle.roomMade();
        handle.checkIdle();
    }

    /** One that nobody can take here any more goes to another handle, or is closed. */
    private void giveAway(EstablishedConnection finished) {
        admission.delivered();
        Connection connection = finished.connection();
        ListenHandle successor = handOver.successor(finished);
        if (successor == null) {
            counts.failed(Reason.LOCAL_SHUTTING_DOWN);
            connection.close();
        } else if (connections.leave(connection)) {
            admission.gone();
            events.handedOver(finished);
            successor.established().adopt(finished);
        } else { // it has just ended, as ours
            successor.admission().delivered();
            successor.admission().gone();
        }
        handle.checkIdle();
    }

    // ---- to the user

    /** {@return the next one, the caller's from now on, or null when there is none} */
    @Nullable EstablishedConnection poll() {
        EstablishedConnection next = queue.poll();
        if (next != null) {
            admission.delivered();
            handle.roomMade();
            handle.checkIdle();
        }
        return next;
    }

    void whenAcceptable(Runnable wakeup) {
        queue.whenAcceptable(wakeup);
    }

    void whenEnded(Runnable ended) {
        queue.whenEnded(ended);
    }

    // ---- the end

    /** Delivers no more. Once. {@return those that nobody has taken, for {@link #giveAway(List)}} */
    List<EstablishedConnection> close() {
        return queue.close();
    }

    /** Gives those away that nobody has taken, and tells who waits that nothing comes any more. Once, after {@link #close}. */
    void giveAway(List<EstablishedConnection> untaken) {
        untaken.forEach(this::giveAway);
        queue.tellClosed();
    }
}
