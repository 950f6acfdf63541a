package dev.sallyport.internal.tls;

import dev.sallyport.HandshakeException.Reason;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The second look at the certificate of a client that resumes a session: what let the client in when the session was made
 * may have ended, or been taken back. It is a task of the handshake, run once and without the connection's lock, which is
 * taken between the run and the question for its outcome.
 */
public final class ResumedCertificate implements Runnable {
    private static final byte[] IMPOSSIBLE_RECORD = {22, 3, 3, (byte) 0xFF, (byte) 0xFF};

    private final ClientCertificateValidation validation;
    private final List<X509Certificate> chain;
    private @Nullable Throwable refusal;
    private boolean over;

    /**
     * @param validation what decides
     * @param chain the certificates that the session was made with, leaf first
     */
    public ResumedCertificate(ClientCertificateValidation validation, List<X509Certificate> chain) {
        this.validation = validation;
        this.chain = chain;
        this.over = chain.isEmpty(); // the client was let in without one
    }

    /**
     * {@return what breaks the connection off with a fatal alert when the certificate is refused} Neither implementation has a
     * way to say 'now this alert' once its own handshake is done, and close_notify would be taken for an orderly end.
     */
    public static byte[] impossibleRecord() {
        return IMPOSSIBLE_RECORD.clone();
    }

    public List<X509Certificate> chain() {
        return chain;
    }

    /** {@return whether it has been run, or need not be} */
    public boolean over() {
        return over;
    }

    @Override
    public void run() {
        over = true;
        try {
            validation.validateResumed(chain);
        } catch (Throwable refused) { // also an error in user code is a refusal
            refusal = refused;
        }
    }

    /** {@return the failure of a handshake whose certificate was refused, or null} */
    public @Nullable TlsException failure() {
        return refusal == null ? null : failure(refusal);
    }

    /** {@return the failure of a handshake whose certificate was refused, in a full one or in this} */
    public static TlsException failure(Throwable refusal) {
        return refusal instanceof CertificateException refused
                ? new TlsException(FailureReasons.ofCertificate(refused), String.valueOf(refused.getMessage()), refused)
                : new TlsException(Reason.INTERNAL, "verifying the client certificate failed: " + refusal, refusal);
    }
}
