package dev.sallyport.internal.keys;

import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Objects;
import javax.net.ssl.SSLException;

/**
 * A private key and the certificates that vouch for it, leaf first. {@link IdentityReader} makes those that are checked.
 *
 * @param origin where the certificates were found; begins messages about them
 * @param keyOrigin where the key was found; begins messages about it
 * @param keyProven whether the key has signed something that the leaf's key verified
 */
public record Identity(
        PrivateKey key, List<X509Certificate> chain, String origin, String keyOrigin, boolean keyProven) {

    public Identity {
        Objects.requireNonNull(key, "key");
        Objects.requireNonNull(origin, "origin");
        Objects.requireNonNull(keyOrigin, "keyOrigin");
        chain = List.copyOf(chain);
        if (chain.isEmpty()) {
            throw new IllegalArgumentException("chain: needs at least one certificate, the leaf");
        }
    }

    /** {@return the certificate of the key} */
    public X509Certificate leaf() {
        return chain.get(0);
    }

    /**
     * Signs and verifies, if that was not done before: a key that was damaged may still say that it is the certificate's.
     * BoringSSL finds that out when it is given the key; the JDK's TLS does not.
     */
    public void proveKey() throws SSLException {
        IdentityCheck.proveKey(this);
    }

    /** {@return subject and key type; some providers' keys print themselves, so the key is never asked} */
    @Override
    public String toString() {
        return "Identity[" + IdentityCheck.subject(leaf()) + ", " + key.getAlgorithm() + "]";
    }
}
