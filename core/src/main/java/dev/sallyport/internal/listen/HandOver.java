package dev.sallyport.internal.listen;

import dev.sallyport.internal.handshake.EstablishedConnection;
import dev.sallyport.internal.handshake.Handshake;
import dev.sallyport.internal.handshake.HandshakeHost;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of the connections of a handle that closes: they are given to the other handles of its socket, each of which
 * takes them by its own rules, as if they had come to it. Any thread; user code (the accept filter) is asked with no lock held.
 */
final class HandOver {
    private final ListenSocket socket;
    private final ListenHandle from;

    HandOver(ListenSocket socket, ListenHandle from) {
        this.socket = socket;
        this.from = from;
    }

    /** Finds a new host for a connection whose ClientHello is unread: one that gives its sockets equal options. */
    @Nullable HandshakeHost unread(Handshake handshake) {
        for (ListenHandle next : socket.takers()) {
            if (next != from
                    && next.policy().accepted().equals(from.policy().accepted())
                    && next.passesFilter(handshake.remoteAddress())
                    && socket.enter(next, handshake)) {
                return next;
            }
        }
        return null;
    }

    /** {@return whether some handle may deliver what has been let in here} */
    boolean hasSuccessor() {
        return socket.takers().stream()
                .anyMatch(next -> next != from && next.policy().equals(from.policy()));
    }

    /** {@return the handle that takes this finished connection, and keeps a place for it; null when none does} */
    @Nullable ListenHandle successor(EstablishedConnection finished) {
        for (ListenHandle next : socket.takers()) {
            if (next != from && next.policy().equals(finished.policy()) && next.agreesTo(finished)) {
                return next;
            }
        }
        return null;
    }
}
