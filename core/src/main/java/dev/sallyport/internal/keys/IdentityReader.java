package dev.sallyport.internal.keys;

import java.io.IOException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Makes identities out of files, bytes, keystores and key objects. What it returns is checked: the key is the leaf's, of a
 * supported kind and strong enough, and the chain is in order. A leaf outside its validity is only warned about (logger
 * 'dev.sallyport').
 *
 * <p>Bad content is an {@link SSLException} that names source and block and says what to do; what cannot be read is another
 * {@link IOException}. Passwords are neither changed nor kept.
 */
public final class IdentityReader {

    private IdentityReader() {}

    /**
     * Reads a chain and its key, each PEM, DER or a keystore with one key, told apart by content. Both may be the same
     * file: keys in the chain's source and certificates in the key's are passed over.
     *
     * @param password for the key, where it is encrypted; else ignored
     */
    public static Identity read(Source chain, Source key, char @Nullable [] password) throws IOException {
        PrivateKey privateKey = KeyReader.read(key, password);
        List<X509Certificate> certificates = CertificateReader.readChain(chain, password);
        return IdentityCheck.identity(Origin.of(key), privateKey, Origin.of(chain), certificates);
    }

    /**
     * Reads a PKCS#12 or JKS keystore.
     *
     * @return an identity for each entry with a private key, never empty
     */
    public static List<Identity> readKeyStore(Source store, char @Nullable [] password) throws IOException {
        return KeyStoreReader.read(store, password);
    }

    /**
     * Takes the identities of a loaded keystore.
     *
     * @param password of its keys; null for a provider that asks for none
     */
    public static List<Identity> fromKeyStore(KeyStore store, char @Nullable [] password) throws IOException {
        return KeyStoreReader.all(new Origin("keystore", null), store, password);
    }

    /** Checks a key and its chain; the key may be one of a provider that keeps it to itself (an HSM's). */
    public static Identity of(PrivateKey key, List<X509Certificate> chain) throws SSLException {
        return IdentityCheck.identity(
                new Origin("private key", null), key, new Origin("certificate chain", null), chain);
    }
}
