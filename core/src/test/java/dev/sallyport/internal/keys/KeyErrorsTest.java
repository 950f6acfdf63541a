package dev.sallyport.internal.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a wrong key file is answered with. */
class KeyErrorsTest {
    private static final X509Certificate CERTIFICATE = Issuer.selfSigned("test", Keys.P256);
    private static final String KEY = Pem.of(Keys.P256.getPrivate());

    @Test
    void certificateInsteadOfKey() {
        assertRefused(
                Pem.of(CERTIFICATE),
                "key, block 1 (CERTIFICATE): is a certificate where the private key is expected; the arguments may have been"
                        + " switched");
        assertRefused(
                Source.bytes("key", Pem.der(CERTIFICATE)),
                "key: is a certificate where the private key is expected; the arguments may have been switched");
    }

    @Test
    void switchedArguments() {
        assertThatThrownBy(() -> IdentityReader.read(Pem.chain(KEY), Pem.key(Pem.of(CERTIFICATE)), null))
                .isInstanceOf(SSLException.class)
                .hasMessageStartingWith("key, ")
                .hasMessageContaining("the arguments may have been switched");
    }

    @Test
    void twoKeys() {
        assertRefused(
                KEY + Pem.of(CERTIFICATE) + Pem.of(Keys.RSA.getPrivate()),
                "key, block 3 (PRIVATE KEY): is a second private key, after block 1 (PRIVATE KEY); leave the one that belongs"
                        + " to the certificate");
    }

    @Test
    void keysAndCertificatesInOneFileForEitherArgument() throws IOException {
        String both = Pem.of(CERTIFICATE) + KEY;
        assertThat(IdentityReader.read(Pem.chain(both), Pem.key(both), null).key())
                .isEqualTo(Keys.P256.getPrivate());
        assertThat(IdentityReader.read(Pem.chain(Pem.of(CERTIFICATE)), Pem.key(both), null)
                        .leaf())
                .isEqualTo(CERTIFICATE);
        assertThat(IdentityReader.read(Pem.chain(both), Pem.key(KEY), null).leaf())
                .isEqualTo(CERTIFICATE);
    }

    @Test
    void anotherKeyBesideTheChainIsNotTaken() throws IOException {
        String chain = Pem.of(CERTIFICATE) + Pem.of(Keys.RSA.getPrivate());
        assertThat(IdentityReader.read(Pem.chain(chain), Pem.key(KEY), null).key())
                .isEqualTo(Keys.P256.getPrivate());
    }

    @Test
    void weakRsa() {
        assertRefused(
                Pem.of(Keys.SMALL_RSA.getPrivate()),
                "key, block 1 (PRIVATE KEY): RSA key of 1024 bits, at least 2048 are needed; make a new key and certificate");
    }

    @Test
    void dsa() {
        byte[] number = DerWriter.integer(7);
        byte[] dsa = DerWriter.sequence(DerWriter.integer(0), number, number, number, number, number);
        assertRefused(
                Pem.block("DSA PRIVATE KEY", dsa),
                "key, block 1 (DSA PRIVATE KEY): DSA keys are not supported; give an RSA (2048 bits or more), EC (P-256, P-384,"
                        + " P-521) or Ed25519 key and certificate");
    }

    @Test
    void unknownAlgorithm() {
        byte[] pkcs8 = DerWriter.sequence(
                DerWriter.integer(0),
                DerWriter.sequence(DerWriter.oid("1.2.3.4.5")),
                DerWriter.octetString(new byte[] {1}));
        assertRefused(
                Pem.block("PRIVATE KEY", pkcs8),
                "key, block 1 (PRIVATE KEY): algorithm 1.2.3.4.5 keys are not supported; give an RSA (2048 bits or more), EC"
                        + " (P-256, P-384, P-521) or Ed25519 key and certificate");
    }

    @Test
    void openSshKey() {
        assertRefused(
                Pem.block("OPENSSH PRIVATE KEY", "openssh-key-v1\0 and so on".getBytes(StandardCharsets.US_ASCII)),
                "key, block 1 (OPENSSH PRIVATE KEY): is a private key in OpenSSH's own format; convert a copy of it with"
                        + " 'ssh-keygen -p -m PKCS8 -f FILE'");
    }

    @Test
    void puttyKey() {
        assertRefused(
                "PuTTY-User-Key-File-3: ssh-rsa\nEncryption: none\n",
                "key: has no PEM block; it is a PuTTY key: convert it with 'puttygen FILE -O private-openssh', then"
                        + " 'ssh-keygen -p -m PKCS8'");
    }

    @Test
    void sshPublicKey() {
        assertRefused(
                "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAA user@host\n",
                "key: has no PEM block; it is an SSH public key, which no TLS server can use");
    }

    @Test
    void parametersWithoutKey() {
        assertRefused(
                Pem.block("EC PARAMETERS", DerWriter.oid("1.3.132.0.34")),
                "key, block 1 (EC PARAMETERS): is nothing but parameters where the private key is expected; give the private"
                        + " key of the certificate");
    }

    @Test
    void unknownBlock() {
        assertRefused(
                Pem.block("PGP PRIVATE KEY BLOCK", new byte[] {1}) + KEY,
                "key, block 1 (PGP PRIVATE KEY BLOCK): is something unknown where the private key is expected;"
                        + " give the private key of the certificate");
    }

    @Test
    void labelOfSomethingElse() {
        assertRefused(
                Pem.block("PRIVATE KEY", Pem.der(CERTIFICATE)),
                "key, block 1 (PRIVATE KEY): does not hold a private key (PKCS#8) as its label says, but is a certificate;"
                        + " copy it again, or correct the label");
    }

    @Test
    void trailingGarbageInTheBlock() {
        byte[] encoded = Keys.P256.getPrivate().getEncoded();
        assertRefused(
                Pem.block("PRIVATE KEY", Arrays.copyOf(encoded, encoded.length + 3)),
                "key, block 1 (PRIVATE KEY): 3 bytes of trailing garbage after the end of its " + encoded.length
                        + " bytes; two files run together, or a damaged copy: fetch it again");
    }

    @Test
    void trailingGarbageAfterDer() {
        byte[] encoded = Keys.P256.getPrivate().getEncoded();
        assertRefused(
                Source.bytes("key", Arrays.copyOf(encoded, encoded.length + 1)),
                "key: 1 byte of trailing garbage after the end of its " + encoded.length
                        + " bytes; two files run together, or a damaged copy: fetch it again");
    }

    @Test
    void derCutShort() {
        byte[] encoded = Keys.RSA.getPrivate().getEncoded();
        assertRefused(
                Source.bytes("key", Arrays.copyOf(encoded, 1000)),
                "key: malformed DER, cut short: " + (encoded.length - 4)
                        + " bytes announced, 996 left, near byte 0; the" + " content is damaged: copy it again");
    }

    @Test
    void damagedInside() {
        byte[] pkcs8 = DerWriter.sequence(
                DerWriter.integer(0),
                DerWriter.sequence(DerWriter.oid("1.3.101.112")),
                DerWriter.octetString(new byte[] {4, 2, 1, 2}));
        assertRefused(
                Source.bytes("key", pkcs8), "key: is a damaged Ed25519 key (InvalidKeySpecException); copy it again");
    }

    @Test
    void keyOfAnotherCertificate(@TempDir Path folder) throws IOException {
        Path key = Files.writeString(folder.resolve("key.pem"), Pem.of(Keys.OTHER_P256.getPrivate()));
        Path chain = Files.writeString(folder.resolve("chain.pem"), Pem.of(CERTIFICATE));
        assertThatThrownBy(() -> IdentityReader.read(Source.file(chain), Source.file(key), null))
                .isInstanceOf(SSLException.class)
                .hasMessage(key + ": the private key (EC) does not belong to the certificate of CN=test (EC) in "
                        + chain + "; give the key that this certificate was made for");
    }

    @Test
    void noMessageQuotesTheKey() {
        for (int cut = 0; cut < KEY.length(); cut += 7) {
            String damaged = KEY.substring(0, cut) + "!" + KEY.substring(cut);
            Throwable thrown = catchThrowable(() -> KeyReader.read(Pem.key(damaged), null));
            for (Throwable t = thrown; t != null; t = t.getCause()) {
                String message = String.valueOf(t.getMessage());
                assertThat(KEY.lines().filter(line -> line.length() > 20 && !line.startsWith("-")))
                        .noneMatch(line -> message.contains(line.substring(0, 12)));
            }
        }
    }

    private static void assertRefused(String text, String message) {
        assertRefused(Pem.key(text), message);
    }

    private static void assertRefused(Source source, String message) {
        assertThatThrownBy(() -> KeyReader.read(source, null))
                .isInstanceOf(SSLException.class)
                .hasMessage(message);
    }
}
