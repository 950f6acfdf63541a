package dev.sallyport.internal.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.io.IOException;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.interfaces.ECPrivateKey;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Keys in their forms, plain and encrypted, made without any tool; {@link OpenSslKeysTest} has the rest. */
class KeyFormsTest {

    static List<KeyPair> pairs() {
        return List.of(Keys.RSA, Keys.P256, Keys.P384, Keys.P521, Keys.ED25519);
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void readsPkcs8(KeyPair pair) throws IOException {
        PrivateKey key = pair.getPrivate();
        assertThat(read(Pem.key(Pem.of(key)), null)).isEqualTo(key);
        assertThat(read(Source.bytes("key", key.getEncoded()), null)).isEqualTo(key);
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void readsEncryptedPkcs8(KeyPair pair) throws IOException {
        PrivateKey key = pair.getPrivate();
        byte[] encrypted = Encryption.pkcs8(key.getEncoded());
        assertThat(read(Pem.key(Pem.block("ENCRYPTED PRIVATE KEY", encrypted)), Encryption.PASSWORD))
                .isEqualTo(key);
        assertThat(read(Source.bytes("key", encrypted), Encryption.PASSWORD)).isEqualTo(key);
    }

    @Test
    void readsPkcs1() throws IOException {
        byte[] pkcs1 = inner(Keys.RSA);
        assertThat(read(Pem.key(Pem.block("RSA PRIVATE KEY", pkcs1)), null)).isEqualTo(Keys.RSA.getPrivate());
        assertThat(read(Source.bytes("key", pkcs1), null)).isEqualTo(Keys.RSA.getPrivate());
    }

    @Test
    void readsSec1ThatNamesItsCurve() throws IOException {
        byte[] sec1 = sec1(DerWriter.explicit(0, DerWriter.oid("1.3.132.0.34")));
        assertSameEcKey(read(Pem.key(Pem.block("EC PRIVATE KEY", sec1)), null));
        assertSameEcKey(read(Source.bytes("key", sec1), null));
    }

    @Test
    void readsSec1WhoseCurveIsInTheBlockBefore() throws IOException {
        String parameters = Pem.block("EC PARAMETERS", DerWriter.oid("1.3.132.0.34"));
        assertSameEcKey(read(Pem.key(parameters + Pem.block("EC PRIVATE KEY", sec1())), null));
    }

    @Test
    void refusesSec1WithoutItsCurve() {
        assertRefused(
                Pem.key(Pem.block("EC PRIVATE KEY", sec1())),
                null,
                "key, block 1 (EC PRIVATE KEY): does not say which curve it is on; put its EC PARAMETERS block before it, or"
                        + " convert it with 'openssl pkcs8 -topk8 -nocrypt'");
    }

    @Test
    void toleratesAKeyUnderTheLabelOfAnotherForm() throws IOException {
        assertThat(read(Pem.key(Pem.block("PRIVATE KEY", inner(Keys.RSA))), null))
                .isEqualTo(Keys.RSA.getPrivate());
    }

    @Test
    void ignoresAPasswordThatIsNotNeeded() throws IOException {
        assertThat(read(Pem.key(Pem.of(Keys.RSA.getPrivate())), "unneeded")).isEqualTo(Keys.RSA.getPrivate());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Secret", "secret "})
    void refusesAWrongPassword(String password) {
        assertRefused(
                encrypted(),
                password,
                "key, block 1 (ENCRYPTED PRIVATE KEY): cannot be decrypted: the password is wrong (or the content is"
                        + " damaged)");
    }

    @Test
    void refusesAMissingPassword() {
        assertRefused(
                encrypted(),
                null,
                "key, block 1 (ENCRYPTED PRIVATE KEY): is encrypted, but no password was given; give it, or decrypt the key");
    }

    @Test
    void leavesTheCallersPasswordAlone() throws IOException {
        char[] password = Encryption.PASSWORD.toCharArray();
        KeyReader.read(encrypted(), password);
        assertThat(password).isEqualTo(Encryption.PASSWORD.toCharArray());
    }

    static Stream<Arguments> hostileParameters() {
        String again = "; encrypt the key again with 'openssl pkcs8 -topk8 -v2 aes256'";
        byte[] pbkdf2 = Encryption.pbkdf2(1000);
        return Stream.of(
                Arguments.of(
                        pbes2(Encryption.PBKDF2, Encryption.pbkdf2(10_000_001)),
                        "asks for an iteration count above 10,000,000, more than is done here; encrypt the key again, for"
                                + " example with 'openssl pkcs8 -topk8'"),
                Arguments.of(
                        pbes2(Encryption.PBKDF2, Encryption.pbkdf2(Long.MAX_VALUE)),
                        "asks for an iteration count above 10,000,000, more than is done here; encrypt the key again, for"
                                + " example with 'openssl pkcs8 -topk8'"),
                Arguments.of(
                        pbes2(Encryption.PBKDF2, Encryption.pbkdf2(0)),
                        "malformed DER, an iteration count below 1 near byte 46; the content is damaged: copy it again"),
                Arguments.of(
                        pbes2(Encryption.SCRYPT, Encryption.scrypt(1 << 20, 8, 1)),
                        "asks for more than 64 MiB of memory (scrypt), more than is taken here" + again),
                Arguments.of(
                        pbes2(Encryption.SCRYPT, Encryption.scrypt(2, 1 << 18, 16)),
                        "asks for more than 64 MiB of memory (scrypt), more than is taken here" + again),
                Arguments.of(
                        pbes2(Encryption.SCRYPT, Encryption.scrypt(1000, 8, 1)),
                        "malformed DER, a scrypt cost that is no power of two, near byte 53; the content is damaged: copy it"
                                + " again"),
                Arguments.of(
                        pbes2("1.2.3.4", pbkdf2), "uses the key derivation 1.2.3.4, which is not supported" + again),
                Arguments.of(
                        Encryption.pretended(Encryption.PBKDF2, pbkdf2, "1.2.840.113549.3.2", 8),
                        "is encrypted with the cipher 1.2.840.113549.3.2, which is not supported" + again),
                Arguments.of(
                        Encryption.pretended(Encryption.PBKDF2, pbkdf2, Encryption.AES_256_CBC, 15),
                        "malformed DER, an initialization vector of 15 bytes near byte 77; the content is damaged: copy it"
                                + " again"),
                Arguments.of(
                        Encryption.info("1.2.840.113549.1.5.10", pbkdf2, new byte[64]),
                        "is encrypted with the scheme 1.2.840.113549.1.5.10, which is not supported" + again),
                Arguments.of(
                        Encryption.info("1.2.840.113549.1.12.1.3", Encryption.pbkdf2(10_000_001), new byte[64]),
                        "asks for an iteration count above 10,000,000, more than is done here; encrypt the key again, for"
                                + " example with 'openssl pkcs8 -topk8'"));
    }

    private static byte[] pbes2(String function, byte[] parameters) {
        return Encryption.pretended(function, parameters, Encryption.AES_256_CBC, 16);
    }

    @ParameterizedTest
    @MethodSource("hostileParameters")
    void boundsTheWorkThatAFileAsksFor(byte[] encrypted, String message) {
        assertTimeoutPreemptively(
                Duration.ofSeconds(5),
                () -> assertRefused(Source.bytes("key", encrypted), Encryption.PASSWORD, "key: " + message));
    }

    private static Source encrypted() {
        return Pem.key(Pem.block(
                "ENCRYPTED PRIVATE KEY", Encryption.pkcs8(Keys.P256.getPrivate().getEncoded())));
    }

    private static PrivateKey read(Source source, @Nullable String password) throws IOException {
        return KeyReader.read(source, password == null ? null : password.toCharArray());
    }

    private static void assertRefused(Source source, @Nullable String password, String message) {
        assertThatThrownBy(() -> read(source, password))
                .isInstanceOf(SSLException.class)
                .hasMessage(message);
    }

    private static void assertSameEcKey(PrivateKey key) {
        assertThat(((ECPrivateKey) key).getS()).isEqualTo(((ECPrivateKey) Keys.P384.getPrivate()).getS());
    }

    /** What PKCS#8 wraps. */
    private static byte[] inner(KeyPair pair) {
        try {
            byte[] pkcs8 = pair.getPrivate().getEncoded();
            DerReader info = new DerReader(new Origin("test", null), pkcs8).sequence();
            info.skip();
            info.skip();
            return info.content(DerReader.OCTET_STRING);
        } catch (SSLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] sec1(byte[]... curve) {
        byte[] s = ((ECPrivateKey) Keys.P384.getPrivate()).getS().toByteArray();
        byte[] version = DerWriter.integer(1);
        return curve.length == 0
                ? DerWriter.sequence(version, DerWriter.octetString(s))
                : DerWriter.sequence(version, DerWriter.octetString(s), curve[0]);
    }
}
