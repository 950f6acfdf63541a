package dev.sallyport;

import java.security.cert.X509Certificate;
import java.util.List;
import java.util.stream.Collectors;

/** Certificates as the log tells of them: whose, and until when. */
final class CertificateText {
    private CertificateText() {}

    /** {@return each with its subject and its end} */
    static String of(List<X509Certificate> certificates) {
        return certificates.isEmpty()
                ? "nobody"
                : certificates.stream()
                        .map(each ->
                                subject(each) + " until " + each.getNotAfter().toInstant())
                        .collect(Collectors.joining(", "));
    }

    static String subject(X509Certificate certificate) {
        return certificate.getSubjectX500Principal().getName();
    }
}
