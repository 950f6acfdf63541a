package dev.sallyport;

import dev.sallyport.internal.hello.HelloRefusal;
import dev.sallyport.internal.hello.ReceivedHello;
import java.net.SocketAddress;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a client said of itself in its first message (RFC 8446 section 4.1.2), before any cryptography. All of it is the
 * client's claim, and none of it is protected yet.
 *
 * <p>A client decides how long its lists are: of a message of 16 KiB, 8,000 names. So they stay bytes, as they came, and
 * each call that returns a list decodes it anew; one who needs it twice keeps it. Whoever keeps this object keeps the
 * message. Immutable; any thread.
 */
public final class ClientHello {
    private final ReceivedHello received;

    ClientHello(ReceivedHello received) {
        this.received = received;
    }

    /**
     * Reads a ClientHello that was recorded or made, as for a test of a {@link ContextSelector}.
     *
     * @param message the handshake message, with its header of four bytes and without those of records; copied
     * @param remoteAddress where it is to come from
     * @return what it says
     * @throws IllegalArgumentException when a server would refuse it; the message says why
     */
    public static ClientHello of(byte[] message, SocketAddress remoteAddress) {
        Objects.requireNonNull(remoteAddress, "remoteAddress");
        try {
            return new ClientHello(
                    new ReceivedHello(Objects.requireNonNull(message, "message").clone(), 1, remoteAddress));
        } catch (HelloRefusal refusal) {
            throw new IllegalArgumentException("message: " + refusal.getMessage(), refusal);
        }
    }

    /** {@return the host name it wants (RFC 6066 section 3), in lower case, or null when it sent none} */
    public @Nullable String serverName() {
        return received.serverName();
    }

    /** {@return the ALPN protocols it offers (RFC 7301), in its order; empty when it sent none} */
    public List<String> protocols() {
        return received.protocols();
    }

    /** {@return the protocol versions it offers, as numbers on the wire ({@code 0x0304} is TLS 1.3), in its order} */
    public List<Integer> versions() {
        return received.versions();
    }

    /** {@return the cipher suites it offers, as numbers on the wire, in its order} */
    public List<Integer> cipherSuites() {
        return received.cipherSuites();
    }

    /** {@return where it connects from} */
    public SocketAddress remoteAddress() {
        return received.remoteAddress();
    }

    /** {@return the server name and where it comes from, for logs} */
    @Override
    public String toString() {
        return "ClientHello[serverName " + serverName() + ", remoteAddress " + remoteAddress() + "]";
    }
}
