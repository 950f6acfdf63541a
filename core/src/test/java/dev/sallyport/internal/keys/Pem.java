package dev.sallyport.internal.keys;

import java.nio.charset.StandardCharsets;
import java.security.PrivateKey;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.Base64;

/** Writes PEM, right and, by way of plain text, wrong. */
final class Pem {
    private Pem() {}

    static String block(String label, byte[] content) {
        String base64 = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content);
        return "-----BEGIN " + label + "-----\n" + base64 + "\n-----END " + label + "-----\n";
    }

    static String of(PrivateKey key) {
        return block("PRIVATE KEY", key.getEncoded());
    }

    static String of(X509Certificate... certificates) {
        StringBuilder text = new StringBuilder();
        for (X509Certificate certificate : certificates) {
            text.append(block("CERTIFICATE", der(certificate)));
        }
        return text.toString();
    }

    static byte[] der(X509Certificate certificate) {
        try {
            return certificate.getEncoded();
        } catch (CertificateEncodingException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A source by the name 'key'. */
    static Source key(String text) {
        return Source.bytes("key", text.getBytes(StandardCharsets.UTF_8));
    }

    /** A source by the name 'chain'. */
    static Source chain(String text) {
        return Source.bytes("chain", text.getBytes(StandardCharsets.UTF_8));
    }
}
