package dev.sallyport.testkit;

import io.netty.pkitesting.X509Bundle;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A private key with its certificate chain, as objects, as PEM text and as files.
 *
 * <p>The chain starts with the identity's own certificate and leaves out the root, except that an authority's chain is
 * the root itself: {@code TestPki.ca().chainFile()} is what a client takes as its file of trusted certificates. Files
 * are written at most once for each identity and removed when the JVM exits. Safe for use by many threads.
 */
public final class TestIdentity {
    private static final char[] STORE_PASSWORD = "changeit".toCharArray();

    private final String name;
    private final X509Bundle bundle;
    private final ConcurrentHashMap<String, Path> files = new ConcurrentHashMap<>();

    TestIdentity(String name, X509Bundle bundle) {
        this.name = name;
        this.bundle = bundle;
    }

    /** {@return what this identity is, in words that fit a file name} */
    public String name() {
        return name;
    }

    /** {@return the private key of {@link #certificate()}} */
    public PrivateKey privateKey() {
        return bundle.getKeyPair().getPrivate();
    }

    /** {@return the identity's own certificate} */
    public X509Certificate certificate() {
        return bundle.getCertificate();
    }

    /** {@return the chain, the identity's own certificate first} */
    public List<X509Certificate> chain() {
        return List.copyOf(bundle.getCertificatePathList());
    }

    /** {@return the chain as PEM} */
    public String chainPem() {
        return Pem.certificates(chain());
    }

    /** {@return the private key as PEM, unencrypted PKCS#8} */
    public String keyPem() {
        return Pem.privateKey(privateKey().getEncoded());
    }

    /** {@return a file with {@link #chainPem()}} */
    public Path chainFile() {
        return files.computeIfAbsent("chain.pem", suffix -> writePem(suffix, chainPem()));
    }

    /** {@return a file with {@link #keyPem()}} */
    public Path keyFile() {
        return files.computeIfAbsent("key.pem", suffix -> writePem(suffix, keyPem()));
    }

    /** {@return a PKCS#12 file with the key and the chain, under {@link #pkcs12Password()}} */
    public Path pkcs12File() {
        return files.computeIfAbsent("identity.p12", suffix -> TestFiles.write(name + "-" + suffix, pkcs12()));
    }

    /** {@return a copy of the password of {@link #pkcs12File()}} */
    public char[] pkcs12Password() {
        return STORE_PASSWORD.clone();
    }

    /** {@return what the certificates below this one are made from} */
    X509Bundle bundle() {
        return bundle;
    }

    @Override
    public String toString() {
        return "TestIdentity[" + name + "]";
    }

    private Path writePem(String suffix, String pem) {
        return TestFiles.write(name + "-" + suffix, pem.getBytes(StandardCharsets.US_ASCII));
    }

    private byte[] pkcs12() {
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            store.setKeyEntry(name, privateKey(), STORE_PASSWORD, bundle.getCertificatePath());
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            store.store(bytes, STORE_PASSWORD);
            return bytes.toByteArray();
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("write the PKCS#12 file of " + name, e);
        }
    }
}
