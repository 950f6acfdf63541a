package dev.sallyport.internal.tls.jsse;

import dev.sallyport.internal.hello.ReceivedHello;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPublicKey;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The signature schemes that a client offers for the handshake (RFC 8446 section 4.2.3). The JDK tells a key manager only
 * their names, of which several share one, and tells those for certificates where the client makes a difference.
 */
final class OfferedSchemes {
    private static final int ED25519 = 0x0807;
    private static final int ED448 = 0x0808;
    private static final Set<Integer> RSA_PSS = Set.of(0x0804, 0x0805, 0x0806);
    private static final Set<Integer> RSA_PKCS1 = Set.of(0x0201, 0x0301, 0x0401, 0x0501, 0x0601);
    private static final Set<Integer> PSS_KEYS = Set.of(0x0809, 0x080a, 0x080b);
    private static final Set<Integer> ECDSA_OF_ANY_CURVE = Set.of(0x0203, 0x0303);

    private final Set<Integer> schemes;

    private OfferedSchemes(Set<Integer> schemes) {
        this.schemes = schemes;
    }

    /** {@return what this client offers, or null when it leaves that open} */
    static @Nullable OfferedSchemes of(ReceivedHello hello) {
        List<Integer> schemes = hello.signatureSchemes();
        return schemes.isEmpty() ? null : new OfferedSchemes(Set.copyOf(schemes));
    }

    /** {@return whether the client can verify what this key signs; true of a key whose schemes are not known here} */
    boolean fit(PublicKey key, boolean tls13) {
        if (key instanceof ECPublicKey ec) {
            return schemes.contains(ofCurve(ec)) || (!tls13 && offersOneOf(ECDSA_OF_ANY_CURVE));
        }
        if (key instanceof EdECPublicKey edwards) {
            return schemes.contains(edwards.getParams().getName().equals("Ed25519") ? ED25519 : ED448);
        }
        return switch (key.getAlgorithm()) {
            case "RSA" -> offersOneOf(RSA_PSS) || (!tls13 && offersOneOf(RSA_PKCS1));
            case "RSASSA-PSS" -> offersOneOf(PSS_KEYS);
            default -> true;
        };
    }

    /** In TLS 1.2 the number means a hash only (RFC 5246 section 7.4.1.4.1), and the JDK takes it for the curve all the same. */
    private static int ofCurve(ECPublicKey key) {
        return switch (key.getParams().getCurve().getField().getFieldSize()) {
            case 256 -> 0x0403;
            case 384 -> 0x0503;
            default -> 0x0603;
        };
    }

    private boolean offersOneOf(Set<Integer> wanted) {
        return wanted.stream().anyMatch(schemes::contains);
    }
}
