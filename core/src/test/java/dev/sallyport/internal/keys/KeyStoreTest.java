package dev.sallyport.internal.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import javax.crypto.spec.SecretKeySpec;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Identities out of PKCS#12 and JKS. */
class KeyStoreTest {
    private static final String USE = "use fromKeyStore, or keyStore(...) on the builder, and give the password";

    private static final X509Certificate EC = Issuer.selfSigned("ec", Keys.P256);
    private static final X509Certificate RSA = Issuer.selfSigned("rsa", Keys.RSA);

    @ParameterizedTest
    @ValueSource(strings = {"PKCS12", "JKS"})
    void givesEveryPrivateKeyOfAFile(String type) throws Exception {
        KeyStore store = store(type);
        put(store, "one", Keys.P256, "secret", EC);
        store.setCertificateEntry("trusted", RSA);
        put(store, "two", Keys.RSA, "secret", RSA);
        assertThat(IdentityReader.readKeyStore(source(store), secret()))
                .extracting(Identity::leaf)
                .containsExactlyInAnyOrder(EC, RSA);
        assertThat(IdentityReader.fromKeyStore(store, secret()))
                .extracting(Identity::key)
                .containsExactlyInAnyOrder(Keys.P256.getPrivate(), Keys.RSA.getPrivate());
    }

    @Test
    void takesItForChainAndKey() throws Exception {
        Source source = source(single("PKCS12"));
        assertThat(IdentityReader.read(source, source, secret()).leaf()).isEqualTo(EC);
        assertThat(IdentityReader.read(Pem.chain(Pem.of(EC)), source, secret()).leaf())
                .isEqualTo(EC);
        assertThat(IdentityReader.read(source, Pem.key(Pem.of(Keys.P256.getPrivate())), secret())
                        .leaf())
                .isEqualTo(EC);
    }

    @Test
    void warnsOnceOfAnExpiredLeafEvenIfReadTwice() throws Exception {
        Instant now = Instant.now();
        X509Certificate expired = new Issuer("old", Keys.P256)
                .certify("old", Keys.P256.getPublic(), now.minus(Duration.ofDays(9)), now.minus(Duration.ofDays(3)));
        KeyStore store = store("PKCS12");
        put(store, "one", Keys.P256, "secret", expired);
        Source source = source(store);
        assertThat(Warnings.during(() -> IdentityReader.read(source, source, secret())))
                .singleElement()
                .asString()
                .startsWith("store: the certificate of CN=old expired ");
    }

    @Test
    void doesNotChooseAmongTwoKeys() throws Exception {
        KeyStore store = single("PKCS12");
        put(store, "two", Keys.RSA, "secret", RSA);
        assertThatThrownBy(() -> IdentityReader.read(source(store), source(store), secret()))
                .isInstanceOf(SSLException.class)
                .hasMessage(
                        "store: has 2 private keys, so it is not clear which to take; give it as a keystore, or leave one"
                                + " in it");
    }

    @Test
    void passesOverSecretKeys() throws Exception {
        KeyStore store = single("PKCS12");
        store.setEntry(
                "aes",
                new KeyStore.SecretKeyEntry(new SecretKeySpec(new byte[16], "AES")),
                new KeyStore.PasswordProtection(secret()));
        assertThat(IdentityReader.readKeyStore(source(store), secret())).hasSize(1);
    }

    @Test
    void takesALoadedStoreThatAsksForNoPassword() throws Exception {
        KeyStore store = store("PKCS12");
        store.setKeyEntry("one", Keys.P256.getPrivate(), null, new X509Certificate[] {EC});
        assertThat(IdentityReader.fromKeyStore(store, null)).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"PKCS12", "JKS"})
    void refusesAWrongPassword(String type) throws Exception {
        Source source = source(single(type));
        assertThatThrownBy(() -> IdentityReader.readKeyStore(source, "wrong".toCharArray()))
                .isInstanceOf(SSLException.class)
                .hasMessage("store: cannot be opened: the password is wrong (or the content is damaged)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"PKCS12", "JKS"})
    void refusesAMissingPassword(String type) throws Exception {
        Source source = source(single(type));
        String kind = type.equals("JKS") ? "JKS" : "PKCS#12";
        assertThatThrownBy(() -> IdentityReader.readKeyStore(source, null))
                .isInstanceOf(SSLException.class)
                .hasMessage("store: is a " + kind + " keystore, but no password was given; " + USE);
        assertThatThrownBy(() -> IdentityReader.read(source, source, null))
                .isInstanceOf(SSLException.class)
                .hasMessage("store: is a " + kind + " keystore, but no password was given; " + USE);
        assertThatThrownBy(() -> IdentityReader.read(source, Pem.key(Pem.of(Keys.P256.getPrivate())), null))
                .isInstanceOf(SSLException.class)
                .hasMessage("store: is a " + kind + " keystore, but no password was given; " + USE);
    }

    @Test
    void refusesAKeyWithAPasswordOfItsOwn() throws Exception {
        KeyStore store = store("JKS");
        put(store, "mine", Keys.P256, "another", EC);
        assertThatThrownBy(() -> IdentityReader.readKeyStore(source(store), secret()))
                .isInstanceOf(SSLException.class)
                .hasMessage(
                        "store, entry 'mine': its key has another password than the one given; give both the same with"
                                + " 'keytool -keypasswd'");
    }

    @ParameterizedTest
    @ValueSource(strings = {"PKCS12", "JKS"})
    void refusesAStoreWithoutKeys(String type) throws Exception {
        KeyStore store = store(type);
        assertThatThrownBy(() -> IdentityReader.readKeyStore(source(store), secret()))
                .isInstanceOf(SSLException.class)
                .hasMessage("store: has no private key, it is empty; give the keystore that has the key");
        store.setCertificateEntry("authority", EC);
        assertThatThrownBy(() -> IdentityReader.readKeyStore(source(store), secret()))
                .isInstanceOf(SSLException.class)
                .hasMessage(
                        "store: has no private key, only 1 other entry; give the keystore that has the key, or this one as"
                                + " trusted certificates");
    }

    @Test
    void refusesAStoreWhereCertificatesAreExpected() throws Exception {
        assertThatThrownBy(() -> CertificateReader.read(source(single("PKCS12"))))
                .isInstanceOf(SSLException.class)
                .hasMessage(
                        "store: is a PKCS#12 keystore where certificates are expected; export them with 'openssl pkcs12"
                                + " -nokeys -in FILE -out certificates.pem', or load it and give the KeyStore");
        assertThatThrownBy(() -> CertificateReader.read(source(single("JKS"))))
                .isInstanceOf(SSLException.class)
                .hasMessage(
                        "store: is a JKS keystore where certificates are expected; export each with 'keytool -exportcert"
                                + " -rfc -keystore FILE -alias NAME', or load it and give the KeyStore");
    }

    @Test
    void refusesPemWhereAStoreIsExpected() {
        assertThatThrownBy(() -> IdentityReader.readKeyStore(Pem.chain(Pem.of(EC)), secret()))
                .isInstanceOf(SSLException.class)
                .hasMessage(
                        "chain, block 1 (CERTIFICATE): is a certificate where a keystore (PKCS#12 or JKS) is expected; give"
                                + " it as chain and key");
    }

    @Test
    void refusesJceks() throws Exception {
        assertThatThrownBy(() -> IdentityReader.readKeyStore(source(single("JCEKS")), secret()))
                .isInstanceOf(SSLException.class)
                .hasMessage(
                        "store: is a JCEKS keystore, which is not supported; convert it with 'keytool -importkeystore"
                                + " -srcstoretype JCEKS -deststoretype PKCS12'");
    }

    @Test
    void refusesAStoreThatWasNotLoaded() throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        assertThatThrownBy(() -> IdentityReader.fromKeyStore(store, secret()))
                .isInstanceOf(SSLException.class)
                .hasMessage("keystore: was not loaded; call its load method first");
    }

    @Test
    void namesTheEntryOfAKeyThatFitsNoCertificate() throws Exception {
        KeyStore store = store("JKS");
        put(store, "mixed", Keys.OTHER_P256, "secret", EC);
        assertThatThrownBy(() -> IdentityReader.readKeyStore(source(store), secret()))
                .isInstanceOf(SSLException.class)
                .hasMessage(
                        "store, entry 'mixed': the private key (EC) does not belong to the certificate of CN=ec (EC) in"
                                + " store, entry 'mixed'; give the key that this certificate was made for");
    }

    @Test
    void refusesAStoreCutShort() throws Exception {
        byte[] bytes = source(single("JKS")).read();
        Source half = Source.bytes("store", Arrays.copyOf(bytes, bytes.length / 2));
        assertThatThrownBy(() -> IdentityReader.readKeyStore(half, secret()))
                .isInstanceOf(SSLException.class)
                .hasMessage("store: is a JKS keystore that is damaged; copy it again");
    }

    private static KeyStore single(String type) throws GeneralSecurityException, IOException {
        KeyStore store = store(type);
        put(store, "one", Keys.P256, "secret", EC);
        return store;
    }

    private static KeyStore store(String type) throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance(type);
        store.load(null, null);
        return store;
    }

    private static void put(KeyStore store, String alias, KeyPair pair, String password, X509Certificate certificate)
            throws GeneralSecurityException {
        store.setKeyEntry(alias, pair.getPrivate(), password.toCharArray(), new X509Certificate[] {certificate});
    }

    static Source source(KeyStore store) throws GeneralSecurityException, IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        store.store(bytes, secret());
        return Source.bytes("store", bytes.toByteArray());
    }

    private static char[] secret() {
        return "secret".toCharArray();
    }
}
