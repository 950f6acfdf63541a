package dev.sallyport.internal.handshake;

import dev.sallyport.HandshakeInfo;
import dev.sallyport.internal.connection.Connection;
import dev.sallyport.internal.tls.TlsSession;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A connection that has finished its handshake.
 *
 * @param connection the connection, whose owner is still to be named
 * @param session what was negotiated
 * @param info what the user is told of it
 * @param policy the rules that let it in, as its host has told with the context
 */
public record EstablishedConnection(
        Connection connection, TlsSession session, HandshakeInfo info, DeliveryPolicy policy) {
    static EstablishedConnection of(
            Connection connection,
            @Nullable String serverName,
            TlsSession session,
            Duration duration,
            DeliveryPolicy policy) {
        HandshakeInfo info = HandshakeInfo.builder(session.version(), session.cipherSuite())
                .namedGroup(session.namedGroup())
                .selectedProtocol(session.selectedProtocol())
                .serverName(serverName)
                .resumed(session.resumed())
                .peerCertificateChain(session.peerCertificateChain())
                .duration(duration)
                .build();
        return new EstablishedConnection(connection, session, info, policy);
    }
}
