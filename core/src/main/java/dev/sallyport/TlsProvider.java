package dev.sallyport;

/** Which implementation of TLS does the cryptography. */
public enum TlsProvider {
    /** BoringSSL where its native library loads, else the JDK. */
    AUTO,
    /** BoringSSL; fastest, and offers post-quantum key exchange (X25519MLKEM768). */
    BORINGSSL,
    /** The JDK's {@link javax.net.ssl.SSLEngine}. */
    JDK
}
