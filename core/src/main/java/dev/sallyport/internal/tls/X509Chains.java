package dev.sallyport.internal.tls;

import java.io.ByteArrayInputStream;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;

/** Turns a peer's encoded certificates into objects. */
final class X509Chains {
    private X509Chains() {}

    static List<X509Certificate> parse(List<byte[]> encoded) throws CertificateException {
        CertificateFactory factory = CertificateFactory.getInstance("X.509");
        List<X509Certificate> chain = new ArrayList<>(encoded.size());
        for (byte[] certificate : encoded) {
            chain.add((X509Certificate) factory.generateCertificate(new ByteArrayInputStream(certificate)));
        }
        return List.copyOf(chain);
    }
}
