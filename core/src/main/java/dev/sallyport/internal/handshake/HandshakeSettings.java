package dev.sallyport.internal.handshake;

import dev.sallyport.internal.connection.ConnectionSettings;
import java.time.Duration;
import java.util.List;
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
    /** {@return whether the lists have a protocol in common, or none is required} */
    boolean protocolsSuffice(List<String> ours, List<String> theirs) {
        return !requireProtocol || ours.stream().anyMatch(theirs::contains);
    }
}
