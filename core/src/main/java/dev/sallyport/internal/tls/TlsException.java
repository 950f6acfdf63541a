package dev.sallyport.internal.tls;

import dev.sallyport.HandshakeException;
import java.io.Serial;
import javax.net.ssl.SSLException;

/** A TLS connection has failed, and whose fault it was; made into a {@link HandshakeException} before it is done. */
public final class TlsException extends SSLException {
    @Serial
    private static final long serialVersionUID = 1L;

    private final HandshakeException.Reason reason;

    /** A failure with its reason and a message in lower case. */
    public TlsException(HandshakeException.Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    /** A failure with what caused it. */
    public TlsException(HandshakeException.Reason reason, String message, Throwable cause) {
        super(message, cause);
        this.reason = reason;
    }

    /** {@return whose fault it was} */
    public HandshakeException.Reason reason() {
        return reason;
    }
}
