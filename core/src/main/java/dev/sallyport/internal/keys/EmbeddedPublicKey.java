package dev.sallyport.internal.keys;

import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.interfaces.RSAPublicKey;
import java.util.Arrays;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * The public half that most private keys carry with them (RFC 8017 section A.1.2, RFC 5915 section 3). To ask for it is
 * cheap; to sign with a key of EC costs a JDK that has just started a tenth of a second.
 */
final class EmbeddedPublicKey {
    private static final Origin KEY = new Origin("key", null);
    private static final int ATTACHED = 0xa1; // [1] in ECPrivateKey

    private EmbeddedPublicKey() {}

    /**
     * {@return whether the private key carries this public key} It is only what the key says of itself: false where it says
     * nothing, or says it in another form; and a damaged key may say so although it is not.
     */
    static boolean isCarriedBy(PrivateKey key, PublicKey candidate) {
        if (key instanceof RSAPrivateCrtKey own && candidate instanceof RSAPublicKey other) {
            return own.getModulus().equals(other.getModulus())
                    && own.getPublicExponent().equals(other.getPublicExponent());
        }
        return candidate instanceof ECPublicKey && isCarriedByEc(key.getEncoded(), candidate.getEncoded());
    }

    /** {@code pkcs8} is the key's (RFC 5208), {@code info} the candidate's SubjectPublicKeyInfo (RFC 5280). */
    private static boolean isCarriedByEc(byte @Nullable [] pkcs8, byte[] info) {
        if (pkcs8 == null) {
            return false; // it stays in its provider
        }
        try {
            DerReader candidate = new DerReader(KEY, info).sequence();
            byte[] algorithm = candidate.content(DerReader.SEQUENCE);
            byte[] point = candidate.content(DerReader.BIT_STRING);
            DerReader own = new DerReader(KEY, pkcs8).sequence();
            own.skip();
            if (!Arrays.equals(own.content(DerReader.SEQUENCE), algorithm)) {
                return false;
            }
            DerReader key = own.enter(DerReader.OCTET_STRING).sequence();
            while (key.tag() != ATTACHED && key.tag() != DerReader.NONE) {
                key.skip();
            }
            return key.tag() == ATTACHED && Arrays.equals(key.enter(ATTACHED).content(DerReader.BIT_STRING), point);
        } catch (SSLException malformed) {
            return false; // whoever uses the key will say so
        } finally {
            Arrays.fill(pkcs8, (byte) 0);
        }
    }
}
