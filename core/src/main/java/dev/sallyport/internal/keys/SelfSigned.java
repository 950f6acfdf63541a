package dev.sallyport.internal.keys;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import javax.net.ssl.SSLException;

/**
 * Makes certificates for development: a new P-256 key, signed by itself, for 30 days. It is no certificate authority, as
 * Firefox and others refuse a server that shows one; a client trusts it by trusting exactly it.
 */
public final class SelfSigned {
    static final Duration VALIDITY = Duration.ofDays(30);

    private static final Duration CLOCK_SKEW = Duration.ofHours(1);
    private static final List<String> LOCAL = List.of("localhost", "127.0.0.1", "::1");
    private static final int MAX_NAMES = 100;
    private static final int MAX_COMMON_NAME = 64; // RFC 5280 appendix A.1
    private static final int SERIAL_BITS = 127;

    private static final String ECDSA_SHA256 = "1.2.840.10045.4.3.2";
    private static final String COMMON_NAME = "2.5.4.3";
    private static final String SUBJECT_KEY_IDENTIFIER = "2.5.29.14";
    private static final String KEY_USAGE = "2.5.29.15";
    private static final String SUBJECT_ALTERNATIVE_NAME = "2.5.29.17";
    private static final String BASIC_CONSTRAINTS = "2.5.29.19";
    private static final String EXTENDED_KEY_USAGE = "2.5.29.37";
    private static final String SERVER_AUTHENTICATION = "1.3.6.1.5.5.7.3.1";

    private SelfSigned() {}

    /**
     * Makes a key and a certificate.
     *
     * @param names DNS names (a first label '*' matches any) and IP addresses; none means localhost, 127.0.0.1 and ::1
     * @throws IllegalArgumentException if a name is bad, or there are more than 100
     */
    public static Identity create(List<String> names) throws IOException {
        return create(names, Clock.systemUTC());
    }

    static Identity create(List<String> names, Clock clock) throws IOException {
        Set<String> distinct = new LinkedHashSet<>(names.isEmpty() ? LOCAL : names);
        if (distinct.size() > MAX_NAMES) {
            throw new IllegalArgumentException("names: " + distinct.size() + ", at most " + MAX_NAMES);
        }
        byte[] alternativeNames = alternativeNames(distinct);
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            KeyPair pair = generator.generateKeyPair();
            byte[] content = content(distinct.iterator().next(), alternativeNames, pair.getPublic(), clock.instant());
            return new Identity(
                    pair.getPrivate(), List.of(sign(content, pair.getPrivate())), "selfSigned", "selfSigned", true);
        } catch (GeneralSecurityException e) {
            throw new SSLException(
                    "self-signed certificate: this JDK cannot make one (" + e.getMessage()
                            + "); a run-time image of a JDK before 22 needs the module jdk.crypto.ec",
                    e);
        }
    }

    private static byte[] alternativeNames(Set<String> names) {
        return DerWriter.sequence(names.stream().map(ServerName::encode).toArray(byte[][]::new));
    }

    /** TBSCertificate, RFC 5280 4.1. */
    private static byte[] content(String firstName, byte[] alternativeNames, PublicKey key, Instant now)
            throws GeneralSecurityException {
        Instant from = now.truncatedTo(ChronoUnit.SECONDS).minus(CLOCK_SKEW);
        byte[] name = name(firstName);
        return DerWriter.sequence(
                DerWriter.explicit(0, DerWriter.integer(2)),
                DerWriter.integer(serial()),
                signatureAlgorithm(),
                name,
                DerWriter.sequence(DerWriter.time(from), DerWriter.time(from.plus(VALIDITY))),
                name,
                key.getEncoded(),
                DerWriter.explicit(
                        3,
                        DerWriter.sequence(
                                extension(BASIC_CONSTRAINTS, true, DerWriter.sequence()),
                                // digitalSignature, the first of the bits
                                extension(KEY_USAGE, true, DerWriter.bitString(7, new byte[] {(byte) 0x80})),
                                extension(
                                        EXTENDED_KEY_USAGE,
                                        false,
                                        DerWriter.sequence(DerWriter.oid(SERVER_AUTHENTICATION))),
                                extension(SUBJECT_KEY_IDENTIFIER, false, keyIdentifier(key)),
                                extension(SUBJECT_ALTERNATIVE_NAME, false, alternativeNames))));
    }

    private static X509Certificate sign(byte[] content, PrivateKey key) throws GeneralSecurityException {
        Signature signature = Signature.getInstance("SHA256withECDSA");
        signature.initSign(key);
        signature.update(content);
        byte[] der = DerWriter.sequence(content, signatureAlgorithm(), DerWriter.bitString(0, signature.sign()));
        return (X509Certificate)
                CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(der));
    }

    private static byte[] signatureAlgorithm() {
        return DerWriter.sequence(DerWriter.oid(ECDSA_SHA256));
    }

    private static byte[] name(String firstName) {
        String text = firstName.length() <= MAX_COMMON_NAME ? firstName : "self-signed certificate";
        byte[] commonName = DerWriter.sequence(DerWriter.oid(COMMON_NAME), DerWriter.utf8(text));
        return DerWriter.sequence(DerWriter.set(commonName));
    }

    /** Above zero and of full length, whatever the random bits are. */
    private static BigInteger serial() {
        return new BigInteger(SERIAL_BITS, new SecureRandom()).setBit(SERIAL_BITS - 1);
    }

    /** 160 bits of SHA-256 over the key; RFC 5280 4.2.1.2 leaves open how it is made. */
    private static byte[] keyIdentifier(PublicKey key) throws GeneralSecurityException {
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(key.getEncoded());
        return DerWriter.octetString(Arrays.copyOf(digest, 20));
    }

    private static byte[] extension(String oid, boolean critical, byte[] value) {
        byte[] wrapped = DerWriter.octetString(value);
        return critical
                ? DerWriter.sequence(DerWriter.oid(oid), DerWriter.bool(true), wrapped)
                : DerWriter.sequence(DerWriter.oid(oid), wrapped);
    }
}
