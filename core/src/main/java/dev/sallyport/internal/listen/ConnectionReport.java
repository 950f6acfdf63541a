package dev.sallyport.internal.listen;

import dev.sallyport.ConnectionInfo;
import dev.sallyport.HandshakeInfo;
import dev.sallyport.internal.connection.Connection;
import dev.sallyport.internal.connection.Traffic;
import dev.sallyport.internal.handshake.EstablishedConnection;
import java.net.SocketAddress;

/** What an observer is told of a connection at one moment of it. */
record ConnectionReport(
        long id,
        SocketAddress localAddress,
        SocketAddress remoteAddress,
        HandshakeInfo handshake,
        long bytesReceived,
        long bytesSent)
        implements ConnectionInfo {
    /** Before anybody has read or written. */
    static ConnectionReport opened(EstablishedConnection opened) {
        return of(opened.connection(), opened.info(), 0, 0);
    }

    static ConnectionReport closed(Connection connection, HandshakeInfo info) {
        Traffic traffic = connection.traffic();
        return of(connection, info, traffic.bytesReceived(), traffic.bytesSent());
    }

    private static ConnectionReport of(Connection connection, HandshakeInfo info, long received, long sent) {
        return new ConnectionReport(
                connection.id(),
                connection.wire().localAddress(),
                connection.wire().remoteAddress(),
                info,
                received,
                sent);
    }
}
