package dev.sallyport;

import java.io.Serial;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Objects;
import javax.net.ssl.SSLHandshakeException;
import org.jspecify.annotations.Nullable;

/**
 * A connection that was accepted has not become a secure one. It concerns that client alone: {@link ServerObserver}
 * hears of it, {@link ServerStatistics} counts it, and no {@code accept} ever throws it.
 */
public final class HandshakeException extends SSLHandshakeException {
    @Serial
    private static final long serialVersionUID = 1L;

    private final Reason reason;
    private final SocketAddress remoteAddress;
    private final @Nullable String serverName;

    /**
     * A failed handshake. Its message becomes {@code handshake ADDRESS: PROBLEM}.
     *
     * @param reason what went wrong and whose fault it was
     * @param remoteAddress where the client connected from
     * @param serverName the host name that the client asked for, or null when it had not told, or told none
     * @param problem what happened, in lower case, with why in parentheses
     * @param cause what it was noticed by, or null
     */
    public HandshakeException(
            Reason reason,
            SocketAddress remoteAddress,
            @Nullable String serverName,
            String problem,
            @Nullable Throwable cause) {
        super("handshake " + text(remoteAddress) + ": " + Objects.requireNonNull(problem, "problem"));
        this.reason = Objects.requireNonNull(reason, "reason");
        this.remoteAddress = remoteAddress;
        this.serverName = serverName;
        if (cause != null) {
            // SSLHandshakeException takes a cause in its constructor only since JDK 19
            initCause(cause);
        }
    }

    /** {@return what went wrong and whose fault it was} */
    public Reason reason() {
        return reason;
    }

    /** {@return where the client connected from} */
    public SocketAddress remoteAddress() {
        return remoteAddress;
    }

    /**
     * {@return the host name that the client asked for (RFC 6066 section 3), its claim and no more; null when it failed
     * before telling, or told none}
     */
    public @Nullable String serverName() {
        return serverName;
    }

    private static String text(SocketAddress address) {
        Objects.requireNonNull(address, "remoteAddress");
        if (address instanceof InetSocketAddress internet && internet.getAddress() != null) {
            String host = internet.getAddress().getHostAddress();
            return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + internet.getPort();
        }
        // the client's end of a Unix-domain connection has no name
        String text = address.toString();
        return text.isEmpty() ? "unnamed" : text;
    }

    /**
     * Why a handshake failed. A reason that begins with {@code PEER_} is caused by the client, and matters only when there
     * are many; one that begins with {@code LOCAL_} is caused by this server, and should be looked at. More reasons may be
     * added: handle the unknown.
     */
    public enum Reason {
        /** The first bytes are not a TLS handshake; the message guesses what they are, such as plain HTTP. */
        PEER_NOT_TLS,
        /** No TLS version is allowed on both sides, or the client speaks nothing from TLS 1.2 on. */
        PEER_NO_COMMON_VERSION,
        /** No cipher suite, or no key exchange group or signature algorithm, is known on both sides. */
        PEER_NO_COMMON_CIPHER_SUITE,
        /** No ALPN protocol is known on both sides, and {@code requireProtocol} asks for one (RFC 7301). */
        PEER_NO_COMMON_PROTOCOL,
        /** The client sent no certificate, and {@code requireClientCertificate} asks for one. */
        PEER_NO_CERTIFICATE,
        /** The client's certificate is malformed or expired, may not be used for this, or its signature is wrong. */
        PEER_BAD_CERTIFICATE,
        /** The client's certificate leads to no certificate that is trusted here, or the application's check refused it. */
        PEER_UNTRUSTED_CERTIFICATE,
        /** The client asked for a host name that no context of this server answers to. */
        PEER_UNKNOWN_SERVER_NAME,
        /** The client ended the handshake with an alert, often because it does not trust our certificate. */
        PEER_REJECTED_US,
        /** The client broke the protocol: a message malformed, too large, out of order, or wrongly encrypted. */
        PEER_MISBEHAVED,
        /** The header of the PROXY protocol is missing or malformed. */
        PEER_BAD_PROXY_HEADER,
        /** The client closed or reset the connection before the handshake was done. */
        PEER_GONE,
        /** The handshake was not done within {@code handshakeTimeout}. */
        TIMEOUT,
        /** No certificate of this server suits what the client can use. */
        LOCAL_NO_IDENTITY,
        /** A limit of this server was reached, or its executor took no more tasks. */
        LOCAL_OVERLOADED,
        /** The server was closing. */
        LOCAL_SHUTTING_DOWN,
        /** An error of this server, its options or the library; the cause tells. */
        INTERNAL
    }
}
