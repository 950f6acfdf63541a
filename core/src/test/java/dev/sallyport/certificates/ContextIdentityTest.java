package dev.sallyport.certificates;

import static dev.sallyport.PackageAccess.loaded;
import static dev.sallyport.certificates.ContextAssertions.assertHas;
import static dev.sallyport.certificates.ContextAssertions.refused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.sallyport.SecurityContext;
import dev.sallyport.internal.keys.Identity;
import dev.sallyport.testkit.KeyKind;
import dev.sallyport.testkit.TestIdentity;
import dev.sallyport.testkit.TestPki;
import java.nio.charset.StandardCharsets;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The identities of a security context: in which forms they are given, and which of several is used. */
class ContextIdentityTest {
    private final TestIdentity server = TestPki.server();

    @ParameterizedTest
    @EnumSource(KeyKind.class)
    void readsEachTypeOfKeyFromPemFiles(KeyKind kind) throws Exception {
        TestIdentity given = TestPki.server(kind);

        SecurityContext context = SecurityContext.fromPem(given.chainFile(), given.keyFile());

        assertHas(context, given);
        assertThat(loaded(context).hasIdentity()).isTrue();
    }

    @ParameterizedTest
    @EnumSource(KeyKind.class)
    void readsEachTypeOfKeyFromAKeyStore(KeyKind kind) throws Exception {
        TestIdentity given = TestPki.server(kind);

        assertHas(SecurityContext.fromKeyStore(given.pkcs12File(), given.pkcs12Password()), given);
    }

    @Test
    void takesAnIdentityInEveryForm() throws Exception {
        KeyStore store = KeyStore.getInstance(server.pkcs12File().toFile(), server.pkcs12Password());
        X509Certificate[] chain = server.chain().toArray(X509Certificate[]::new);

        assertHas(SecurityContext.builder().identity(chainBytes(), keyBytes()).build(), server);
        assertHas(
                SecurityContext.builder()
                        .identity(chainBytes(), keyBytes(), "unused".toCharArray())
                        .build(),
                server);
        assertHas(SecurityContext.builder().identity(server.privateKey(), chain).build(), server);
        assertHas(
                SecurityContext.builder()
                        .keyStore(store, server.pkcs12Password())
                        .build(),
                server);
        assertHas(SecurityContext.fromPem(server.pkcs12File(), server.pkcs12File(), server.pkcs12Password()), server);
    }

    @Test
    void takesOneIdentityForEachTypeOfKey() throws Exception {
        TestIdentity rsa = TestPki.server(KeyKind.RSA_2048);
        SecurityContext.Builder builder = SecurityContext.builder()
                .identity(server.chainFile(), server.keyFile())
                .identity(rsa.chainFile(), rsa.keyFile());

        assertThat(loaded(builder.build()).config().identities())
                .extracting(Identity::chain)
                .containsExactly(server.chain(), rsa.chain());

        TestIdentity other = TestPki.identity("other.example");
        refused(
                SSLException.class,
                () -> builder.identity(other.chainFile(), other.keyFile()).build(),
                "type EC",
                server.chainFile().toString(),
                other.chainFile().toString(),
                "one of each type");
    }

    @Test
    void makesCertificatesForDevelopment() {
        SecurityContext context = SecurityContext.selfSigned("dev.example", "127.0.0.1");

        assertThat(loaded(context).hasIdentity()).isTrue();
        assertThat(loaded(context).config().identities()).hasSize(1);
        refused(IllegalArgumentException.class, () -> SecurityContext.selfSigned("not a name"), "not a name");
    }

    /** What code that renews a certificate does. */
    @Test
    void anIdentityThatIsAddedLaterReplacesTheOneWithTheSameTypeOfKey() throws Exception {
        SecurityContext both = SecurityContext.builder()
                .identity(TestPki.server().chainFile(), TestPki.server().keyFile())
                .identity(
                        TestPki.server(KeyKind.RSA_2048).chainFile(),
                        TestPki.server(KeyKind.RSA_2048).keyFile())
                .build();
        TestIdentity renewed = TestPki.serverValidFor(Duration.ofDays(40));

        SecurityContext after = both.toBuilder()
                .identity(renewed.chainFile(), renewed.keyFile())
                .build();

        assertThat(after.certificates())
                .containsExactly(TestPki.server(KeyKind.RSA_2048).certificate(), renewed.certificate());
        assertThat(both.certificates())
                .containsExactly(
                        TestPki.server().certificate(),
                        TestPki.server(KeyKind.RSA_2048).certificate());
        assertThat(after.reload().certificates()).isEqualTo(after.certificates());
        assertThatExceptionOfType(SSLException.class)
                .isThrownBy(() -> after.toBuilder()
                        .identity(renewed.chainFile(), renewed.keyFile())
                        .identity(TestPki.server().chainFile(), TestPki.server().keyFile())
                        .build())
                .withMessageContaining("two with a key of type EC");
    }

    @Test
    void mayHaveNoIdentity() throws Exception {
        SecurityContext context = SecurityContext.builder().build();

        assertThat(loaded(context).hasIdentity()).isFalse();
        assertThat(loaded(context).hasNames()).isFalse();
        assertThat(loaded(context).selector()).isNull();
    }

    @Test
    void tellsItsOwnMaterialAndThatOfItsNames() throws Exception {
        SecurityContext named = SecurityContext.selfSigned().toBuilder()
                .unsafeClientCertificateVerifier(chain -> {})
                .build();
        SecurityContext context =
                SecurityContext.builder().forServerName("a.example", named).build();

        assertThat(loaded(context).hasIdentity()).as("one for a name counts").isTrue();
        assertThat(loaded(context).config().identities()).isEmpty();
        assertThat(loaded(context).allConfigs())
                .containsExactly(loaded(context).config(), loaded(named).config());
        assertThat(loaded(named).config().trustsClients()).isTrue();
    }

    private byte[] chainBytes() {
        return server.chainPem().getBytes(StandardCharsets.US_ASCII);
    }

    private byte[] keyBytes() {
        return server.keyPem().getBytes(StandardCharsets.US_ASCII);
    }
}
