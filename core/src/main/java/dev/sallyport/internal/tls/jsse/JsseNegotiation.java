package dev.sallyport.internal.tls.jsse;

import dev.sallyport.TlsVersion;
import java.nio.charset.StandardCharsets;
import java.security.PublicKey;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiFunction;
import javax.net.ssl.SSLEngine;
import org.jspecify.annotations.Nullable;

/**
 * What the engine asks during one handshake: which ALPN protocol to take, and, through {@link IdentityKeyManager}, which
 * identity. It is the engine's own protocol selector, which is how a key manager shared by all engines finds it. Called
 * in delegated tasks, by one thread at a time; read with the connection's lock held, after the task.
 */
final class JsseNegotiation implements BiFunction<SSLEngine, List<String>, String> {
    /** For the engine: go on without a protocol. Null would end the handshake. */
    private static final String NO_PROTOCOL = "";

    private final List<String> protocols;
    private final @Nullable OfferedSchemes schemes;
    private boolean identityChosen;
    private boolean certificateJudged;

    JsseNegotiation(List<String> protocols, @Nullable OfferedSchemes schemes) {
        this.protocols = protocols;
        this.schemes = schemes;
    }

    /** {@return the negotiation of this engine, or null when it is not one of ours} */
    static @Nullable JsseNegotiation of(SSLEngine engine) {
        return engine.getHandshakeApplicationProtocolSelector() instanceof JsseNegotiation negotiation
                ? negotiation
                : null;
    }

    /** Server preference (RFC 7301 section 3.2): the first of ours that the client offers. */
    @Override
    public String apply(SSLEngine engine, List<String> offered) {
        Set<String> known = new HashSet<>(offered);
        for (String protocol : protocols) {
            String text = jsseText(protocol);
            if (known.contains(text)) {
                return text;
            }
        }
        return NO_PROTOCOL;
    }

    /** {@return the protocol that the engine ended up with, or null for none} */
    @Nullable String selectedProtocol(@Nullable String engineProtocol) {
        if (engineProtocol == null || engineProtocol.equals(NO_PROTOCOL)) {
            return null;
        }
        return new String(engineProtocol.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
    }

    /** {@return whether the client can verify what this key signs, as far as can be told} */
    boolean suits(PublicKey key, String protocol) {
        return schemes == null
                || schemes.fit(key, TlsVersion.TLS_1_3.protocolName().equals(protocol));
    }

    /** The engine has taken one of our identities for the session that it is making. */
    void identityChosen() {
        identityChosen = true;
    }

    /** The engine has asked whether to let the client in with the certificate that it has just sent. */
    void judgeCertificate() {
        certificateJudged = true;
    }

    /** {@return whether the engine has asked that in this handshake, which it does not in a resumption} */
    boolean certificateJudged() {
        return certificateJudged;
    }

    /**
     * {@return whether the handshake has gone without an identity, which is what resuming a session means: a full
     * handshake always needs one, and the JDK tells in no other way that can be relied on}
     */
    boolean resumed() {
        return !identityChosen;
    }

    /** Names are bytes (RFC 7301 section 3.1), and the JDK shows each byte as one character. */
    private static String jsseText(String protocol) {
        return new String(protocol.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    }
}
