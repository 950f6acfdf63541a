package dev.sallyport.internal.tls.boringssl;

import dev.sallyport.HandshakeException.Reason;
import dev.sallyport.internal.tls.CertificateRefusedException;
import dev.sallyport.internal.tls.ClientCertificateValidation;
import dev.sallyport.internal.tls.FailureReasons;
import dev.sallyport.internal.tls.X509Chains;
import io.netty.internal.tcnative.CertificateVerifier;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertPathValidatorException.BasicReason;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * BoringSSL's question about a client's certificate, answered by {@link ClientCertificateValidation}. It is called inside
 * a task that runs without the connection's lock: it uses nothing but the bytes it is given, and never throws, since the
 * task has no answer for that and the handshake would wait until its deadline.
 */
final class BoringSslCertificateVerifier extends CertificateVerifier {
    private static final ThreadLocal<@Nullable Verdict> LAST_VERDICT = new ThreadLocal<>();

    private final ClientCertificateValidation validation;

    /**
     * What a verification said.
     *
     * @param refusal why it refused, or null
     * @param end until when tickets may be good for what it let in; null for as long as they like
     */
    record Verdict(@Nullable Throwable refusal, @Nullable Instant end) {}

    BoringSslCertificateVerifier(ClientCertificateValidation validation) {
        this.validation = validation;
    }

    @Override
    public int verify(long ssl, byte[][] encoded, String authAlgorithm) {
        try {
            X509Certificate[] chain = parsed(encoded);
            validation.validate(chain, authAlgorithm);
            LAST_VERDICT.set(new Verdict(null, validation.endOf(List.of(chain))));
            return X509_V_OK;
        } catch (Throwable refused) { // also an error in user code is a refusal
            LAST_VERDICT.set(new Verdict(refused, null));
            return code(refused);
        }
    }

    /** What BoringSSL could read may still be too strange for the JDK. */
    private static X509Certificate[] parsed(byte[][] encoded) throws CertificateRefusedException {
        try {
            return X509Chains.parse(List.of(encoded)).toArray(new X509Certificate[0]);
        } catch (CertificateException | RuntimeException e) {
            Reason reason = Reason.PEER_BAD_CERTIFICATE;
            throw new CertificateRefusedException(reason, FailureReasons.problem(reason, e), e);
        }
    }

    /** {@return what the last verification on this thread said, once} */
    static @Nullable Verdict takeVerdict() {
        Verdict verdict = LAST_VERDICT.get();
        LAST_VERDICT.remove();
        return verdict;
    }

    /** The code decides the alert that the client is sent. */
    private static int code(Throwable refused) {
        List<Throwable> causes = new ArrayList<>();
        for (Throwable cause = refused; cause != null && causes.size() < 10; cause = cause.getCause()) {
            causes.add(cause);
        }
        for (Throwable cause : causes) {
            if (cause instanceof CertificateExpiredException) {
                return X509_V_ERR_CERT_HAS_EXPIRED;
            }
            if (cause instanceof CertificateNotYetValidException) {
                return X509_V_ERR_CERT_NOT_YET_VALID;
            }
            if (cause instanceof CertPathValidatorException path && path.getReason() == BasicReason.REVOKED) {
                return X509_V_ERR_CERT_REVOKED;
            }
        }
        return refused instanceof CertificateException
                ? X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY
                : X509_V_ERR_UNSPECIFIED;
    }
}
