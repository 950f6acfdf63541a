package dev.sallyport.testkit;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.CertificateBuilder.KeyUsage;
import io.netty.pkitesting.X509Bundle;
import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * One certificate in the making: the extensions that strict verifiers ask for (RFC 5280, 4.2.1) are on every one of
 * them, so that a refusal in a test is about what the test made wrong and nothing else.
 */
final class CertificateRecipe {
    private static final String SUBJECT_KEY_IDENTIFIER = "2.5.29.14";
    private static final String SUBJECT_ALTERNATIVE_NAME = "2.5.29.17";
    private static final String AUTHORITY_KEY_IDENTIFIER = "2.5.29.35";
    private static final int DER_OCTET_STRING = 0x04;
    private static final int DER_SEQUENCE = 0x30;
    private static final int DER_CONTEXT_0 = 0x80;
    private static final int DER_CONTEXT_2 = 0x82;
    private static final int DER_CONTEXT_7 = 0x87;

    /** What the certificate may be used for. */
    enum Usage {
        AUTHORITY,
        SERVER,
        CLIENT
    }

    private final String name;
    private final Usage usage;
    private final CertificateBuilder builder;
    private KeyPair keys;

    private CertificateRecipe(String name, Usage usage) {
        this.name = name;
        this.usage = usage;
        this.keys = generate(KeyKind.ECDSA_P256);
        Instant now = Instant.now();
        this.builder = new CertificateBuilder()
                .subject("CN=" + name + ",O=Sallyport tests")
                .notBefore(now.minus(Duration.ofDays(1)))
                .notAfter(now.plus(Duration.ofDays(60)));
        switch (usage) {
            case AUTHORITY ->
                builder.setIsCertificateAuthority(true)
                        .setKeyUsage(true, KeyUsage.keyCertSign, KeyUsage.cRLSign, KeyUsage.digitalSignature);
            case SERVER -> builder.addExtendedKeyUsageServerAuth();
            case CLIENT -> builder.addExtendedKeyUsageClientAuth();
        }
    }

    static CertificateRecipe of(String name, Usage usage) {
        return new CertificateRecipe(name, usage);
    }

    CertificateRecipe key(KeyKind kind) {
        keys = generate(kind);
        return this;
    }

    CertificateRecipe rsa(int bits) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(bits);
            keys = generator.generateKeyPair();
            return this;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("generate an RSA key of " + bits + " bits", e);
        }
    }

    /** A curve that the kinds of key do not have, such as {@code secp521r1}. */
    CertificateRecipe curve(String curve) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec(curve));
            keys = generator.generateKeyPair();
            return this;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("generate a key on " + curve, e);
        }
    }

    /** DER by hand, because the builder's own method takes no wildcards. */
    CertificateRecipe names(List<String> names) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (String each : names) {
            boolean address = each.indexOf(':') >= 0 || each.matches("[0-9.]+");
            all.writeBytes(
                    address
                            ? der(DER_CONTEXT_7, address(each))
                            : der(DER_CONTEXT_2, each.getBytes(StandardCharsets.US_ASCII)));
        }
        builder.addExtensionOctetString(SUBJECT_ALTERNATIVE_NAME, false, der(DER_SEQUENCE, all.toByteArray()));
        return this;
    }

    CertificateRecipe valid(Instant from, Instant until) {
        builder.notBefore(from).notAfter(until);
        return this;
    }

    /**
     * Issued by itself: the builder's own way signs only a key of its own making, without the key identifiers, so what it
     * makes just lends its subject to the issuer. The builder wants whatever signs itself to be an authority.
     */
    TestIdentity selfSigned() {
        try {
            X509Certificate bootstrap =
                    builder.setIsCertificateAuthority(true).buildSelfSigned().getCertificate();
            X509Bundle issuer = X509Bundle.fromRootCertificateAuthority(bootstrap, keys);
            X509Bundle issued = prepared(keys.getPublic()).buildIssuedBy(issuer);
            return new TestIdentity(name, X509Bundle.fromRootCertificateAuthority(issued.getCertificate(), keys));
        } catch (Exception e) {
            throw new IllegalStateException("make the certificate " + name, e);
        }
    }

    TestIdentity issuedBy(TestIdentity issuer) {
        try {
            PublicKey issuerKey = issuer.certificate().getPublicKey();
            return new TestIdentity(name, prepared(issuerKey).buildIssuedBy(issuer.bundle()));
        } catch (Exception e) {
            throw new IllegalStateException("make the certificate " + name, e);
        }
    }

    private CertificateBuilder prepared(PublicKey issuer) throws GeneralSecurityException {
        if (usage != Usage.AUTHORITY) {
            KeyUsage[] usages = keys.getPublic().getAlgorithm().equals("RSA")
                    ? new KeyUsage[] {KeyUsage.digitalSignature, KeyUsage.keyEncipherment}
                    : new KeyUsage[] {KeyUsage.digitalSignature};
            builder.setKeyUsage(true, usages);
        }
        byte[] subjectId = der(DER_OCTET_STRING, identifier(keys.getPublic()));
        byte[] authorityId = der(DER_SEQUENCE, der(DER_CONTEXT_0, identifier(issuer)));
        return builder.keyPair(keys)
                .addExtensionOctetString(SUBJECT_KEY_IDENTIFIER, false, subjectId)
                .addExtensionOctetString(AUTHORITY_KEY_IDENTIFIER, false, authorityId);
    }

    private static KeyPair generate(KeyKind kind) {
        try {
            return kind.algorithm().generateKeyPair(new SecureRandom());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("generate a key of kind " + kind, e);
        }
    }

    private static byte[] identifier(PublicKey key) throws GeneralSecurityException {
        return MessageDigest.getInstance("SHA-1").digest(key.getEncoded());
    }

    /** The address of a literal; no resolver is asked. */
    private static byte[] address(String literal) {
        try {
            return InetAddress.getByName(literal).getAddress();
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("name " + literal + " looks like an IP address and is none", e);
        }
    }

    private static byte[] der(int tag, byte[] content) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.write(tag);
        if (content.length < 0x80) {
            bytes.write(content.length);
        } else {
            bytes.write(0x82);
            bytes.write(content.length >> 8);
            bytes.write(content.length);
        }
        bytes.writeBytes(content);
        return bytes.toByteArray();
    }
}
