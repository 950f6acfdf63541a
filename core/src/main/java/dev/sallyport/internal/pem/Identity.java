package dev.sallyport.internal.pem;

import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Objects;

/**
 * A private key and the certificates that vouch for it, leaf first. {@link IdentityReader} makes those that are checked.
 *
 * @param origin where the certificates were found; begins messages
 */
public record Identity(PrivateKey key, List<X509Certificate> chain, String origin) {

    public Identity {
        Objects.requireNonNull(key, "key");
        Objects.requireNonNull(origin, "origin");
        chain = List.copyOf(chain);
        if (chain.isEmpty()) {
            throw new IllegalArgumentException("chain: needs at least one certificate, the leaf");
        }
    }

    /** {@return the certificate of the key} */
    public X509Certificate leaf() {
        return chain.get(0);
    }

    /** {@return subject and key type; some providers' keys print themselves, so the key is never asked} */
    @Override
    public String toString() {
        return "Identity[" + IdentityCheck.subject(leaf()) + ", " + key.getAlgorithm() + "]";
    }
}
