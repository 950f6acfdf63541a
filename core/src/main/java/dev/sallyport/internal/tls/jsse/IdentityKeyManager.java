package dev.sallyport.internal.tls.jsse;

import dev.sallyport.internal.keys.Identity;
import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSession;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/**
 * Gives the engine the identity for a key type, if the client can verify its signatures: the engine asks for the types of
 * the client's signature algorithms, in their order. The alias of an identity is its key type. Immutable; any thread.
 */
final class IdentityKeyManager extends X509ExtendedKeyManager {
    private final Map<String, Identity> byKeyType;

    private IdentityKeyManager(Map<String, Identity> byKeyType) {
        this.byKeyType = byKeyType;
    }

    /** {@return a key manager over these, the first of each key type} */
    static IdentityKeyManager of(List<Identity> identities) {
        Map<String, Identity> byKeyType = new LinkedHashMap<>();
        for (Identity identity : identities) {
            // the certificate's, because a key of a hardware module may name its algorithm as it likes
            byKeyType.putIfAbsent(identity.leaf().getPublicKey().getAlgorithm(), identity);
        }
        return new IdentityKeyManager(byKeyType);
    }

    @Override
    public @Nullable String chooseEngineServerAlias(
            String keyType, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
        Identity identity = byKeyType.get(keyType);
        if (identity == null) {
            return null;
        }
        // JDK 25 also asks when it opens a ticket, to see whether the certificate is still the same: then there is no
        // session in the making
        SSLSession session = engine == null ? null : engine.getHandshakeSession();
        JsseNegotiation negotiation = engine == null ? null : JsseNegotiation.of(engine);
        if (session != null && negotiation != null) {
            if (!negotiation.suits(identity.leaf().getPublicKey(), session.getProtocol())) {
                return null; // the engine does not look at curves until it signs, and has no answer then
            }
            negotiation.identityChosen();
        }
        return keyType;
    }

    @Override
    public @Nullable PrivateKey getPrivateKey(String alias) {
        Identity identity = byKeyType.get(alias);
        return identity == null ? null : identity.key();
    }

    @Override
    public X509Certificate @Nullable [] getCertificateChain(String alias) {
        Identity identity = byKeyType.get(alias);
        return identity == null ? null : identity.chain().toArray(X509Certificate[]::new);
    }

    @Override
    public @Nullable String chooseServerAlias(String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
        return byKeyType.containsKey(keyType) ? keyType : null;
    }

    @Override
    public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
        return byKeyType.containsKey(keyType) ? new String[] {keyType} : null;
    }

    @Override
    public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
        return null;
    }

    @Override
    public @Nullable String chooseClientAlias(
            String[] keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
        return null;
    }
}
