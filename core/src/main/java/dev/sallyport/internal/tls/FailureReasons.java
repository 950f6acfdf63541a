package dev.sallyport.internal.tls;

import dev.sallyport.HandshakeException.Reason;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertPathValidatorException.BasicReason;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.Map;
import java.util.Set;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * From what the two TLS implementations and the JDK's path validation say of a failure to whose fault it was. Neither
 * gives numbers that mean the same everywhere, so texts are compared: here, and nowhere else. What no row knows is the
 * peer's misbehaviour, because that is what nearly all other failures of a handshake are.
 */
public final class FailureReasons {
    /** Rows for the JDK, first match counts: a part of the message, as it is on JDK 17 to 25. */
    private static final Row[] JSSE = {
        new Row("Received fatal alert", Reason.PEER_REJECTED_US),
        new Row("received handshake warning", Reason.PEER_REJECTED_US),
        new Row("Received close_notify during handshake", Reason.PEER_GONE),
        new Row("Received fatal close_notify", Reason.PEER_GONE),
        new Row("Empty client certificate chain", Reason.PEER_NO_CERTIFICATE),
        new Row("The certificate chain length", Reason.PEER_BAD_CERTIFICATE),
        new Row("Failed to parse client certificates", Reason.PEER_BAD_CERTIFICATE),
        new Row("Cannot verify CertificateVerify signature", Reason.PEER_BAD_CERTIFICATE),
        new Row("Invalid CertificateVerify", Reason.PEER_BAD_CERTIFICATE),
        new Row("no cipher suites in common", Reason.PEER_NO_COMMON_CIPHER_SUITE),
        new Row("No common named group", Reason.PEER_NO_COMMON_CIPHER_SUITE),
        new Row("No available authentication scheme", Reason.PEER_NO_COMMON_CIPHER_SUITE),
        new Row("No X.509 certificate for server authentication", Reason.PEER_NO_COMMON_CIPHER_SUITE),
        new Row("No supported signature algorithm", Reason.PEER_NO_COMMON_CIPHER_SUITE),
        new Row("No supported CertificateVerify signature algorithm", Reason.PEER_NO_COMMON_CIPHER_SUITE),
        new Row("No matching application layer protocol", Reason.PEER_NO_COMMON_PROTOCOL),
        new Row("is not enabled or supported in server context", Reason.PEER_NO_COMMON_VERSION),
        new Row("are not accepted by server preferences", Reason.PEER_NO_COMMON_VERSION),
        new Row("Unsupported protocol version", Reason.PEER_NO_COMMON_VERSION),
        new Row("SSLv2Hello is not enabled", Reason.PEER_NO_COMMON_VERSION),
        new Row("Unrecognized SSL message", Reason.PEER_NOT_TLS),
        new Row("No appropriate protocol", Reason.INTERNAL),
        new Row("No appropriate cipher suite", Reason.INTERNAL),
        new Row("Failed to sign", Reason.INTERNAL),
        new Row("Cannot produce CertificateVerify signature", Reason.INTERNAL),
    };

    /** Parts of the messages of the JDK's path validation that are about the certificate and not about who issued it. */
    private static final Set<String> BAD_CERTIFICATE = Set.of(
            "key usage",
            "KeyUsage",
            "basic constraints",
            "validity check failed",
            "algorithm constraints",
            "unrecognized critical extension");

    private static final Map<String, Reason> BORINGSSL = Map.ofEntries(
            Map.entry("HTTP_REQUEST", Reason.PEER_NOT_TLS),
            Map.entry("HTTPS_PROXY_REQUEST", Reason.PEER_NOT_TLS),
            // that the first bytes are a ClientHello is known before
            Map.entry("WRONG_VERSION_NUMBER", Reason.PEER_MISBEHAVED),
            Map.entry("UNSUPPORTED_PROTOCOL", Reason.PEER_NO_COMMON_VERSION),
            Map.entry("UNKNOWN_PROTOCOL", Reason.PEER_NO_COMMON_VERSION),
            Map.entry("WRONG_SSL_VERSION", Reason.PEER_NO_COMMON_VERSION),
            Map.entry("INAPPROPRIATE_FALLBACK", Reason.PEER_NO_COMMON_VERSION),
            Map.entry("NO_SHARED_CIPHER", Reason.PEER_NO_COMMON_CIPHER_SUITE),
            Map.entry("NO_SHARED_GROUP", Reason.PEER_NO_COMMON_CIPHER_SUITE),
            Map.entry("NO_COMMON_SIGNATURE_ALGORITHMS", Reason.PEER_NO_COMMON_CIPHER_SUITE),
            Map.entry("NO_APPLICATION_PROTOCOL", Reason.PEER_NO_COMMON_PROTOCOL),
            Map.entry("PEER_DID_NOT_RETURN_A_CERTIFICATE", Reason.PEER_NO_CERTIFICATE),
            Map.entry("CERTIFICATE_VERIFY_FAILED", Reason.PEER_UNTRUSTED_CERTIFICATE),
            Map.entry("BAD_SIGNATURE", Reason.PEER_BAD_CERTIFICATE),
            Map.entry("BAD_ECC_CERT", Reason.PEER_BAD_CERTIFICATE),
            Map.entry("CANNOT_PARSE_LEAF_CERT", Reason.PEER_BAD_CERTIFICATE),
            Map.entry("ECC_CERT_NOT_FOR_SIGNING", Reason.PEER_BAD_CERTIFICATE),
            Map.entry("KEY_USAGE_BIT_INCORRECT", Reason.PEER_BAD_CERTIFICATE),
            Map.entry("UNKNOWN_CERTIFICATE_TYPE", Reason.PEER_BAD_CERTIFICATE),
            Map.entry("WRONG_CERTIFICATE_TYPE", Reason.PEER_BAD_CERTIFICATE),
            Map.entry("SSLV3_ALERT_CLOSE_NOTIFY", Reason.PEER_GONE),
            Map.entry("TLSV1_ALERT_USER_CANCELLED", Reason.PEER_GONE),
            Map.entry("NO_CERTIFICATE_SET", Reason.LOCAL_NO_IDENTITY),
            Map.entry("NO_CERTIFICATE_ASSIGNED", Reason.LOCAL_NO_IDENTITY),
            Map.entry("NO_PRIVATE_KEY_ASSIGNED", Reason.LOCAL_NO_IDENTITY),
            Map.entry("NO_SUPPORTED_VERSIONS_ENABLED", Reason.INTERNAL),
            Map.entry("PRIVATE_KEY_OPERATION_FAILED", Reason.INTERNAL),
            Map.entry("CERT_CB_ERROR", Reason.INTERNAL),
            Map.entry("INTERNAL_ERROR", Reason.INTERNAL),
            Map.entry("MALLOC_FAILURE", Reason.INTERNAL),
            Map.entry("PROTOCOL_IS_SHUTDOWN", Reason.INTERNAL));

    private FailureReasons() {}

    /** {@return whose fault it is that an {@code SSLEngine} threw this} */
    public static Reason ofJsse(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof CertificateRefusedException refusal) {
                return refusal.reason();
            }
        }
        for (Throwable cause = failure; cause instanceof SSLException; cause = cause.getCause()) {
            for (Row row : JSSE) {
                if (row.matches(cause.getMessage())) {
                    return row.reason;
                }
            }
        }
        return failure instanceof SSLException || isStumble(failure) ? Reason.PEER_MISBEHAVED : Reason.INTERNAL;
    }

    /**
     * {@return whether the JDK's own TLS code fell over a message} It throws unwrapped what it does not expect: JDK 17 a
     * ClassCastException when a client sends a HelloRequest. What keys, certificates and users' code throw is not from there.
     * The JVM leaves the stack out once it has compiled a place that throws often, as under such a client's flood.
     */
    private static boolean isStumble(Throwable failure) {
        Throwable cause = failure;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        StackTraceElement[] stack = cause.getStackTrace();
        return stack.length == 0 || stack[0].getClassName().startsWith("sun.security.ssl.");
    }

    /**
     * {@return whose fault it is that BoringSSL failed}
     *
     * @param errorString as from {@code SSL.getErrorString}: {@code error:NUMBER:LIBRARY:FUNCTION:REASON}, or empty
     */
    public static Reason ofBoringSsl(String errorString) {
        String[] fields = errorString.split(":", -1);
        String reason = fields[fields.length - 1];
        Reason known = BORINGSSL.get(reason);
        if (known != null) {
            return known;
        }
        if (reason.startsWith("SSLV3_ALERT_") || reason.startsWith("TLSV1_")) {
            return Reason.PEER_REJECTED_US;
        }
        boolean aboutCertificates =
                fields.length > 2 && (fields[2].startsWith("X.509") || fields[2].equals("public key routines"));
        return aboutCertificates ? Reason.PEER_BAD_CERTIFICATE : Reason.PEER_MISBEHAVED;
    }

    /** {@return whose fault it is that {@link ClientCertificateValidation#validate} refused} */
    static Reason ofCertificate(CertificateException failure) {
        return failure instanceof CertificateRefusedException refusal ? refusal.reason() : ofPath(failure);
    }

    /** {@return whether the path leads to nobody trusted, or something is wrong with the certificate itself} */
    static Reason ofPath(CertificateException failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof CertificateExpiredException
                    || cause instanceof CertificateNotYetValidException
                    || (cause instanceof CertPathValidatorException path && isDefect(path.getReason()))
                    || mentionsDefect(cause.getMessage())) {
                return Reason.PEER_BAD_CERTIFICATE;
            }
        }
        return Reason.PEER_UNTRUSTED_CERTIFICATE;
    }

    /** {@return a failure in words: what happened, and in parentheses what the implementation said of it} */
    public static String problem(Reason reason, @Nullable String detail) {
        String what = switch (reason) {
            case PEER_NOT_TLS -> "not tls";
            case PEER_NO_COMMON_VERSION -> "no tls version in common";
            case PEER_NO_COMMON_CIPHER_SUITE -> "no cipher suite, group or signature algorithm in common";
            case PEER_NO_COMMON_PROTOCOL -> "no alpn protocol in common";
            case PEER_NO_CERTIFICATE -> "the client sent no certificate";
            case PEER_BAD_CERTIFICATE -> "bad client certificate";
            case PEER_UNTRUSTED_CERTIFICATE -> "untrusted client certificate";
            case PEER_REJECTED_US -> "the client sent an alert";
            case PEER_MISBEHAVED -> "the client broke the protocol";
            case PEER_GONE -> "the client ended the connection";
            case LOCAL_NO_IDENTITY -> "no certificate to serve with";
            default -> "tls failed";
        };
        return detail == null || detail.isEmpty() ? what : what + " (" + detail + ")";
    }

    /** {@return a failure in words, with the innermost message that says anything} */
    public static String problem(Reason reason, Throwable failure) {
        String detail = failure.getMessage();
        for (Throwable cause = failure.getCause(); cause != null; cause = cause.getCause()) {
            if (cause.getMessage() != null) {
                detail = cause.getMessage();
            }
            if (cause instanceof CertificateRefusedException && detail != null) {
                return detail;
            }
        }
        return problem(reason, detail);
    }

    private static boolean isDefect(CertPathValidatorException.Reason reason) {
        return reason == BasicReason.EXPIRED
                || reason == BasicReason.NOT_YET_VALID
                || reason == BasicReason.INVALID_SIGNATURE
                || reason == BasicReason.ALGORITHM_CONSTRAINED
                || reason == BasicReason.REVOKED;
    }

    private static boolean mentionsDefect(@Nullable String message) {
        return message != null && BAD_CERTIFICATE.stream().anyMatch(message::contains);
    }

    private record Row(String part, Reason reason) {
        boolean matches(@Nullable String message) {
            return message != null && message.contains(part);
        }
    }
}
