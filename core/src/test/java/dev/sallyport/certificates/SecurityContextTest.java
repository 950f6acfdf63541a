package dev.sallyport.certificates;

import static dev.sallyport.PackageAccess.loaded;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.sallyport.SecurityContext;
import dev.sallyport.TlsProvider;
import dev.sallyport.TlsVersion;
import dev.sallyport.internal.keys.Identity;
import dev.sallyport.internal.tls.context.LoadedContext;
import dev.sallyport.testkit.KeyKind;
import dev.sallyport.testkit.TestIdentity;
import dev.sallyport.testkit.TestPki;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.SSLException;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** From what was given to the material that handshakes go by, and what is said of what cannot be used. */
class SecurityContextTest {
    private final TestIdentity server = TestPki.server();
    private final TestIdentity ca = TestPki.ca();

    @TempDir
    Path folder;

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
    void neverChangesTheCallersPasswordNorNeedsItAgain() throws Exception {
        char[] password = server.pkcs12Password();
        SecurityContext context = SecurityContext.fromKeyStore(server.pkcs12File(), password);

        assertThat(password).isEqualTo(server.pkcs12Password());
        password[0] = '?';
        assertHas(context.reload(), server);
    }

    @Test
    void neverChangesTheCallersPasswordInWhateverForm() throws Exception {
        KeyStore store = KeyStore.getInstance(server.pkcs12File().toFile(), password());
        byte[] bytes = Files.readAllBytes(server.pkcs12File());
        Path file = server.pkcs12File();
        for (boolean right : new boolean[] {true, false}) {
            char[] password = right ? password() : "wrong".toCharArray();
            char[] before = password.clone();
            for (ThrowingCallable use : List.<ThrowingCallable>of(
                    () -> SecurityContext.fromPem(file, file, password),
                    () -> SecurityContext.fromKeyStore(file, password),
                    () -> SecurityContext.builder()
                            .identity(file, file, password)
                            .build()
                            .reload(),
                    () -> SecurityContext.builder()
                            .identity(bytes, bytes, password)
                            .build(),
                    () -> SecurityContext.builder().keyStore(file, password).build(),
                    () -> SecurityContext.builder().keyStore(store, password).build())) {
                Throwable failure = catchThrowable(use);
                assertThat(failure == null).as("%s", failure).isEqualTo(right);
                assertThat(password).isEqualTo(before);
            }
        }
    }

    @Test
    void canBeBuiltAgainAfterAPasswordWasCleared() throws Exception {
        SecurityContext.Builder builder = SecurityContext.builder()
                .identity(Files.readAllBytes(server.pkcs12File()), Files.readAllBytes(server.pkcs12File()), password());
        Path missing = folder.resolve("missing.pem");

        builder.build();
        SecurityContext again = builder.build();
        refused(
                NoSuchFileException.class,
                () -> again.toBuilder().trustedCertificates(missing).build(),
                "missing.pem");

        assertHas(again, server);
        assertHas(again.reload(), server);
        assertHas(again.toBuilder().supportedProtocols("h2").build(), server);
    }

    @Test
    void readsTheSameFilesAgain() throws Exception {
        TestIdentity next = TestPki.identity("next.example");
        Path chain = copy(server.chainFile(), "chain.pem");
        Path key = copy(server.keyFile(), "key.pem");
        Path trusted = copy(ca.chainFile(), "ca.pem");
        SecurityContext named = SecurityContext.fromPem(chain, key);
        SecurityContext context = SecurityContext.builder()
                .identity(chain, key)
                .trustedCertificates(trusted)
                .forServerName("a.example", named)
                .supportedProtocols("h2")
                .build();

        copy(next.chainFile(), "chain.pem");
        copy(next.keyFile(), "key.pem");
        copy(TestPki.otherCa().chainFile(), "ca.pem");
        SecurityContext reloaded = context.reload();

        assertHas(context, server);
        assertHas(reloaded, next);
        assertThat(loaded(reloaded).config().trusted())
                .isEqualTo(TestPki.otherCa().chain());
        assertThat(loaded(reloaded).config().protocols()).containsExactly("h2");
        LoadedContext namedAgain = loaded(reloaded).forName("a.example");
        assertThat(namedAgain).isNotNull().isNotSameAs(loaded(named));
        assertThat(loaded(reloaded).allConfigs())
                .hasSize(2)
                .allSatisfy(material ->
                        assertThat(material.identities().get(0).chain()).isEqualTo(next.chain()));
    }

    @Test
    void keepsWhatWasNotGivenAsAFileWhenReadingAgain() throws Exception {
        Path trusted = copy(ca.chainFile(), "ca.pem");
        SecurityContext context = SecurityContext.builder()
                .identity(chainBytes(), keyBytes())
                .trustedCertificates(trusted)
                .build();

        copy(TestPki.otherCa().chainFile(), "ca.pem");
        SecurityContext reloaded = context.reload();

        assertHas(reloaded, server);
        assertThat(loaded(reloaded).config().trusted())
                .isEqualTo(TestPki.otherCa().chain());
        SecurityContext selfSigned = SecurityContext.selfSigned();
        assertThat(loaded(selfSigned.reload()).config())
                .isEqualTo(loaded(selfSigned).config());
    }

    @Test
    void saysWhichFileCannotBeReloadedAndStaysUsable() throws Exception {
        Path chain = copy(server.chainFile(), "chain.pem");
        Path key = copy(server.keyFile(), "key.pem");
        SecurityContext context = SecurityContext.fromPem(chain, key);

        copy(TestPki.identity("next.example").keyFile(), "key.pem");

        refused(SSLException.class, context::reload, "chain.pem", "key.pem", "does not belong");
        assertHas(context, server);
    }

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
    void trustsCertificatesInEveryForm() throws Exception {
        SecurityContext context = SecurityContext.builder()
                .trustedCertificates(ca.chainFile())
                .trustedCertificates(ca.chainPem().getBytes(StandardCharsets.US_ASCII))
                .trustedCertificates(trustStore(TestPki.otherCa()))
                .trustedCertificates(TestPki.clientOfOtherCa().certificate())
                .build();

        assertThat(loaded(context).config().trusted())
                .as("each once, in order")
                .containsExactly(
                        ca.certificate(),
                        TestPki.otherCa().certificate(),
                        TestPki.clientOfOtherCa().certificate());
        assertThat(loaded(context).config().clientAuthorities())
                .as("advertised unless others are named")
                .isEqualTo(loaded(context).config().trusted());
    }

    @Test
    void advertisesOtherAuthoritiesWhenTheyAreNamed() throws Exception {
        SecurityContext context = SecurityContext.builder()
                .trustedCertificates(ca.chainFile())
                .clientAuthorities(TestPki.otherCa().chainFile())
                .clientAuthorities(trustStore(TestPki.client()))
                .clientAuthorities(server.certificate())
                .clientAuthorities(ca.chainPem().getBytes(StandardCharsets.US_ASCII))
                .build();

        assertThat(loaded(context).config().trusted()).containsExactly(ca.certificate());
        assertThat(loaded(context).config().clientAuthorities())
                .containsExactly(
                        TestPki.otherCa().certificate(),
                        TestPki.client().certificate(),
                        server.certificate(),
                        ca.certificate());
    }

    @Test
    void doesNotTakeTheChainOfAKeyForTrust() throws Exception {
        KeyStore keys = KeyStore.getInstance(server.pkcs12File().toFile(), server.pkcs12Password());
        KeyStore notLoaded = KeyStore.getInstance("PKCS12");

        refused(
                SSLException.class,
                () -> SecurityContext.builder().trustedCertificates(keys).build(),
                "trustedCertificates",
                "truststore");
        refused(
                SSLException.class,
                () -> SecurityContext.builder().clientAuthorities(notLoaded).build(),
                "clientAuthorities",
                "load it");
        refused(IllegalArgumentException.class, () -> SecurityContext.builder().trustedCertificates(), "at least one");
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

    @Test
    void neverShowsKeyMaterial() throws Exception {
        SecurityContext context = SecurityContext.builder()
                .keyStore(server.pkcs12File(), server.pkcs12Password())
                .build();

        assertThat(context.toString())
                .contains("EC", "TLS_1_2", "server-ECDSA_P256")
                .doesNotContain("changeit", "PrivateKey", server.privateKey().toString());
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

    private char[] password() {
        return server.pkcs12Password();
    }

    private byte[] chainBytes() {
        return server.chainPem().getBytes(StandardCharsets.US_ASCII);
    }

    private byte[] keyBytes() {
        return server.keyPem().getBytes(StandardCharsets.US_ASCII);
    }

    private Path copy(Path from, String name) throws IOException {
        return Files.copy(from, folder.resolve(name), StandardCopyOption.REPLACE_EXISTING);
    }

    private static KeyStore trustStore(TestIdentity trusted) throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setCertificateEntry("trusted", trusted.certificate());
        return store;
    }

    private static void assertHas(SecurityContext context, TestIdentity expected) {
        assertThat(loaded(context).config().identities()).singleElement().satisfies(identity -> {
            assertThat(identity.chain()).isEqualTo(expected.chain());
            assertThat(identity.key()).isEqualTo(expected.privateKey());
        });
    }

    private static void refused(Class<? extends Throwable> type, ThrowingCallable attempt, String... words) {
        assertThatExceptionOfType(type)
                .isThrownBy(attempt)
                .satisfies(refusal -> assertThat(refusal.getMessage()).contains(List.of(words)));
    }
}
