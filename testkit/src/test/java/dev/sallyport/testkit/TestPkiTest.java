package dev.sallyport.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateFactory;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TestPkiTest {
    @ParameterizedTest
    @EnumSource(KeyKind.class)
    void serverIdentitiesChainToTheAuthorityAndNameTheLoopback(KeyKind kind) throws Exception {
        TestIdentity server = TestPki.server(kind);

        validate(server, TestPki.ca());
        assertThat(names(server)).containsExactly("localhost", "127.0.0.1", "0:0:0:0:0:0:0:1");
        assertThat(TestPki.server(kind)).isSameAs(server);
    }

    @ParameterizedTest
    @EnumSource(KeyKind.class)
    void filesHoldTheKeyAndTheChain(KeyKind kind) throws Exception {
        TestIdentity server = TestPki.server(kind);

        try (InputStream chain = Files.newInputStream(server.chainFile())) {
            assertThat(List.copyOf(CertificateFactory.getInstance("X.509").generateCertificates(chain)))
                    .isEqualTo(server.chain());
        }
        assertThat(keyIn(Files.readString(server.keyFile()), server)).isEqualTo(server.privateKey());
        KeyStore store = KeyStore.getInstance(server.pkcs12File().toFile(), server.pkcs12Password());
        assertThat(store.getKey(store.aliases().nextElement(), server.pkcs12Password()))
                .isEqualTo(server.privateKey());
        assertThat(server.keyFile()).isSameAs(server.keyFile());
    }

    @ParameterizedTest
    @EnumSource(KeyKind.class)
    void theKeyFitsTheCertificate(KeyKind kind) throws Exception {
        TestIdentity server = TestPki.server(kind);
        String algorithm = switch (kind) {
            case ECDSA_P256, ECDSA_P384 -> "SHA256withECDSA";
            case RSA_2048 -> "SHA256withRSA";
            case ED25519 -> "Ed25519";
        };
        Signature signature = Signature.getInstance(algorithm);
        byte[] message = {1, 2, 3};
        signature.initSign(server.privateKey());
        signature.update(message);
        byte[] signed = signature.sign();
        signature.initVerify(server.certificate());
        signature.update(message);
        assertThat(signature.verify(signed)).isTrue();
    }

    @Test
    void anIdentityCanHaveOtherNames() throws Exception {
        TestIdentity identity = TestPki.identity("mail.example", "*.mail.example");

        validate(identity, TestPki.ca());
        assertThat(identity.certificate().getSubjectX500Principal().getName()).contains("CN=mail.example");
        assertThat(names(identity)).containsExactly("mail.example", "*.mail.example");
        assertThat(identity.chainFile()).exists();
    }

    @Test
    void chainsCanBeLong() throws Exception {
        validate(TestPki.serverWithIntermediate(), TestPki.ca());
        assertThat(TestPki.serverWithIntermediate().chain()).hasSize(2);

        validate(TestPki.longChain(), TestPki.ca());
        int size = 0;
        for (X509Certificate certificate : TestPki.longChain().chain()) {
            size += certificate.getEncoded().length;
        }
        assertThat(size).isBetween(17_000, 32_000);
    }

    @Test
    void clientsThatShouldBeRefusedAreWrongInOneWayOnly() throws Exception {
        validate(TestPki.client(), TestPki.ca());
        validate(TestPki.clientOfOtherCa(), TestPki.otherCa());
        validate(TestPki.wrongUsageClient(), TestPki.ca());
        assertThat(TestPki.wrongUsageClient().certificate().getExtendedKeyUsage())
                .isEqualTo(TestPki.server().certificate().getExtendedKeyUsage());

        assertThatThrownBy(() -> validate(TestPki.clientOfOtherCa(), TestPki.ca()))
                .isInstanceOf(GeneralSecurityException.class);
        assertThatThrownBy(() -> TestPki.expiredClient().certificate().checkValidity())
                .isInstanceOf(CertificateExpiredException.class);
        assertThatThrownBy(() -> TestPki.expiredServer().certificate().checkValidity())
                .isInstanceOf(CertificateExpiredException.class);
        assertThatThrownBy(() -> TestPki.notYetValidClient().certificate().checkValidity())
                .isInstanceOf(CertificateNotYetValidException.class);
        assertThatThrownBy(() -> validate(TestPki.selfSignedClient(), TestPki.ca()))
                .isInstanceOf(GeneralSecurityException.class);
        assertThat(TestPki.weakServer().certificate().getPublicKey().toString()).contains("1024 bits");
    }

    private static List<String> names(TestIdentity identity) throws GeneralSecurityException {
        return identity.certificate().getSubjectAlternativeNames().stream()
                .map(name -> String.valueOf(name.get(1)))
                .toList();
    }

    private static void validate(TestIdentity identity, TestIdentity authority) throws GeneralSecurityException {
        PKIXParameters parameters = new PKIXParameters(Set.of(new TrustAnchor(authority.certificate(), null)));
        parameters.setRevocationEnabled(false);
        CertPathValidator.getInstance("PKIX")
                .validate(CertificateFactory.getInstance("X.509").generateCertPath(identity.chain()), parameters);
    }

    private static PrivateKey keyIn(String pem, TestIdentity identity) throws GeneralSecurityException, IOException {
        String base64 = pem.replaceAll("-----[A-Z ]+-----", "");
        byte[] der = Base64.getMimeDecoder().decode(base64.getBytes(StandardCharsets.US_ASCII));
        return KeyFactory.getInstance(identity.privateKey().getAlgorithm())
                .generatePrivate(new PKCS8EncodedKeySpec(der));
    }
}
