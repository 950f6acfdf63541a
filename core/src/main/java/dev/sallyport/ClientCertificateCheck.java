package dev.sallyport;

import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;

/**
 * Decides whether a client's certificate is good enough. Asked once a handshake, a resumed one too. Runs on the server's
 * executor and may block.
 */
@FunctionalInterface
public interface ClientCertificateCheck {
    /**
     * Returns normally when the client is accepted.
     *
     * @param chain the client's certificates as it sent them, leaf first; never empty, unmodifiable
     * @throws CertificateException when it may not; the message goes to the observer, not to the client
     */
    void check(List<X509Certificate> chain) throws CertificateException;

    /**
     * Returns normally when a client that resumes a session is accepted again. Asked in place of {@link #check} at each
     * resumption, since the answer may have changed while the client had a ticket (RFC 8446 section 4.6.1). Unless it is
     * overridden it asks {@code check}.
     *
     * @param chain the certificates that the client sent when the session was made, leaf first; never empty, unmodifiable
     * @throws CertificateException when it may not; the message goes to the observer, not to the client
     */
    default void checkResumed(List<X509Certificate> chain) throws CertificateException {
        check(chain);
    }
}
