package dev.sallyport.internal.handshake;

import dev.sallyport.internal.connection.ConnectionSettings;
import dev.sallyport.internal.hello.ProtocolSet;
import dev.sallyport.internal.hello.ReceivedHello;
import java.time.Duration;
import java.util.concurrent.Executor;

/**
 * What decides how one handle's handshakes go.
 *
 * @param timeout from accept to the end of the handshake
 * @param requireProtocol whether a client that shares no ALPN protocol is refused
 * @param executor where user code runs
 * @param connection the bounds of the connection afterwards
 */
public record HandshakeSettings(
        Duration timeout, boolean requireProtocol, Executor executor, ConnectionSettings connection) {
    /** {@return whether one of our protocols is the client's, or none is required} */
    boolean protocolsSuffice(ProtocolSet ours, ReceivedHello client) {
        return !requireProtocol || client.offersOneOf(ours);
    }
}
