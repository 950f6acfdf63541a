package dev.sallyport;

import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a finished handshake agreed on; stays valid after the connection is closed.
 *
 * @param version the protocol version
 * @param cipherSuite the cipher suite's IANA name, such as {@code TLS_AES_128_GCM_SHA256}
 * @param namedGroup the key exchange group's IANA name, such as {@code X25519MLKEM768}, or null where the provider
 *     cannot tell or a resumption did without key exchange
 * @param selectedProtocol the ALPN protocol (RFC 7301), or null when none was agreed on
 * @param serverName the host name that the client asked for (RFC 6066 section 3), or null when it sent none
 * @param resumed whether it continued an earlier session instead of exchanging certificates
 * @param peerCertificateChain the client's certificates as it sent them, leaf first; empty when it sent none;
 *     unmodifiable
 * @param duration the time from accepting the connection to the end of the handshake
 */
public record HandshakeInfo(
        TlsVersion version,
        String cipherSuite,
        @Nullable String namedGroup,
        @Nullable String selectedProtocol,
        @Nullable String serverName,
        boolean resumed,
        List<X509Certificate> peerCertificateChain,
        Duration duration) {
    // JDK 17's doclint wants the components described a second time
    /**
     * Keeps a copy of the list.
     *
     * @param version the protocol version
     * @param cipherSuite the cipher suite
     * @param namedGroup the key exchange group, or null
     * @param selectedProtocol the ALPN protocol, or null
     * @param serverName the host name that the client asked for, or null
     * @param resumed whether it continued an earlier session
     * @param peerCertificateChain the client's certificates
     * @param duration the time it took
     */
    public HandshakeInfo {
        Objects.requireNonNull(version, "version");
        Objects.requireNonNull(cipherSuite, "cipherSuite");
        peerCertificateChain = OptionCheck.copy("peerCertificateChain", peerCertificateChain);
        Objects.requireNonNull(duration, "duration");
    }

    /** {@return one line for a log; of the client's certificate only the subject} */
    @Override
    public String toString() {
        String peer = peerCertificateChain.isEmpty()
                ? "none"
                : peerCertificateChain.get(0).getSubjectX500Principal().getName();
        return "HandshakeInfo[" + version.protocolName() + ", " + cipherSuite + ", group " + namedGroup + ", protocol "
                + selectedProtocol + ", server name " + serverName + (resumed ? ", resumed" : ", full")
                + ", client certificate " + peer + ", " + duration.toMillis() + " ms]";
    }
}
