package dev.sallyport.internal.tls;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.HandshakeException.Reason;
import java.security.cert.CertificateException;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLProtocolException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The rows that no handshake of the other tests reaches, and the rule for what no row knows. */
class FailureReasonsTest {
    @ParameterizedTest
    @CsvSource({
        "error:100000f0:SSL routines:OPENSSL_internal:UNSUPPORTED_PROTOCOL,PEER_NO_COMMON_VERSION",
        "error:100000b8:SSL routines:OPENSSL_internal:NO_SHARED_CIPHER,PEER_NO_COMMON_CIPHER_SUITE",
        "error:100000b1:SSL routines:OPENSSL_internal:NO_SHARED_GROUP,PEER_NO_COMMON_CIPHER_SUITE",
        "error:100000c0:SSL routines:OPENSSL_internal:PEER_DID_NOT_RETURN_A_CERTIFICATE,PEER_NO_CERTIFICATE",
        "error:1000007d:SSL routines:OPENSSL_internal:CERTIFICATE_VERIFY_FAILED,PEER_UNTRUSTED_CERTIFICATE",
        "error:1000009c:SSL routines:OPENSSL_internal:HTTP_REQUEST,PEER_NOT_TLS",
        "error:100000f7:SSL routines:OPENSSL_internal:WRONG_VERSION_NUMBER,PEER_MISBEHAVED",
        "error:10000416:SSL routines:OPENSSL_internal:SSLV3_ALERT_CERTIFICATE_UNKNOWN,PEER_REJECTED_US",
        "error:10000418:SSL routines:OPENSSL_internal:TLSV1_ALERT_UNKNOWN_CA,PEER_REJECTED_US",
        "error:10000458:SSL routines:OPENSSL_internal:TLSV1_UNRECOGNIZED_NAME,PEER_REJECTED_US",
        "error:1000045a:SSL routines:OPENSSL_internal:TLSV1_ALERT_USER_CANCELLED,PEER_GONE",
        "error:10000089:SSL routines:OPENSSL_internal:DECODE_ERROR,PEER_MISBEHAVED",
        "error:100000b6:SSL routines:OPENSSL_internal:NO_RENEGOTIATION,PEER_MISBEHAVED",
        "error:100000ae:SSL routines:OPENSSL_internal:NO_CERTIFICATE_SET,LOCAL_NO_IDENTITY",
        "error:0b00007f:X.509 certificate routines:OPENSSL_internal:UNKNOWN_KEY_TYPE,PEER_BAD_CERTIFICATE",
        "error:06000066:public key routines:OPENSSL_internal:DECODE_ERROR,PEER_BAD_CERTIFICATE",
        "error:10000044:SSL routines:OPENSSL_internal:INTERNAL_ERROR,INTERNAL",
        "'',PEER_MISBEHAVED"
    })
    void knowsWhatBoringSslMeans(String errorString, Reason reason) {
        assertThat(FailureReasons.ofBoringSsl(errorString)).isEqualTo(reason);
    }

    @ParameterizedTest
    @CsvSource({
        "Received fatal alert: certificate_unknown,PEER_REJECTED_US",
        "(handshake_failure) no cipher suites in common,PEER_NO_COMMON_CIPHER_SUITE",
        "no cipher suites in common,PEER_NO_COMMON_CIPHER_SUITE",
        "(certificate_required) Empty client certificate chain,PEER_NO_CERTIFICATE",
        "Client requested protocol TLSv1.1 is not enabled or supported in server context,PEER_NO_COMMON_VERSION",
        "Invalid CertificateVerify message: invalid signature,PEER_BAD_CERTIFICATE",
        "The certificate chain length (11) exceeds the maximum allowed length (10),PEER_BAD_CERTIFICATE",
        "Cannot verify CertificateVerify signature,PEER_BAD_CERTIFICATE",
        "Cannot produce CertificateVerify signature,INTERNAL",
        "(bad_record_mac) Tag mismatch,PEER_MISBEHAVED"
    })
    void knowsWhatTheJdkMeans(String message, Reason reason) {
        assertThat(FailureReasons.ofJsse(new SSLHandshakeException(message))).isEqualTo(reason);
    }

    @Test
    void blamesThePeerForWhatTheEngineThrowsAndUsForTheRest() {
        assertThat(FailureReasons.ofJsse(new SSLProtocolException(null))).isEqualTo(Reason.PEER_MISBEHAVED);
        assertThat(FailureReasons.ofJsse(new IllegalStateException("no"))).isEqualTo(Reason.INTERNAL);
        ClassCastException stumble = new ClassCastException("no ClientHandshakeContext");
        stumble.setStackTrace(new StackTraceElement[] {
            new StackTraceElement("sun.security.ssl.HelloRequest$HelloRequestConsumer", "consume", null, 174)
        });
        assertThat(FailureReasons.ofJsse(stumble)).isEqualTo(Reason.PEER_MISBEHAVED);
        stumble.setStackTrace(new StackTraceElement[0]); // as the JVM leaves it out after some thousands
        assertThat(FailureReasons.ofJsse(stumble)).isEqualTo(Reason.PEER_MISBEHAVED);
    }

    @Test
    void findsARefusedCertificateBehindWhateverItIsWrappedIn() {
        CertificateRefusedException refusal =
                new CertificateRefusedException(Reason.PEER_BAD_CERTIFICATE, "too small a key");
        SSLHandshakeException wrapped = new SSLHandshakeException("(certificate_unknown) too small a key");
        wrapped.initCause(new CertificateException(refusal));
        assertThat(FailureReasons.ofJsse(wrapped)).isEqualTo(Reason.PEER_BAD_CERTIFICATE);
        assertThat(FailureReasons.problem(Reason.PEER_BAD_CERTIFICATE, wrapped)).isEqualTo("too small a key");
    }

    @Test
    void describesAFailureByItsInnermostMessage() {
        SSLProtocolException failure = new SSLProtocolException("Unexpected exception");
        failure.initCause(new IllegalArgumentException("not encrypted"));
        assertThat(FailureReasons.problem(Reason.PEER_MISBEHAVED, failure))
                .isEqualTo("the client broke the protocol (not encrypted)");
    }
}
