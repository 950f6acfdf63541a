package dev.sallyport.internal.tls;

import java.io.ByteArrayInputStream;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;

/** Turns a peer's encoded certificates into objects. */
public final class X509Chains {
    private X509Chains() {}

    public static List<X509Certificate> parse(List<byte[]> encoded) throws CertificateException {
        CertificateFactory factory = CertificateFactory.getInstance("X.509");
        List<X509Certificate> chain = new ArrayList<>(encoded.size());
        for (byte[] certificate : encoded) {
            chain.add((X509Certificate) factory.generateCertificate(new ByteArrayInputStream(certificate)));
        }
        return List.copyOf(chain);
    }

    /** {@return the client's certificates, leaf first; empty when it sent none} */
    public static List<X509Certificate> ofPeer(SSLSession session) {
        List<X509Certificate> chain = new ArrayList<>();
        try {
            for (Certificate certificate : session.getPeerCertificates()) {
                chain.add((X509Certificate) certificate);
            }
        } catch (SSLPeerUnverifiedException e) {
            // how the JDK says that the client sent none
            return List.of();
        }
        return List.copyOf(chain);
    }
}
