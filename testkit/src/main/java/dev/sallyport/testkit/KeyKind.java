package dev.sallyport.testkit;

import io.netty.pkitesting.CertificateBuilder.Algorithm;

/** The kinds of key an identity of {@link TestPki} can have. */
public enum KeyKind {
    /** ECDSA on P-256. */
    ECDSA_P256(Algorithm.ecp256),
    /** ECDSA on P-384. */
    ECDSA_P384(Algorithm.ecp384),
    /** RSA with 2048 bits. */
    RSA_2048(Algorithm.rsa2048),
    /** Ed25519 (RFC 8410). */
    ED25519(Algorithm.ed25519);

    private final Algorithm algorithm;

    KeyKind(Algorithm algorithm) {
        this.algorithm = algorithm;
    }

    Algorithm algorithm() {
        return algorithm;
    }
}
