package dev.sallyport.internal.tls;

import dev.sallyport.HandshakeException;
import java.io.Serial;
import java.security.cert.CertificateException;

/** A client's certificate was not accepted, and whose fault that was. */
public final class CertificateRefusedException extends CertificateException {
    @Serial
    private static final long serialVersionUID = 1L;

    private final HandshakeException.Reason reason;

    public CertificateRefusedException(HandshakeException.Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    public CertificateRefusedException(HandshakeException.Reason reason, String message, Throwable cause) {
        super(message, cause);
        this.reason = reason;
    }

    HandshakeException.Reason reason() {
        return reason;
    }
}
