package dev.sallyport.internal.keys;

import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A certificate authority for tests, made without any tool: the smallest certificates that parse, of any kind of key. */
record Issuer(String name, KeyPair pair) {
    private static final AtomicInteger SERIAL = new AtomicInteger();
    private static final Duration DAY = Duration.ofDays(1);

    /** A certificate of a key signed by itself. */
    static X509Certificate selfSigned(String name, KeyPair pair) {
        return new Issuer(name, pair).certify(name, pair.getPublic());
    }

    X509Certificate certify(String subject, PublicKey key) {
        Instant now = Instant.now();
        return certify(subject, key, now.minus(DAY), now.plus(DAY));
    }

    X509Certificate certify(String subject, PublicKey key, Instant from, Instant until) {
        byte[] content = DerWriter.sequence(
                DerWriter.explicit(0, DerWriter.integer(2)),
                DerWriter.integer(BigInteger.valueOf(SERIAL.incrementAndGet())),
                algorithm(),
                name(name),
                DerWriter.sequence(time(from), time(until)),
                name(subject),
                key.getEncoded());
        return sign(content);
    }

    private static byte[] time(Instant moment) {
        return DerWriter.time(moment.truncatedTo(ChronoUnit.SECONDS));
    }

    private X509Certificate sign(byte[] content) {
        String keyType = pair.getPrivate().getAlgorithm();
        String signing = keyType.equals("RSA") ? "SHA256withRSA" : keyType.equals("EC") ? "SHA256withECDSA" : "Ed25519";
        try {
            Signature signature = Signature.getInstance(signing);
            signature.initSign(pair.getPrivate());
            signature.update(content);
            byte[] der = DerWriter.sequence(content, algorithm(), DerWriter.bitString(0, signature.sign()));
            return (X509Certificate)
                    CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(der));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private byte[] algorithm() {
        return switch (pair.getPrivate().getAlgorithm()) {
            case "RSA" -> DerWriter.sequence(DerWriter.oid("1.2.840.113549.1.1.11"), DerWriter.nothing());
            case "EC" -> DerWriter.sequence(DerWriter.oid("1.2.840.10045.4.3.2"));
            default -> DerWriter.sequence(DerWriter.oid("1.3.101.112"));
        };
    }

    private static byte[] name(String commonName) {
        return DerWriter.sequence(
                DerWriter.set(DerWriter.sequence(DerWriter.oid("2.5.4.3"), DerWriter.utf8(commonName))));
    }
}
