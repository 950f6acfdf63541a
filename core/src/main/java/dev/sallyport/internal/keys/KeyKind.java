package dev.sallyport.internal.keys;

import java.math.BigInteger;
import java.security.PublicKey;
import java.util.Map;
import javax.net.ssl.SSLException;

/** The kinds of keys that are taken: what both TLS drivers can serve, and clients accept. */
enum KeyKind {
    RSA("RSA", "RSA"),
    P256("P-256", "EC"),
    P384("P-384", "EC"),
    P521("P-521", "EC"),
    ED25519("Ed25519", "Ed25519");

    static final String RSA_OID = "1.2.840.113549.1.1.1";
    static final String EC_OID = "1.2.840.10045.2.1";
    static final int MIN_RSA_BITS = 2048;

    private static final String TAKEN =
            "give an RSA (2048 bits or more), EC (P-256, P-384, P-521) or Ed25519 key and" + " certificate";
    private static final Map<String, String> OTHER_ALGORITHMS = Map.ofEntries(
            Map.entry("1.2.840.113549.1.1.10", "RSA-PSS"),
            Map.entry("1.2.840.113549.1.3.1", "Diffie-Hellman"),
            Map.entry("1.2.840.10046.2.1", "Diffie-Hellman"),
            Map.entry("1.2.840.10040.4.1", "DSA"),
            Map.entry("1.3.101.110", "X25519"),
            Map.entry("1.3.101.111", "X448"),
            Map.entry("1.3.101.113", "Ed448"),
            Map.entry("2.16.840.1.101.3.4.3.17", "ML-DSA-44"),
            Map.entry("2.16.840.1.101.3.4.3.18", "ML-DSA-65"),
            Map.entry("2.16.840.1.101.3.4.3.19", "ML-DSA-87"));
    private static final Map<String, String> OTHER_CURVES = Map.ofEntries(
            Map.entry("1.2.840.10045.3.1.1", "P-192"),
            Map.entry("1.3.132.0.33", "P-224"),
            Map.entry("1.3.132.0.10", "secp256k1"),
            Map.entry("1.3.36.3.3.2.8.1.1.7", "brainpoolP256r1"),
            Map.entry("1.3.36.3.3.2.8.1.1.11", "brainpoolP384r1"),
            Map.entry("1.3.36.3.3.2.8.1.1.13", "brainpoolP512r1"),
            Map.entry("1.2.156.10197.1.301", "SM2"));

    private final String title;
    private final String factory;

    KeyKind(String title, String factory) {
        this.title = title;
        this.factory = factory;
    }

    /** {@return its name for people} */
    String title() {
        return title;
    }

    /** {@return the name of its {@link java.security.KeyFactory}} */
    String factory() {
        return factory;
    }

    /** @throws SSLException if it is none of them */
    static KeyKind of(Origin place, PublicKey key) throws SSLException {
        return of(place, new DerReader(place, key.getEncoded()).sequence().sequence());
    }

    /** Reads an AlgorithmIdentifier, as keys (PKCS#8) and certificates (SubjectPublicKeyInfo) begin with. */
    static KeyKind of(Origin place, DerReader algorithm) throws SSLException {
        String oid = algorithm.oid();
        return switch (oid) {
            case RSA_OID -> RSA;
            case "1.3.101.112" -> ED25519;
            case EC_OID -> ofCurve(place, algorithm);
            default -> throw unsupported(place, OTHER_ALGORITHMS.getOrDefault(oid, "algorithm " + oid) + " keys");
        };
    }

    private static KeyKind ofCurve(Origin place, DerReader parameters) throws SSLException {
        if (parameters.tag() == DerReader.SEQUENCE) {
            throw place.refuse("EC keys with explicit curve parameters are not supported; name the curve with"
                    + " 'openssl ec -in OLD -out NEW -param_enc named_curve', and make a new certificate for that key");
        }
        String oid = parameters.oid();
        return switch (oid) {
            case "1.2.840.10045.3.1.7" -> P256;
            case "1.3.132.0.34" -> P384;
            case "1.3.132.0.35" -> P521;
            default -> throw unsupported(place, "EC keys on the curve " + OTHER_CURVES.getOrDefault(oid, oid));
        };
    }

    static SSLException unsupported(Origin place, String keys) {
        return place.refuse(keys + " are not supported; " + TAKEN);
    }

    static void requireStrongRsa(Origin place, BigInteger modulus) throws SSLException {
        if (modulus.bitLength() < MIN_RSA_BITS) {
            throw place.refuse("RSA key of " + modulus.bitLength() + " bits, at least " + MIN_RSA_BITS
                    + " are needed; make a new key and certificate");
        }
    }
}
