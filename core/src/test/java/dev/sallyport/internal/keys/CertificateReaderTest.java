package dev.sallyport.internal.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.Test;

/** Certificates that are to be trusted; {@link PemTextTest} has the text around them, {@link OpenSslKeysTest} PKCS#7. */
class CertificateReaderTest {
    private static final X509Certificate ONE = Issuer.selfSigned("one", Keys.P256);
    private static final X509Certificate TWO = Issuer.selfSigned("two", Keys.RSA);

    @Test
    void readsDer() throws IOException {
        assertThat(CertificateReader.read(Source.bytes("authority", Pem.der(TWO))))
                .containsExactly(TWO);
    }

    @Test
    void readsManyInOneText() throws IOException {
        List<X509Certificate> read = CertificateReader.read(Pem.chain(Pem.of(ONE, TWO, ONE)));
        assertThat(read).containsExactly(ONE, TWO, ONE).isUnmodifiable();
    }

    @Test
    void takesTheOlderLabel() throws IOException {
        assertThat(CertificateReader.read(Pem.chain(Pem.block("X509 CERTIFICATE", Pem.der(ONE)))))
                .containsExactly(ONE);
    }

    @Test
    void passesOverKeysRequestsAndParameters() throws IOException {
        String text = Pem.of(Keys.P256.getPrivate())
                + Pem.block("DH PARAMETERS", new byte[] {0x30, 0})
                + Pem.block("CERTIFICATE REQUEST", new byte[] {0x30, 0})
                + Pem.of(ONE);
        assertThat(CertificateReader.read(Pem.chain(text))).containsExactly(ONE);
    }

    @Test
    void refusesAKey() {
        assertRefused(
                Pem.chain(Pem.of(Keys.P256.getPrivate())),
                "chain, block 1 (PRIVATE KEY): is a private key (PKCS#8) where certificates are expected; the arguments may"
                        + " have been switched");
        assertRefused(
                Source.bytes("chain", Keys.P256.getPrivate().getEncoded()),
                "chain: is a private key (PKCS#8) where certificates are expected; the arguments may have been switched");
    }

    @Test
    void refusesARevocationListBesideCertificates() {
        assertRefused(
                Pem.chain(Pem.of(ONE) + Pem.block("X509 CRL", new byte[] {0x30, 0})),
                "chain, block 2 (X509 CRL): is a certificate revocation list (CRL) where certificates are expected; take it"
                        + " out of there, it would not be checked");
    }

    @Test
    void refusesTrailingGarbage() {
        byte[] der = Pem.der(ONE);
        assertRefused(
                Source.bytes("chain", Arrays.copyOf(der, der.length + 2)),
                "chain: 2 bytes of trailing garbage after the end of its " + der.length
                        + " bytes; two files run together, or a damaged copy: fetch it again");
        assertRefused(
                Pem.chain(Pem.block("CERTIFICATE", Arrays.copyOf(der, der.length + 2))),
                "chain, block 1 (CERTIFICATE): 2 bytes of trailing garbage after the end of its " + der.length
                        + " bytes; two files run together, or a damaged copy: fetch it again");
    }

    @Test
    void refusesWhatOnlyLooksLikeACertificate() {
        byte[] hollow = DerWriter.sequence(
                DerWriter.sequence(DerWriter.explicit(0, DerWriter.integer(2))),
                DerWriter.sequence(),
                DerWriter.bitString(0, new byte[8]));
        assertThatThrownBy(() -> CertificateReader.read(Source.bytes("chain", hollow)))
                .isInstanceOf(SSLException.class)
                .hasMessageStartingWith("chain: ");
        byte[] der = Pem.der(ONE);
        der[20] ^= 0x7f;
        assertThatThrownBy(() -> CertificateReader.read(Source.bytes("chain", der)))
                .isInstanceOf(SSLException.class)
                .hasMessage("chain: is not a certificate that this JDK can read; copy it again");
    }

    @Test
    void takesAThousandAndNoMore() throws IOException {
        String many = Pem.of(ONE).repeat(1000);
        assertThat(CertificateReader.read(Pem.chain(many))).hasSize(1000);
        assertRefused(
                Pem.chain(many + Pem.of(ONE)),
                "chain, block 1001 (CERTIFICATE): there are more than 1000 certificates; give fewer");
    }

    private static void assertRefused(Source source, String message) {
        assertThatThrownBy(() -> CertificateReader.read(source))
                .isInstanceOf(SSLException.class)
                .hasMessage(message);
    }
}
