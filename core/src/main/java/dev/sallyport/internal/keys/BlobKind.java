package dev.sallyport.internal.keys;

import java.util.Map;
import javax.net.ssl.SSLException;

/** What a PEM block or a binary file is. A PEM label is a claim; the DER inside decides. */
enum BlobKind {
    CERTIFICATE("a certificate"),
    TRUSTED_CERTIFICATE("a certificate with OpenSSL's trust settings"),
    PKCS7("a PKCS#7 bundle of certificates"),
    PKCS8("a private key (PKCS#8)"),
    ENCRYPTED_PKCS8("an encrypted private key (PKCS#8)"),
    PKCS1("an RSA private key (PKCS#1)"),
    SEC1("an EC private key (SEC1)"),
    DSA_KEY("a DSA private key"),
    OPENSSH_KEY("a private key in OpenSSH's own format"),
    PUBLIC_KEY("a public key"),
    PARAMETERS("nothing but parameters"),
    REQUEST("a certificate request (CSR)"),
    REVOCATION_LIST("a certificate revocation list (CRL)"),
    PKCS12("a PKCS#12 keystore"),
    JKS("a JKS keystore"),
    JCEKS("a JCEKS keystore"),
    UNKNOWN("something unknown");

    private static final Map<String, BlobKind> LABELS = Map.ofEntries(
            Map.entry("CERTIFICATE", CERTIFICATE),
            Map.entry("X509 CERTIFICATE", CERTIFICATE),
            Map.entry("TRUSTED CERTIFICATE", TRUSTED_CERTIFICATE),
            Map.entry("PKCS7", PKCS7),
            Map.entry("CMS", PKCS7),
            Map.entry("PRIVATE KEY", PKCS8),
            Map.entry("ENCRYPTED PRIVATE KEY", ENCRYPTED_PKCS8),
            Map.entry("RSA PRIVATE KEY", PKCS1),
            Map.entry("EC PRIVATE KEY", SEC1),
            Map.entry("DSA PRIVATE KEY", DSA_KEY),
            Map.entry("OPENSSH PRIVATE KEY", OPENSSH_KEY),
            Map.entry("PUBLIC KEY", PUBLIC_KEY),
            Map.entry("RSA PUBLIC KEY", PUBLIC_KEY),
            Map.entry("EC PARAMETERS", PARAMETERS),
            Map.entry("DH PARAMETERS", PARAMETERS),
            Map.entry("X9.42 DH PARAMETERS", PARAMETERS),
            Map.entry("DSA PARAMETERS", PARAMETERS),
            Map.entry("CERTIFICATE REQUEST", REQUEST),
            Map.entry("NEW CERTIFICATE REQUEST", REQUEST),
            Map.entry("X509 CRL", REVOCATION_LIST));

    private final String description;

    BlobKind(String description) {
        this.description = description;
    }

    /** {@return what it is, with its article} */
    String description() {
        return description;
    }

    boolean isKey() {
        return switch (this) {
            case PKCS8, ENCRYPTED_PKCS8, PKCS1, SEC1, DSA_KEY, OPENSSH_KEY -> true;
            default -> false;
        };
    }

    boolean isKeyStore() {
        return this == PKCS12 || this == JKS || this == JCEKS;
    }

    static BlobKind ofLabel(String label) {
        return LABELS.getOrDefault(label, UNKNOWN);
    }

    /** Looks at the outermost structure only. */
    static BlobKind ofDer(byte[] der) {
        if (startsWith(der, 0x30, 0x80, DerReader.INTEGER, 1, 3)) {
            return PKCS12; // indefinite length, as Windows and NSS export it
        }
        if (startsWith(der, 0x30, 0x80, DerReader.OID, 9)) {
            return PKCS7;
        }
        try {
            DerReader outer = new DerReader(new Origin("", null), der).sequence();
            return switch (outer.tag()) {
                case DerReader.INTEGER -> numbered(outer);
                case DerReader.SEQUENCE -> composed(outer);
                case DerReader.OID -> {
                    outer.skip();
                    yield outer.tag() == 0xa0 ? PKCS7 : UNKNOWN;
                }
                default -> UNKNOWN;
            };
        } catch (SSLException e) {
            return UNKNOWN; // the reader of this kind says what is wrong with it
        }
    }

    static boolean startsWith(byte[] bytes, int... prefix) {
        for (int i = 0; i < prefix.length; i++) {
            if (i >= bytes.length || (bytes[i] & 0xff) != prefix[i]) {
                return false;
            }
        }
        return true;
    }

    /** A version comes first: keys and PKCS#12. Of the old kinds, told apart by how many numbers follow. */
    private static BlobKind numbered(DerReader outer) throws SSLException {
        int version = outer.integer().intValue();
        if (outer.tag() == DerReader.SEQUENCE) {
            return version == 3 ? PKCS12 : PKCS8;
        }
        if (outer.tag() == DerReader.OCTET_STRING) {
            return SEC1;
        }
        int numbers = 1;
        while (outer.tag() == DerReader.INTEGER) {
            outer.skip();
            numbers++;
        }
        return switch (numbers) {
            case 2 -> PUBLIC_KEY;
            case 6 -> DSA_KEY;
            case 9 -> PKCS1;
            default -> UNKNOWN;
        };
    }

    /** Something signed, something encrypted, or a public key. */
    private static BlobKind composed(DerReader outer) throws SSLException {
        DerReader first = outer.sequence();
        if (outer.tag() == DerReader.OCTET_STRING) {
            return ENCRYPTED_PKCS8;
        }
        if (outer.tag() == DerReader.BIT_STRING) {
            return PUBLIC_KEY;
        }
        outer.sequence();
        return outer.tag() == DerReader.BIT_STRING ? signed(first) : UNKNOWN;
    }

    /** A certificate has five or more parts after version and serial; a request three; a list has no version 0. */
    private static BlobKind signed(DerReader signed) throws SSLException {
        if (signed.tag() == 0xa0) {
            return CERTIFICATE;
        }
        boolean numbered = signed.tag() == DerReader.INTEGER;
        if (numbered) {
            signed.skip();
        }
        int sequences = 0;
        while (signed.tag() == DerReader.SEQUENCE) {
            signed.skip();
            sequences++;
        }
        if (numbered && sequences >= 5) {
            return CERTIFICATE; // version 1
        }
        return numbered && signed.tag() == 0xa0 ? REQUEST : REVOCATION_LIST;
    }
}
