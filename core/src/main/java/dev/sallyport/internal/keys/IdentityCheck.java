package dev.sallyport.internal.keys;

import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAPublicKey;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Objects;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** What neither TLS driver checks before the first client fails: that key and certificates belong together and are usable. */
final class IdentityCheck {
    static final int MAX_CHAIN = 100;

    private static final System.Logger LOGGER = System.getLogger("dev.sallyport");
    private static final byte[] CHALLENGE = "the key of this certificate".getBytes(StandardCharsets.US_ASCII);

    private IdentityCheck() {}

    static Identity identity(Origin keyPlace, PrivateKey key, Origin chainPlace, List<X509Certificate> given)
            throws SSLException {
        if (given.isEmpty()) {
            throw chainPlace.refuse("has no certificate; give the one of the key, and those that certify it");
        }
        if (given.size() > MAX_CHAIN) {
            throw chainPlace.refuse("a chain of " + given.size() + " certificates, at most " + MAX_CHAIN
                    + " are taken; give the key's certificate and its issuers only");
        }
        String algorithm = signatureAlgorithm(key.getAlgorithm());
        if (algorithm == null) {
            throw KeyKind.unsupported(keyPlace, Origin.printable(key.getAlgorithm()) + " keys");
        }
        X509Certificate stated = stated(key, given);
        X509Certificate leaf = stated == null ? signedFor(keyPlace, key, algorithm, chainPlace, given) : stated;
        KeyKind.of(chainPlace, leaf.getPublicKey());
        if (leaf.getPublicKey() instanceof RSAPublicKey rsa) {
            KeyKind.requireStrongRsa(chainPlace, rsa.getModulus());
        }
        Identity identity = new Identity(
                key,
                ChainOrder.of(chainPlace, given, leaf),
                chainPlace.toString(),
                keyPlace.toString(),
                stated == null);
        String warning = validityWarning(chainPlace, leaf, Clock.systemUTC());
        if (warning != null) {
            LOGGER.log(Level.WARNING, warning);
        }
        return identity;
    }

    /** {@return the subject, fit for a message} */
    static String subject(X509Certificate certificate) {
        String name = certificate.getSubjectX500Principal().getName();
        return name.isEmpty()
                ? "no subject, serial number " + certificate.getSerialNumber().toString(16)
                : Origin.printable(name);
    }

    static @Nullable String validityWarning(Origin place, X509Certificate leaf, Clock clock) {
        Instant now = clock.instant();
        Instant from = leaf.getNotBefore().toInstant();
        Instant until = leaf.getNotAfter().toInstant();
        if (now.isAfter(until)) {
            return place + ": the certificate of " + subject(leaf) + " expired " + until + ", "
                    + ChronoUnit.DAYS.between(until, now) + " days ago; clients will refuse it: renew it";
        }
        if (now.isBefore(from)) {
            return place + ": the certificate of " + subject(leaf) + " is not valid before " + from
                    + "; clients will refuse it: check this machine's clock";
        }
        return null;
    }

    /** Refuses a key that cannot sign for its certificate, unless it has shown that it can. */
    static void proveKey(Identity identity) throws SSLException {
        if (identity.keyProven()) {
            return;
        }
        PrivateKey key = identity.key();
        Origin place = new Origin(identity.keyOrigin(), null);
        String algorithm = Objects.requireNonNull(signatureAlgorithm(key.getAlgorithm()));
        if (!verifies(identity.leaf().getPublicKey(), algorithm, sign(place, key, algorithm))) {
            throw place.refuse(
                    "the private key (" + key.getAlgorithm() + ") says that it belongs to the certificate of "
                            + subject(identity.leaf()) + ", but cannot sign for it; it is damaged: copy it again");
        }
    }

    /** {@return the certificate that the key says it belongs to, or null when it says nothing} */
    private static @Nullable X509Certificate stated(PrivateKey key, List<X509Certificate> certificates) {
        for (X509Certificate certificate : certificates) {
            if (EmbeddedPublicKey.isCarriedBy(key, certificate.getPublicKey())) {
                return certificate;
            }
        }
        return null;
    }

    /** {@return the certificate whose key verifies what the private key signs; keys of an HSM can show no more of themselves} */
    private static X509Certificate signedFor(
            Origin keyPlace, PrivateKey key, String algorithm, Origin chainPlace, List<X509Certificate> certificates)
            throws SSLException {
        byte[] signature;
        try {
            signature = sign(keyPlace, key, algorithm);
        } catch (SSLException e) {
            KeyKind.of(
                    chainPlace, certificates.get(0).getPublicKey()); // a curve that the JDK lacks is the better answer
            throw e;
        }
        for (X509Certificate certificate : certificates) {
            if (verifies(certificate.getPublicKey(), algorithm, signature)) {
                return certificate;
            }
        }
        X509Certificate first = certificates.get(0);
        throw keyPlace.refuse("the private key (" + key.getAlgorithm() + ") does not belong to the certificate of "
                + subject(first) + " (" + first.getPublicKey().getAlgorithm() + ")"
                + (certificates.size() == 1 ? "" : " nor to another one") + " in "
                + chainPlace + "; give the key that this certificate was made for");
    }

    private static byte[] sign(Origin place, PrivateKey key, String algorithm) throws SSLException {
        return place.parse("the private key cannot sign; it is damaged, or its provider refuses", () -> {
            Signature signer = Signature.getInstance(algorithm);
            signer.initSign(key);
            signer.update(CHALLENGE);
            return signer.sign();
        });
    }

    private static @Nullable String signatureAlgorithm(String keyAlgorithm) {
        return switch (keyAlgorithm) {
            case "RSA" -> "SHA256withRSA";
            case "EC", "ECDSA" -> "SHA256withECDSA";
            case "EdDSA", "Ed25519" -> "EdDSA";
            default -> null;
        };
    }

    private static boolean verifies(PublicKey key, String algorithm, byte[] signature) {
        if (!Objects.equals(signatureAlgorithm(key.getAlgorithm()), algorithm)) {
            return false;
        }
        try {
            Signature verifier = Signature.getInstance(algorithm);
            verifier.initVerify(key);
            verifier.update(CHALLENGE);
            return verifier.verify(signature);
        } catch (GeneralSecurityException | RuntimeException e) {
            return false; // of another size or curve
        }
    }
}
