package dev.sallyport.internal.listen;

import dev.sallyport.BindOptions;
import dev.sallyport.HandshakeException;
import dev.sallyport.HandshakeInfo;
import dev.sallyport.Limit;
import dev.sallyport.ServerObserver;
import dev.sallyport.internal.connection.Connection;
import dev.sallyport.internal.flight.Flight;
import dev.sallyport.internal.handshake.EstablishedConnection;
import dev.sallyport.internal.task.Dispatcher;
import dev.sallyport.internal.task.FaultLog;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Tells the observer of one handle, on the executor, in order for one connection; what it throws is logged and harms nobody. */
final class ListenEvents {
    private static final System.Logger LOG = System.getLogger("dev.sallyport");

    private final BindOptions options;
    private final ListenCounts counts;
    private final Dispatcher dispatcher;
    private final Set<Limit> standing = ConcurrentHashMap.newKeySet(); // reached and not left yet: told once

    ListenEvents(BindOptions options, ListenCounts counts, Dispatcher dispatcher) {
        this.options = options;
        this.counts = counts;
        this.dispatcher = dispatcher;
    }

    /** {@return the way to the user's executor, by the loop of the listening socket} */
    Dispatcher dispatcher() {
        return dispatcher;
    }

    void handshakeFailed(HandshakeException failure) {
        LOG.log(System.Logger.Level.DEBUG, failure::getMessage);
        if (options.observer() == NONE) {
            NONE.handshakeFailed(failure);
            return;
        }
        tell(observer -> observer.handshakeFailed(failure));
    }

    void connectionOpened(EstablishedConnection opened) {
        tell(observer -> observer.connectionOpened(ConnectionReport.opened(opened)));
    }

    void connectionClosed(Connection closed, HandshakeInfo info, @Nullable Throwable error) {
        ConnectionReport report = ConnectionReport.closed(closed, info);
        counts.bytesReceived.add(report.bytesReceived());
        counts.bytesSent.add(report.bytesSent());
        Flight.closed(closed.wire(), report.bytesReceived(), report.bytesSent(), error);
        tell(observer -> observer.connectionClosed(report, error));
    }

    /** Another handle has it from now on, whose observer hears that it was opened. */
    void handedOver(EstablishedConnection connection) {
        tell(observer -> observer.connectionClosed(ConnectionReport.opened(connection), null));
    }

    void contextReplaced(SocketAddress local) {
        Flight.contextReplaced(local);
        tell(ServerObserver::contextReplaced);
    }

    void contextReloadFailed(SocketAddress local, Path file, IOException error) {
        Flight.contextRefused(local, file, error);
        tell(observer -> observer.contextReloadFailed(file, error));
    }

    void certificateExpiring(X509Certificate certificate, Duration remaining) {
        tell(observer -> observer.certificateExpiring(certificate, remaining));
    }

    void limitReached(Limit limit) {
        if (standing.add(limit)) {
            counts.reached(limit);
            tell(observer -> observer.limitReached(limit));
        }
    }

    /** A limit does not stand in the way any more: the next time that it is reached is news again. */
    void limitLeft(Limit limit) {
        standing.remove(limit);
    }

    /** The user's code runs later: the caller may hold locks. */
    private void tell(Consumer<ServerObserver> event) {
        if (options.observer() == NONE) {
            return; // and what it would log was said by now
        }
        dispatcher.later(
                () -> tellNow(event),
                full -> LOG.log(System.Logger.Level.DEBUG, "the executor rejected an event for the observer", full));
    }

    /** For a thread of the user's executor. */
    void tellNow(Consumer<ServerObserver> event) {
        try {
            event.accept(options.observer());
        } catch (Throwable failure) { // an Error, too: the executor may be the loop's thread
            FaultLog.OBSERVERS.warn("the server observer failed", failure);
        }
    }

    private static final ServerObserver NONE = BindOptions.defaults().observer();
}
