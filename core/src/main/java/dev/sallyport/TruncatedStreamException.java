package dev.sallyport;

import java.io.Serial;
import java.util.Objects;
import javax.net.ssl.SSLException;

/**
 * The connection ended without the peer's close_notify (RFC 8446 section 6.1): an attacker may have cut it, and what
 * was read may be incomplete. All that came whole was given to the reader before. With
 * {@link BindOptions.Builder#unsafeAllowTruncation unsafeAllowTruncation(true)} such an end counts as a normal one.
 */
public final class TruncatedStreamException extends SSLException {
    @Serial
    private static final long serialVersionUID = 1L;

    /**
     * A stream that was cut.
     *
     * @param message what was being done, with which peer, in lower case
     */
    public TruncatedStreamException(String message) {
        super(Objects.requireNonNull(message, "message"));
    }
}
