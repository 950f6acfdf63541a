package dev.sallyport.internal.keys;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Reads certificates: one or many, in PEM, DER or PKCS#7. Keys and parameters beside them are passed over. */
public final class CertificateReader {
    static final int MAX_CERTIFICATES = 1_000;

    private static final String TO_PEM = "export them with 'openssl pkcs12 -nokeys -in FILE -out certificates.pem'";

    private CertificateReader() {}

    /**
     * Reads certificates that are to be trusted, or whose subjects are to be named to clients.
     *
     * @return in the order of the source, never empty
     * @throws SSLException if the content is bad; the message names the source and block and says what to do
     * @throws IOException if the source cannot be read
     */
    public static List<X509Certificate> read(Source source) throws IOException {
        try (PemBlocks blocks = PemBlocks.read(source, "certificates")) {
            for (PemBlock block : blocks) {
                if (block.content().isKeyStore()) {
                    String export = block.content() == BlobKind.PKCS12
                            ? TO_PEM
                            : "export each with 'keytool -exportcert -rfc -keystore FILE -alias NAME'";
                    throw block.place()
                            .refuse("is " + block.content().description() + " where certificates are expected; "
                                    + export + ", or load it and give the KeyStore");
                }
            }
            return certificates(blocks);
        }
    }

    /** Reads the certificates of an identity, of which a keystore's only entry has its own. */
    static List<X509Certificate> readChain(Source source, char @Nullable [] password) throws IOException {
        try (PemBlocks blocks = PemBlocks.read(source, "certificate chain")) {
            PemBlock first = blocks.iterator().next();
            if (first.content().isKeyStore()) {
                return KeyStoreReader.only(first, password).chain();
            }
            return certificates(blocks);
        }
    }

    private static List<X509Certificate> certificates(PemBlocks blocks) throws SSLException {
        List<X509Certificate> certificates = new ArrayList<>();
        for (PemBlock block : blocks) {
            switch (block.content()) {
                case CERTIFICATE -> certificates.add(certificate(block));
                case PKCS7 -> certificates.addAll(bundle(block));
                case TRUSTED_CERTIFICATE, REVOCATION_LIST, UNKNOWN ->
                    throw block.place().refuse(instead(block.content()));
                default -> {} // beside certificates: an identity's key, its request, parameters
            }
            if (certificates.size() > MAX_CERTIFICATES) {
                throw block.place().refuse("there are more than " + MAX_CERTIFICATES + " certificates; give fewer");
            }
        }
        if (certificates.isEmpty()) {
            PemBlock first = blocks.iterator().next();
            throw first.place().refuse(instead(first.content()));
        }
        return List.copyOf(certificates);
    }

    private static String instead(BlobKind content) {
        String is = "is " + content.description() + " where certificates are expected; ";
        if (content.isKey()) {
            return is + "the arguments may have been switched";
        }
        return is
                + switch (content) {
                    case PKCS7 -> "and it has none in it: fetch it again";
                    case TRUSTED_CERTIFICATE -> "make a plain one of it with 'openssl x509 -in OLD -out NEW'";
                    case REQUEST -> "have it signed, and give the certificate that comes back";
                    case REVOCATION_LIST -> "take it out of there, it would not be checked";
                    default -> "give the certificate";
                };
    }

    private static X509Certificate certificate(PemBlock block) throws SSLException {
        Origin place = block.place();
        try {
            return place.parse(
                    "is not a certificate that this JDK can read; copy it again",
                    () -> (X509Certificate) CertificateFactory.getInstance("X.509")
                            .generateCertificate(new ByteArrayInputStream(block.bytes())));
        } catch (SSLException e) {
            requireSupportedKey(place, block.bytes());
            throw e;
        }
    }

    private static List<X509Certificate> bundle(PemBlock block) throws SSLException {
        return block.place().parse("is not a PKCS#7 bundle that this JDK can read; copy it again", () -> {
            List<X509Certificate> certificates = new ArrayList<>();
            for (var certificate : CertificateFactory.getInstance("X.509")
                    .generateCertificates(new ByteArrayInputStream(block.bytes()))) {
                certificates.add((X509Certificate) certificate);
            }
            return certificates;
        });
    }

    /** The JDK does not parse certificates with explicit curve parameters: say so, instead of 'copy it again'. */
    private static void requireSupportedKey(Origin place, byte[] der) throws SSLException {
        DerReader signed = new DerReader(place, der).sequence().sequence();
        int before = signed.tag() == 0xa0 ? 6 : 5; // version, serial, algorithm, issuer, validity, subject
        for (int i = 0; i < before; i++) {
            signed.skip();
        }
        KeyKind.of(place, signed.sequence().sequence());
    }
}
