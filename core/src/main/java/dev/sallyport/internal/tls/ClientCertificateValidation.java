package dev.sallyport.internal.tls;

import dev.sallyport.ClientCertificateCheck;
import dev.sallyport.HandshakeException.Reason;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.NoSuchAlgorithmException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.X509CertSelector;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import javax.net.ssl.CertPathTrustManagerParameters;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether a client's certificate is good enough, the same for both drivers: path validation (RFC 5280) or the
 * application's verifier instead of it, then the application's check. Immutable; any thread, but one that holds no lock,
 * because what the application gave may block.
 */
public final class ClientCertificateValidation {
    /** A path longer than this is refused unread: building it costs the server more than sending it costs the client. */
    public static final int MAX_CHAIN_CERTIFICATES = 10;

    /** What the JDK's handshake lets through at most; the other driver would take more. */
    static final int MAX_CHAIN_BYTES = 32 * 1024;

    private final @Nullable X509TrustManager pathValidation;
    private final @Nullable ClientCertificateCheck verifier;
    private final @Nullable ClientCertificateCheck check;
    private final boolean looksForRevoked;

    private ClientCertificateValidation(
            @Nullable X509TrustManager pathValidation,
            boolean looksForRevoked,
            @Nullable ClientCertificateCheck verifier,
            @Nullable ClientCertificateCheck check) {
        this.pathValidation = pathValidation;
        this.looksForRevoked = looksForRevoked;
        this.verifier = verifier;
        this.check = check;
    }

    /**
     * {@return the validation that the material asks for; with nobody trusted and no verifier it refuses everyone}
     *
     * @throws SSLException when the JDK cannot validate paths to these certificates
     */
    public static ClientCertificateValidation of(TlsConfig material) throws SSLException {
        boolean validatesPaths =
                material.verifier() == null && !material.trusted().isEmpty();
        return new ClientCertificateValidation(
                validatesPaths ? pathValidation(material.trusted(), material.revocation()) : null,
                material.revocation() != null,
                material.verifier(),
                material.check());
    }

    /**
     * Returns normally when the client may come in.
     *
     * @param chain what the client sent, leaf first
     * @param authType the type of the leaf's key, or {@code UNKNOWN}
     * @throws CertificateException when it may not; whose fault that is, {@link FailureReasons#ofCertificate} tells.
     *     Nothing else is ever thrown, whatever the application's code does
     */
    public void validate(X509Certificate @Nullable [] chain, String authType) throws CertificateException {
        if (chain == null || chain.length == 0) {
            throw new CertificateRefusedException(Reason.PEER_NO_CERTIFICATE, "no client certificate");
        }
        checkSize(chain);
        List<X509Certificate> certificates = List.of(chain);
        if (verifier != null) {
            ask(verifier::check, certificates, "client certificate verifier");
        } else {
            validatePath(chain, authType);
        }
        if (check != null) {
            ask(check::check, certificates, "client certificate check");
        }
    }

    /**
     * Returns normally when a client that was let in with this chain, by the same policy, may come in again.
     *
     * @throws CertificateException as {@link #validate} does
     */
    void validateResumed(List<X509Certificate> chain) throws CertificateException {
        if (verifier != null) {
            ask(verifier::checkResumed, chain, "client certificate verifier");
        } else if (looksForRevoked || !allAreValid(chain)) { // else the path is as good as it was
            validatePath(
                    chain.toArray(X509Certificate[]::new),
                    chain.get(0).getPublicKey().getAlgorithm());
        }
        if (check != null) {
            ask(check::checkResumed, chain, "client certificate check");
        }
    }

    /** {@return when a ticket should end that is given for this chain: as soon as anything in it does; null for never} */
    public @Nullable Instant endOf(List<X509Certificate> chain) {
        return verifier != null
                ? null // which may not care
                : chain.stream()
                        .map(certificate -> certificate.getNotAfter().toInstant())
                        .filter(Instant.now()::isBefore) // what had ended already is no part of the path
                        .min(Comparator.naturalOrder())
                        .orElse(null);
    }

    private static boolean allAreValid(List<X509Certificate> chain) {
        try {
            for (X509Certificate certificate : chain) {
                certificate.checkValidity();
            }
            return true;
        } catch (CertificateExpiredException | CertificateNotYetValidException e) {
            return false;
        }
    }

    private static void checkSize(X509Certificate[] chain) throws CertificateException {
        if (chain.length > MAX_CHAIN_CERTIFICATES) {
            throw new CertificateRefusedException(
                    Reason.PEER_BAD_CERTIFICATE,
                    "client certificate chain has " + chain.length + " certificates (at most " + MAX_CHAIN_CERTIFICATES
                            + ")");
        }
        long bytes = 0;
        for (X509Certificate certificate : chain) {
            bytes += certificate.getEncoded().length;
        }
        if (bytes > MAX_CHAIN_BYTES) {
            throw new CertificateRefusedException(
                    Reason.PEER_BAD_CERTIFICATE,
                    "client certificate chain has " + bytes + " bytes (at most " + MAX_CHAIN_BYTES + ")");
        }
    }

    private void validatePath(X509Certificate[] chain, String authType) throws CertificateException {
        if (pathValidation == null) {
            throw new CertificateRefusedException(
                    Reason.PEER_UNTRUSTED_CERTIFICATE, "client certificate refused (no certificates are trusted)");
        }
        try {
            pathValidation.checkClientTrusted(chain, authType);
        } catch (CertificateException e) {
            throw new CertificateRefusedException(
                    FailureReasons.ofPath(e), "client certificate refused (" + e.getMessage() + ")", e);
        } catch (RuntimeException e) {
            // seen from the JDK for certificates that parse but make no sense, such as absurd key parameters
            throw new CertificateRefusedException(
                    Reason.PEER_BAD_CERTIFICATE, "client certificate refused (" + e.getMessage() + ")", e);
        }
    }

    /** An Error is turned into a refusal, too: it must not end the thread that carries other connections. */
    @SuppressWarnings("CatchingUnchecked")
    private static void ask(Question application, List<X509Certificate> chain, String what)
            throws CertificateException {
        try {
            application.ask(chain);
        } catch (CertificateException e) {
            throw new CertificateRefusedException(
                    Reason.PEER_UNTRUSTED_CERTIFICATE, what + " refused (" + e.getMessage() + ")", e);
        } catch (Throwable e) {
            throw new CertificateRefusedException(Reason.INTERNAL, what + " failed (" + e + ")", e);
        }
    }

    @FunctionalInterface
    private interface Question {
        void ask(List<X509Certificate> chain) throws CertificateException;
    }

    private static X509TrustManager pathValidation(List<X509Certificate> trusted, @Nullable RevocationPolicy revocation)
            throws SSLException {
        try {
            KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            for (int i = 0; i < trusted.size(); i++) {
                store.setCertificateEntry("trusted-" + i, trusted.get(i));
            }
            TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
            if (revocation == null) {
                factory.init(store);
            } else {
                PKIXBuilderParameters parameters = new PKIXBuilderParameters(store, new X509CertSelector());
                revocation.applyTo(parameters);
                factory.init(new CertPathTrustManagerParameters(parameters));
            }
            for (TrustManager manager : factory.getTrustManagers()) {
                if (manager instanceof X509TrustManager x509) {
                    return x509;
                }
            }
            throw new NoSuchAlgorithmException("PKIX of this JDK is not for X.509");
        } catch (GeneralSecurityException | IOException e) {
            throw new SSLException("trustedCertificates: cannot be used to validate (" + e.getMessage() + ")", e);
        }
    }
}
