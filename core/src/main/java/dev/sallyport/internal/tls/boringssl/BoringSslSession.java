package dev.sallyport.internal.tls.boringssl;

import dev.sallyport.HandshakeException.Reason;
import dev.sallyport.TlsVersion;
import dev.sallyport.internal.tls.KeyExporter;
import dev.sallyport.internal.tls.TlsException;
import dev.sallyport.internal.tls.TlsSession;
import dev.sallyport.internal.tls.X509Chains;
import io.netty.handler.ssl.CipherSuiteConverter;
import io.netty.internal.tcnative.SSL;
import java.security.Principal;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSessionContext;
import org.jspecify.annotations.Nullable;

/** What BoringSSL negotiated, copied when the handshake was done: nothing native is asked later. */
final class BoringSslSession implements SSLSession {
    private static final int MAX_PACKET = 16 * 1024 + 256 + 5;
    private static final int MAX_PLAINTEXT = 16 * 1024;
    private static final byte[] NO_ID = {};

    /** For how long BoringSSL renews what a client proved once (SSL_DEFAULT_SESSION_AUTH_TIMEOUT). */
    private static final long MAX_TRUST_SECONDS = Duration.ofDays(7).toSeconds();

    private final byte[] id;
    private final String cipherSuite;
    private final TlsVersion version;
    private final List<X509Certificate> peerChain;
    private final long creationTime = System.currentTimeMillis();
    private volatile @Nullable Map<String, Object> values; // few applications put any there
    private volatile boolean valid = true;

    private BoringSslSession(byte[] id, String cipherSuite, TlsVersion version, List<X509Certificate> peerChain) {
        this.id = id;
        this.cipherSuite = cipherSuite;
        this.version = version;
        this.peerChain = peerChain;
    }

    static TlsSession snapshot(long ssl, List<X509Certificate> chain, KeyExporter exporter) throws SSLException {
        TlsVersion version = "TLSv1.3".equals(SSL.getVersion(ssl)) ? TlsVersion.TLS_1_3 : TlsVersion.TLS_1_2;
        String nativeSuite = SSL.getCipherForSSL(ssl);
        String suite = Objects.requireNonNullElse(CipherSuiteConverter.toJava(nativeSuite, "TLS"), nativeSuite);
        boolean resumed = SSL.isSessionReused(ssl);
        byte[] id = SSL.getSessionId(ssl);
        return new TlsSession(
                version,
                suite,
                version == TlsVersion.TLS_1_2 && resumed ? null : groupName(ssl),
                SSL.getAlpnSelected(ssl),
                resumed,
                chain,
                new BoringSslSession(id == null || id.length == 0 ? NO_ID : id, suite, version, chain),
                exporter);
    }

    /**
     * Lets no ticket of the session in the making outlive {@code end}: BoringSSL then goes for a full handshake with who
     * brings it later. Before the tickets are made.
     */
    static void endTickets(long ssl, Instant end) {
        long seconds = Math.max(0, Duration.between(Instant.now(), end).toSeconds());
        // a resumption of tls 1.3 gives a new ticket, for as long as the client is trusted to be who it was
        long most = "TLSv1.3".equals(SSL.getVersion(ssl)) ? MAX_TRUST_SECONDS : SSL.getTimeout(ssl);
        if (seconds < most) {
            SSL.setTimeout(ssl, seconds);
        }
    }

    private static @Nullable String groupName(long ssl) throws SSLException {
        try {
            String name = SSL.getGroupName(ssl);
            return name == null ? null : BoringSslGroups.ianaName(name);
        } catch (Exception failure) {
            throw new SSLException("cannot tell the key exchange group", failure);
        }
    }

    /** {@return the client's certificates, leaf first; empty when it sent none} */
    static List<X509Certificate> peerChain(long ssl) throws TlsException {
        byte[] leaf = SSL.getPeerCertificate(ssl);
        if (leaf == null) {
            return List.of();
        }
        List<byte[]> encoded = new ArrayList<>();
        encoded.add(leaf);
        byte[] @Nullable [] rest = SSL.getPeerCertChain(ssl); // without the leaf, on servers
        if (rest != null) {
            encoded.addAll(Arrays.asList(rest));
        }
        try {
            return X509Chains.parse(encoded);
        } catch (CertificateException failure) {
            throw new TlsException(Reason.INTERNAL, "cannot parse the client's certificate: " + failure, failure);
        }
    }

    @Override
    public byte[] getId() {
        return id.clone();
    }

    @Override
    public @Nullable SSLSessionContext getSessionContext() {
        return null;
    }

    @Override
    public long getCreationTime() {
        return creationTime;
    }

    @Override
    public long getLastAccessedTime() {
        return creationTime;
    }

    @Override
    public void invalidate() {
        valid = false;
    }

    @Override
    public boolean isValid() {
        return valid;
    }

    @Override
    public synchronized void putValue(String name, Object value) {
        Map<String, Object> present = values;
        if (present == null) {
            present = new ConcurrentHashMap<>();
            values = present;
        }
        present.put(name, value);
    }

    @Override
    public @Nullable Object getValue(String name) {
        return values().get(name);
    }

    @Override
    public synchronized void removeValue(String name) {
        if (values != null) {
            values.remove(name);
        }
    }

    @Override
    public String[] getValueNames() {
        return values().keySet().toArray(new String[0]);
    }

    private Map<String, Object> values() {
        Map<String, Object> present = values;
        return present == null ? Map.of() : present;
    }

    @Override
    public Certificate[] getPeerCertificates() throws SSLPeerUnverifiedException {
        if (peerChain.isEmpty()) {
            throw new SSLPeerUnverifiedException("the client sent no certificate");
        }
        return peerChain.toArray(new Certificate[0]);
    }

    @Override
    public Certificate @Nullable [] getLocalCertificates() {
        return null;
    }

    @Override
    public Principal getPeerPrincipal() throws SSLPeerUnverifiedException {
        return ((X509Certificate) getPeerCertificates()[0]).getSubjectX500Principal();
    }

    @Override
    public @Nullable Principal getLocalPrincipal() {
        return null;
    }

    @Override
    public String getCipherSuite() {
        return cipherSuite;
    }

    @Override
    public String getProtocol() {
        return version.protocolName();
    }

    @Override
    public @Nullable String getPeerHost() {
        return null;
    }

    @Override
    public int getPeerPort() {
        return -1;
    }

    @Override
    public int getPacketBufferSize() {
        return MAX_PACKET;
    }

    @Override
    public int getApplicationBufferSize() {
        return MAX_PLAINTEXT;
    }
}
