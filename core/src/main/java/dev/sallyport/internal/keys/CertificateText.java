package dev.sallyport.internal.keys;

import java.security.cert.X509Certificate;
import java.util.List;
import java.util.stream.Collectors;

/** Certificates as the log tells of them: whose, and until when. */
public final class CertificateText {
    private CertificateText() {}

    /** {@return each with its subject and its end} */
    public static String of(List<X509Certificate> certificates) {
        return certificates.isEmpty()
                ? "nobody"
                : certificates.stream()
                        .map(each ->
                                subject(each) + " until " + each.getNotAfter().toInstant())
                        .collect(Collectors.joining(", "));
    }

    public static String subject(X509Certificate certificate) {
        return certificate.getSubjectX500Principal().getName();
    }
}
