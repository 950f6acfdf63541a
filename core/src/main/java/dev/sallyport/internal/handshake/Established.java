package dev.sallyport.internal.handshake;

import dev.sallyport.ClientHello;
import dev.sallyport.HandshakeInfo;
import dev.sallyport.internal.connection.Connection;
import dev.sallyport.internal.tls.TlsSession;
import java.time.Duration;

/**
 * A connection that has finished its handshake.
 *
 * @param connection the connection, whose owner is still to be named
 * @param hello what the client said
 * @param session what was negotiated
 * @param duration how long it took, from accept
 * @param policy the rules that let it in, as its host has told with the context
 */
public record Established(
        Connection connection, ClientHello hello, TlsSession session, Duration duration, Object policy) {
    /** {@return what the user is told of it} */
    public HandshakeInfo info() {
        return new HandshakeInfo(
                session.version(),
                session.cipherSuite(),
                session.namedGroup(),
                session.selectedProtocol(),
                hello.serverName(),
                session.resumed(),
                session.peerCertificateChain(),
                duration);
    }
}
