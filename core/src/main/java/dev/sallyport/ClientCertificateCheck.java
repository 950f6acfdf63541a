package dev.sallyport;

import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;

/** Decides whether a client's certificate is good enough. Runs on the server's executor and may block. */
@FunctionalInterface
public interface ClientCertificateCheck {
    /**
     * Returns normally when the client may come in.
     *
     * @param chain the client's certificates as it sent them, leaf first; never empty, unmodifiable
     * @throws CertificateException when it may not; the message goes to the observer, not to the client
     */
    void check(List<X509Certificate> chain) throws CertificateException;
}
