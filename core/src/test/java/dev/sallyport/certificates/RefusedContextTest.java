package dev.sallyport.certificates;

import static dev.sallyport.PackageAccess.loaded;
import static dev.sallyport.certificates.ContextAssertions.refused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import dev.sallyport.SecurityContext;
import dev.sallyport.TlsProvider;
import dev.sallyport.TlsVersion;
import dev.sallyport.testkit.TestIdentity;
import dev.sallyport.testkit.TestPki;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a security context refuses: files, parameters and contradictions that cannot be used. */
class RefusedContextTest {
    private final TestIdentity server = TestPki.server();

    private final TestIdentity ca = TestPki.ca();

    @TempDir
    Path folder;

    @Test
    void saysWhatIsWrongWithAFile() throws Exception {
        Path empty = Files.createFile(folder.resolve("empty.pem"));
        Path missing = folder.resolve("missing.pem");

        refused(NoSuchFileException.class, () -> SecurityContext.fromPem(missing, server.keyFile()), "missing.pem");
        refused(SSLException.class, () -> SecurityContext.fromPem(empty, server.keyFile()), "empty.pem");
        refused(
                SSLException.class,
                () -> SecurityContext.fromPem(server.keyFile(), server.chainFile()),
                server.chainFile().toString());
        refused(
                SSLException.class,
                () -> SecurityContext.fromKeyStore(server.pkcs12File(), "wrong".toCharArray()),
                server.pkcs12File().toString(),
                "password");
        refused(
                SSLException.class,
                () -> SecurityContext.builder()
                        .trustedCertificates(server.keyFile())
                        .build(),
                server.keyFile().toString());
    }

    @Test
    void refusesContradictions() {
        SecurityContext.Builder versions =
                SecurityContext.builder().minimumTlsVersion(TlsVersion.TLS_1_3).maximumTlsVersion(TlsVersion.TLS_1_2);
        SecurityContext.Builder twoChecks = SecurityContext.builder()
                .clientCertificateCheck(chain -> {})
                .unsafeClientCertificateVerifier(chain -> {});
        SecurityContext.Builder unusedTrust = SecurityContext.builder()
                .trustedCertificates(ca.certificate())
                .unsafeClientCertificateVerifier(chain -> {});
        SecurityContext.Builder suites = SecurityContext.builder().cipherSuites("TLS_AES_128_GCM_SHA256");

        refused(IllegalArgumentException.class, versions::build, "minimumTlsVersion(TLS_1_3)", "maximumTlsVersion");
        refused(IllegalArgumentException.class, twoChecks::build, "clientCertificateCheck", "unsafeClient");
        refused(IllegalArgumentException.class, unusedTrust::build, "trustedCertificates", "unsafeClient");
        refused(IllegalArgumentException.class, suites::build, "cipherSuites", "TLS_1_2", "minimumTlsVersion");
        SecurityContext.Builder groups = SecurityContext.builder().namedGroups("X25519MLKEM768");
        refused(IllegalArgumentException.class, groups::build, "namedGroups", "TLS_1_2", "minimumTlsVersion");
        SecurityContext.Builder keyless = SecurityContext.builder()
                .identity(server.chainFile(), server.keyFile())
                .cipherSuites("TLS_AES_128_GCM_SHA256", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256");
        refused(IllegalArgumentException.class, keyless::build, "cipherSuites", "type EC", "minimumTlsVersion");
        assertThatCode(() -> suites.minimumTlsVersion(TlsVersion.TLS_1_3).build())
                .doesNotThrowAnyException();
    }

    @Test
    void takesOnlyParametersThatAreStillSafe() throws Exception {
        SecurityContext context = SecurityContext.builder()
                .cipherSuites("TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", "TLS_CHACHA20_POLY1305_SHA256")
                .namedGroups("x25519", "secp256r1")
                .supportedProtocols("h2", "http/1.1")
                .provider(TlsProvider.JDK)
                .build();

        assertThat(loaded(context).config().cipherSuites())
                .containsExactly("TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", "TLS_CHACHA20_POLY1305_SHA256");
        assertThat(loaded(context).config().namedGroups()).containsExactly("x25519", "secp256r1");
        assertThat(loaded(context).config().protocols()).containsExactly("h2", "http/1.1");
        assertThat(loaded(context).config().provider()).isEqualTo(TlsProvider.JDK);
        SecurityContext.Builder builder = SecurityContext.builder();
        refused(
                IllegalArgumentException.class,
                () -> builder.cipherSuites("TLS_RSA_WITH_AES_128_CBC_SHA"),
                "cipherSuites(TLS_RSA_WITH_AES_128_CBC_SHA)",
                "TLS_AES_128_GCM_SHA256");
        refused(IllegalArgumentException.class, () -> builder.cipherSuites(), "cipherSuites", "defaults");
        refused(IllegalArgumentException.class, () -> builder.namedGroups("P-256"), "namedGroups(P-256)", "secp256r1");
        refused(IllegalArgumentException.class, () -> builder.namedGroups("x25519", "x25519"), "each once");
        refused(IllegalArgumentException.class, () -> builder.supportedProtocols(""), "supportedProtocols", "empty");
    }

    @Test
    @SuppressWarnings("NullAway")
    void namesTheParameterThatIsNull() {
        SecurityContext.Builder builder = SecurityContext.builder();
        assertThatNullPointerException()
                .isThrownBy(() -> builder.identity((Path) null, server.keyFile()))
                .withMessage("chain");
        assertThatNullPointerException()
                .isThrownBy(() -> builder.identity(server.chainFile(), server.keyFile(), null))
                .withMessage("identity: password is null");
        assertThatNullPointerException()
                .isThrownBy(() -> builder.trustedCertificates((byte[]) null))
                .withMessage("certificates");
        assertThatNullPointerException()
                .isThrownBy(() -> builder.forServerName("a.example", null))
                .withMessage("forServerName: context is null");
    }
}
