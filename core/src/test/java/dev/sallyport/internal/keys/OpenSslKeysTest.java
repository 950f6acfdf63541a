package dev.sallyport.internal.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.interfaces.ECPrivateKey;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Keys in every form that the openssl program writes. */
class OpenSslKeysTest {
    @TempDir
    static Path folder;

    private static OpenSsl openssl = new OpenSsl(Path.of("."));

    @BeforeAll
    static void makeKeysAndCertificates() throws IOException {
        openssl = OpenSsl.in(folder);
        openssl.run("genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out rsa.pem");
        openssl.run("genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out p256.pem");
        openssl.run("genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-384 -out p384.pem");
        openssl.run("genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-521 -out p521.pem");
        openssl.run("genpkey -algorithm ED25519 -out ed25519.pem");
        for (String kind : new String[] {"rsa", "p256", "p384", "p521", "ed25519"}) {
            certify(kind + ".pem", kind + ".crt");
        }
    }

    private static void certify(String key, String certificate) throws IOException {
        openssl.run("req -x509 -new -key " + key + " -subj /CN=" + key + " -days 2 -out " + certificate);
    }

    @ParameterizedTest
    @ValueSource(strings = {"rsa", "p256", "p384", "p521", "ed25519"})
    void readsPlainPkcs8(String kind) throws IOException {
        openssl.run("pkcs8 -topk8 -nocrypt -in " + kind + ".pem -outform DER -out plain.der");
        Identity fromPem = IdentityReader.read(openssl.file(kind + ".crt"), openssl.file(kind + ".pem"), null);
        Identity fromDer = IdentityReader.read(openssl.file(kind + ".crt"), openssl.file("plain.der"), null);
        assertThat(fromDer.key()).isEqualTo(fromPem.key());
        assertThat(fromPem.chain()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"rsa", "p256", "p384", "p521", "ed25519"})
    void readsEncryptedPkcs8(String kind) throws IOException {
        openssl.run("pkcs8 -topk8 -passout pass:secret -in " + kind + ".pem -out encrypted.pem");
        openssl.run("pkcs8 -topk8 -passout pass:secret -in " + kind + ".pem -outform DER -out encrypted.der");
        assertReads(kind, "encrypted.pem", "secret");
        assertReads(kind, "encrypted.der", "secret");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-v2 aes-128-cbc",
                "-v2 aes-192-cbc",
                "-v2 aes-256-cbc",
                "-v2 des3",
                "-v2prf hmacWithSHA1",
                "-v2prf hmacWithSHA224",
                "-v2prf hmacWithSHA256",
                "-v2prf hmacWithSHA384",
                "-v2prf hmacWithSHA512",
                "-v2 aes-256-cbc -iter 50000",
                "-scrypt",
                "-scrypt -scrypt_N 1024 -scrypt_r 4 -scrypt_p 3",
                "-v1 PBE-SHA1-3DES",
                "-provider legacy -provider default -v1 PBE-MD5-DES",
                "-provider legacy -provider default -v1 PBE-SHA1-RC2-128",
                "-provider legacy -provider default -v1 PBE-SHA1-RC2-40",
                "-provider legacy -provider default -v1 PBE-SHA1-RC4-128",
                "-provider legacy -provider default -v1 PBE-SHA1-RC4-40",
            })
    void opensEveryPasswordScheme(String scheme) throws IOException {
        openssl.run("pkcs8 -topk8 " + scheme + " -passout pass:secret -in p256.pem -out scheme.pem");
        assertReads("p256", "scheme.pem", "secret");
        assertThatThrownBy(() -> assertReads("p256", "scheme.pem", "Secret"))
                .isInstanceOf(SSLException.class)
                .hasMessage(folder.resolve("scheme.pem") + ", block 1 (ENCRYPTED PRIVATE KEY): cannot be decrypted: the"
                        + " password is wrong (or the content is damaged)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"-v2prf hmacWithSHA512-224", "-v2prf hmacWithSHA512-256"})
    void saysWhatToDoAboutAnHmacThatTheJdkLacks(String scheme) throws IOException {
        openssl.run("pkcs8 -topk8 " + scheme + " -passout pass:secret -in rsa.pem -out hmac.pem");
        try {
            assertReads("rsa", "hmac.pem", "secret");
        } catch (SSLException e) {
            assertThat(e)
                    .hasMessageContaining("is encrypted in a way that this JDK lacks (PBKDF2WithHmacSHA512/2")
                    .hasMessageEndingWith("; encrypt the key again with 'openssl pkcs8 -topk8 -v2 aes256'");
        }
    }

    @ParameterizedTest
    @CsvSource({"rsa, rsa -traditional", "p256, ec", "p384, ec", "p521, ec"})
    void readsTheTraditionalForms(String kind, String command) throws IOException {
        openssl.run(command + " -in " + kind + ".pem -out traditional.pem");
        openssl.run(command + " -in " + kind + ".pem -outform DER -out traditional.der");
        assertReads(kind, "traditional.pem", null);
        assertReads(kind, "traditional.der", null);
        assertThat(folder.resolve("traditional.pem")).content().containsAnyOf("BEGIN RSA PRIVATE", "BEGIN EC PRIVATE");
    }

    @ParameterizedTest
    @ValueSource(strings = {"-aes128", "-aes192", "-aes256", "-des3"})
    void readsTraditionalEncryption(String cipher) throws IOException {
        openssl.run("rsa -traditional -in rsa.pem " + cipher + " -passout pass:s\u00e9cret -out traditional.pem");
        openssl.run("ec -in p256.pem " + cipher + " -passout pass:s\u00e9cret -out ec.pem");
        assertThat(folder.resolve("traditional.pem")).content().contains("DEK-Info: ");
        assertReads("rsa", "traditional.pem", "s\u00e9cret");
        assertReads("p256", "ec.pem", "s\u00e9cret");
        assertThatThrownBy(() -> assertReads("rsa", "traditional.pem", "other"))
                .isInstanceOf(SSLException.class)
                .hasMessageContaining("block 1 (RSA PRIVATE KEY): cannot be decrypted: the password is wrong");
        assertThatThrownBy(() -> assertReads("rsa", "traditional.pem", null))
                .isInstanceOf(SSLException.class)
                .hasMessageContaining("block 1 (RSA PRIVATE KEY): is encrypted, but no password was given");
    }

    @Test
    void namesATraditionalCipherThatIsNotSupported() throws IOException {
        openssl.run("rsa -traditional -in rsa.pem -camellia256 -passout pass:secret -out camellia.pem");
        assertThatThrownBy(() -> assertReads("rsa", "camellia.pem", "secret"))
                .isInstanceOf(SSLException.class)
                .hasMessageContaining("is encrypted with CAMELLIA-256-CBC, which is not supported;");
    }

    @Test
    void takesNonAsciiPasswordsForPbes2AndRefusesThemForPbes1() throws IOException {
        openssl.run("pkcs8 -topk8 -passout pass:\u043f\u0430\u0440\u043e\u043b\u044c -in p256.pem -out utf8.pem");
        assertReads("p256", "utf8.pem", "\u043f\u0430\u0440\u043e\u043b\u044c");
        openssl.run("pkcs8 -topk8 -v1 PBE-SHA1-3DES -passout pass:x -in p256.pem -out old.pem");
        assertThatThrownBy(() -> assertReads("p256", "old.pem", "\u043f"))
                .isInstanceOf(SSLException.class)
                .hasMessageContaining("takes ASCII passwords only");
    }

    @Test
    void readsAnEcKeyAfterItsParameters() throws IOException {
        openssl.run("ecparam -name prime256v1 -genkey -out parameters.pem");
        certify("parameters.pem", "parameters.crt");
        assertThat(folder.resolve("parameters.pem")).content().contains("BEGIN EC PARAMETERS");
        IdentityReader.read(openssl.file("parameters.crt"), openssl.file("parameters.pem"), null);
    }

    @Test
    void refusesExplicitCurveParametersAndTheAdviceHelps() throws IOException {
        openssl.run("ecparam -name prime256v1 -genkey -param_enc explicit -out explicit.pem");
        openssl.run("pkcs8 -topk8 -nocrypt -in explicit.pem -out explicit8.pem");
        for (String file : new String[] {"explicit.pem", "explicit8.pem"}) {
            assertThatThrownBy(() -> assertReads("p256", file, null))
                    .isInstanceOf(SSLException.class)
                    .hasMessageContaining(
                            "EC keys with explicit curve parameters are not supported; name the curve with"
                                    + " 'openssl ec -in OLD -out NEW -param_enc named_curve'");
        }
        openssl.run("ec -in explicit.pem -out named.pem -param_enc named_curve");
        certify("named.pem", "named.crt");
        IdentityReader.read(openssl.file("named.crt"), openssl.file("named.pem"), null);
    }

    @ParameterizedTest
    @CsvSource({
        "EC -pkeyopt ec_paramgen_curve:secp256k1, EC keys on the curve secp256k1",
        "EC -pkeyopt ec_paramgen_curve:brainpoolP256r1, EC keys on the curve brainpoolP256r1",
        "EC -pkeyopt ec_paramgen_curve:sect283r1, EC keys on the curve 1.3.132.0.17",
        "ED448, Ed448 keys",
        "X25519, X25519 keys",
        "RSA-PSS, RSA-PSS keys",
    })
    void namesKeysThatAreNotSupported(String algorithm, String named) throws IOException {
        openssl.run("genpkey -algorithm " + algorithm + " -out other.pem");
        assertThatThrownBy(() -> assertReads("rsa", "other.pem", null))
                .isInstanceOf(SSLException.class)
                .hasMessage(folder.resolve("other.pem") + ", block 1 (PRIVATE KEY): " + named
                        + " are not supported; give an"
                        + " RSA (2048 bits or more), EC (P-256, P-384, P-521) or Ed25519 key and certificate");
    }

    @Test
    void namesTheCurveOfAKeystoreThatIsNotSupported() throws IOException {
        openssl.run("genpkey -algorithm EC -pkeyopt ec_paramgen_curve:secp256k1 -out k1.pem");
        certify("k1.pem", "k1.crt");
        openssl.run("pkcs12 -export -in k1.crt -inkey k1.pem -name k1 -passout pass: -out k1.p12");
        assertThatThrownBy(() -> IdentityReader.readKeyStore(openssl.file("k1.p12"), new char[0]))
                .isInstanceOf(SSLException.class)
                .hasMessageContaining("k1.p12, entry 'k1': EC keys on the curve secp256k1 are not supported; ");
    }

    @Test
    void takesAnEmptyPassword() throws IOException {
        openssl.run("pkcs12 -export -in p256.crt -inkey p256.pem -passout pass: -out empty.p12");
        openssl.run("pkcs8 -topk8 -v1 PBE-SHA1-3DES -passout pass: -in p256.pem -out empty.pem");
        assertThat(IdentityReader.readKeyStore(openssl.file("empty.p12"), new char[0]))
                .hasSize(1);
        assertReads("p256", "empty.pem", "");
    }

    @Test
    void saysWhyTheJdkCannotReadACertificateWithAnExplicitCurve() throws IOException {
        openssl.run("ecparam -name prime256v1 -genkey -param_enc explicit -out explicit.pem");
        certify("explicit.pem", "explicit.crt");
        assertThatThrownBy(() -> CertificateReader.read(openssl.file("explicit.crt")))
                .isInstanceOf(SSLException.class)
                .hasMessageContaining(
                        "block 1 (CERTIFICATE): EC keys with explicit curve parameters are not supported");
    }

    @Test
    void readsWhatPkcs12ExportsWithBagAttributes() throws IOException {
        openssl.run("pkcs12 -export -in rsa.crt -inkey rsa.pem -name test -passout pass:secret -out store.p12");
        openssl.run("pkcs12 -in store.p12 -passin pass:secret -noenc -out both.pem");
        assertThat(folder.resolve("both.pem")).content().startsWith("Bag Attributes");
        Identity identity = IdentityReader.read(openssl.file("both.pem"), openssl.file("both.pem"), null);
        assertThat(identity.leaf().getSubjectX500Principal()).hasToString("CN=rsa.pem");
    }

    @Test
    void readsCertificatesWithTheirTextBefore() throws IOException {
        openssl.run("x509 -text -in rsa.crt -out text.crt");
        assertThat(CertificateReader.read(openssl.file("text.crt"))).hasSize(1);
    }

    @Test
    void readsPkcs7() throws IOException {
        openssl.run("crl2pkcs7 -nocrl -certfile rsa.crt -certfile p256.crt -out bundle.p7b");
        openssl.run("crl2pkcs7 -nocrl -certfile rsa.crt -certfile p256.crt -outform DER -out bundle.der");
        assertThat(CertificateReader.read(openssl.file("bundle.p7b"))).hasSize(2);
        assertThat(CertificateReader.read(openssl.file("bundle.der"))).hasSize(2);
    }

    @Test
    void refusesOpenSslsTrustedCertificatesAndTheAdviceHelps() throws IOException {
        openssl.run("x509 -in rsa.crt -trustout -addtrust serverAuth -out trusted.pem");
        assertThatThrownBy(() -> CertificateReader.read(openssl.file("trusted.pem")))
                .isInstanceOf(SSLException.class)
                .hasMessageContaining("block 1 (TRUSTED CERTIFICATE)")
                .hasMessageEndingWith("make a plain one of it with 'openssl x509 -in OLD -out NEW'");
        openssl.run("x509 -in trusted.pem -out plain.crt");
        assertThat(CertificateReader.read(openssl.file("plain.crt"))).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"PEM", "DER"})
    void saysThatARequestIsNoCertificate(String form) throws IOException {
        openssl.run("req -new -key rsa.pem -subj /CN=x -outform " + form + " -out request." + form);
        assertThatThrownBy(() -> CertificateReader.read(openssl.file("request." + form)))
                .isInstanceOf(SSLException.class)
                .hasMessageContaining("is a certificate request (CSR) where certificates are expected; have it signed");
        assertThatThrownBy(() -> assertReads("rsa", "request." + form, null))
                .isInstanceOf(SSLException.class)
                .hasMessageContaining("is a certificate request (CSR) where the private key is expected; give");
    }

    @ParameterizedTest
    @ValueSource(strings = {"PEM", "DER"})
    void saysThatAPublicKeyIsNoPrivateKey(String form) throws IOException {
        openssl.run("pkey -in p256.pem -pubout -outform " + form + " -out public." + form);
        assertThatThrownBy(() -> assertReads("p256", "public." + form, null))
                .isInstanceOf(SSLException.class)
                .hasMessageContaining(
                        "is a public key where the private key is expected; give the private key that was made"
                                + " with it");
        openssl.run("rsa -in rsa.pem -RSAPublicKey_out -outform " + form + " -out public." + form);
        assertThatThrownBy(() -> CertificateReader.read(openssl.file("public." + form)))
                .isInstanceOf(SSLException.class)
                .hasMessageContaining("is a public key where certificates are expected; give the certificate");
    }

    @Test
    void refusesARevocationList() throws IOException {
        Files.writeString(folder.resolve("index.txt"), "");
        Files.writeString(
                folder.resolve("ca.cnf"),
                "[ca]\ndefault_ca=d\n[d]\ndatabase=index.txt\ndefault_md=sha256\ndefault_crl_days=2\n");
        openssl.run("ca -config ca.cnf -gencrl -keyfile rsa.pem -cert rsa.crt -out list.pem");
        openssl.run("crl -in list.pem -outform DER -out list.der");
        for (String file : new String[] {"list.pem", "list.der"}) {
            assertThatThrownBy(() -> CertificateReader.read(openssl.file(file)))
                    .isInstanceOf(SSLException.class)
                    .hasMessageContaining("is a certificate revocation list (CRL) where certificates are expected;");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " -legacy", " -keypbe AES-256-CBC -certpbe AES-256-CBC -macalg sha512"})
    void readsPkcs12(String scheme) throws IOException {
        openssl.run(
                "pkcs12 -export" + scheme + " -in rsa.crt -inkey rsa.pem -name test -passout pass:secret -out s.p12");
        assertThat(IdentityReader.readKeyStore(openssl.file("s.p12"), "secret".toCharArray()))
                .hasSize(1);
        assertReads("rsa", "s.p12", "secret");
        Identity both = IdentityReader.read(openssl.file("s.p12"), openssl.file("s.p12"), "secret".toCharArray());
        assertThat(both.leaf().getSubjectX500Principal()).hasToString("CN=rsa.pem");
        assertThatThrownBy(() -> IdentityReader.readKeyStore(openssl.file("s.p12"), "wrong".toCharArray()))
                .isInstanceOf(SSLException.class)
                .hasMessage(folder.resolve("s.p12") + ": cannot be opened: the password is wrong (or the content is"
                        + " damaged)");
    }

    private static void assertReads(String kind, String key, @Nullable String password) throws IOException {
        char @Nullable [] characters = password == null ? null : password.toCharArray();
        PrivateKey plain = KeyReader.read(openssl.file(kind + ".pem"), null);
        Identity read = IdentityReader.read(openssl.file(kind + ".crt"), openssl.file(key), characters);
        if (read.key() instanceof ECPrivateKey ec) {
            // SEC1 keys name the curve twice, so their encoding differs
            assertThat(ec.getS()).isEqualTo(((ECPrivateKey) plain).getS());
        } else {
            assertThat(read.key()).isEqualTo(plain);
        }
        assertThat(read.toString()).startsWith("Identity[CN=" + kind + ".pem, ");
        if (password != null) {
            assertThat(characters).as("the caller's password, unchanged").isEqualTo(password.toCharArray());
        }
    }
}
