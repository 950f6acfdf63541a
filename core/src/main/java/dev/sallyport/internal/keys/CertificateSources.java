package dev.sallyport.internal.keys;

import java.nio.file.Path;
import java.security.KeyStore;
import java.security.KeyStoreException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import javax.net.ssl.SSLException;

/** The forms in which certificates without keys can be given. */
public final class CertificateSources {
    private CertificateSources() {}

    public static ContextSource<X509Certificate> file(Path file) {
        Source source = Source.file(Objects.requireNonNull(file, "file"));
        return ContextSource.files(source.name(), List.of(file), () -> CertificateReader.read(source));
    }

    public static ContextSource<X509Certificate> bytes(String option, byte[] certificates) {
        Source source = Source.bytes(option, Objects.requireNonNull(certificates, "certificates"));
        return ContextSource.given(option, () -> CertificateReader.read(source));
    }

    public static ContextSource<X509Certificate> keyStore(String option, KeyStore store) {
        Objects.requireNonNull(store, "store");
        return ContextSource.given(option, () -> certificateEntries(option, store));
    }

    public static ContextSource<X509Certificate> objects(String option, X509Certificate... certificates) {
        List<X509Certificate> copy = copy(option, "certificates", certificates);
        return ContextSource.given(option, () -> copy);
    }

    public static List<X509Certificate> copy(String option, String parameter, X509Certificate... certificates) {
        if (Objects.requireNonNull(certificates, parameter).length == 0) {
            throw new IllegalArgumentException(option + ": no certificate is given; give at least one");
        }
        for (X509Certificate certificate : certificates) {
            Objects.requireNonNull(certificate, "a certificate in " + parameter);
        }
        return List.copyOf(Arrays.asList(certificates));
    }

    /**
     * Not the chains of its keys: a truststore and a keystore that are mixed up would trust everyone who has our
     * issuer.
     */
    private static List<X509Certificate> certificateEntries(String option, KeyStore store) throws SSLException {
        List<X509Certificate> certificates = new ArrayList<>();
        try {
            for (String alias : Collections.list(store.aliases())) {
                if (store.isCertificateEntry(alias) && store.getCertificate(alias) instanceof X509Certificate found) {
                    certificates.add(found);
                }
            }
        } catch (KeyStoreException e) {
            throw new SSLException(
                    option + ": the keystore cannot be read (" + e.getMessage() + "); load it before it is given", e);
        }
        if (certificates.isEmpty()) {
            throw new SSLException(option + ": the keystore has no entry that is a certificate without a key; give the"
                    + " truststore, or the certificates themselves");
        }
        return certificates;
    }
}
