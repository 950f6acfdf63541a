package dev.sallyport.internal.tls;

import dev.sallyport.TlsVersion;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * What a handshake negotiated, copied out of the driver so that it can be asked for after close.
 *
 * @param version the protocol version
 * @param cipherSuite the suite's IANA name
 * @param namedGroup the key exchange group ({@code X25519MLKEM768}, {@code x25519}, ...), or null where the provider
 *     cannot tell
 * @param selectedProtocol the ALPN protocol, or null when none was agreed on
 * @param resumed whether an earlier session was resumed
 * @param peerCertificateChain the client's certificates, leaf first; empty when it sent none
 * @param sslSession the same for code that expects the JDK's type
 * @param exporter derives key material from it
 */
public record TlsSession(
        TlsVersion version,
        String cipherSuite,
        @Nullable String namedGroup,
        @Nullable String selectedProtocol,
        boolean resumed,
        List<X509Certificate> peerCertificateChain,
        SSLSession sslSession,
        KeyExporter exporter) {}
