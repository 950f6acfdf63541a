package dev.sallyport.internal.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.TlsVersion;
import dev.sallyport.internal.tls.jsse.JsseContext;
import dev.sallyport.testkit.KeyKind;
import dev.sallyport.testkit.TestPki;
import java.util.List;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the JDK's context takes and refuses, beyond what both contexts must. */
class JsseContextTest {
    @Test
    void refusesAKeyLog() {
        assertThatThrownBy(() -> context(TlsConfigBuilder.of(TestPki.server()).keyLog(line -> {})))
                .isInstanceOf(SSLException.class)
                .hasMessageContaining("unsafeKeyLog");
    }

    @Test
    void refusesAnUnknownCipherSuite() {
        assertThatThrownBy(
                        () -> context(TlsConfigBuilder.of(TestPki.server()).cipherSuites("TLS_RSA_WITH_RC4_128_SHA")))
                .isInstanceOf(SSLException.class)
                .hasMessageContaining("TLS_RSA_WITH_RC4_128_SHA")
                .hasMessageContaining("TLS_AES_128_GCM_SHA256");
    }

    @Test
    @EnabledForJreRange(max = JRE.JAVA_19)
    void refusesNamedGroupsWhereTheJdkCannotSetThem() {
        assertThatThrownBy(() -> context(TlsConfigBuilder.of(TestPki.server()).namedGroups("x25519")))
                .isInstanceOf(SSLException.class)
                .hasMessageContaining("namedGroups")
                .hasMessageContaining("JDK 20");
    }

    @ParameterizedTest
    @EnabledForJreRange(min = JRE.JAVA_20)
    @ValueSource(strings = {"X25519MLKEM1024", "x25519 ", "sect163k1"})
    void refusesANamedGroupThatTheJdkWouldIgnore(String unknown) {
        for (TlsConfigBuilder builder : List.of(
                TlsConfigBuilder.of(TestPki.server()),
                TlsConfigBuilder.of(),
                TlsConfigBuilder.of().versions(TlsVersion.TLS_1_2, TlsVersion.TLS_1_2),
                TlsConfigBuilder.of().versions(TlsVersion.TLS_1_3, TlsVersion.TLS_1_3))) {
            assertThatThrownBy(() -> context(builder.namedGroups("x25519", unknown)))
                    .isInstanceOf(SSLException.class)
                    .hasMessageContaining("cannot use " + unknown)
                    .hasMessageContaining("secp256r1");
        }
    }

    @Test
    @EnabledForJreRange(min = JRE.JAVA_20)
    void refusesANamedGroupNamedTwice() {
        assertThatThrownBy(() -> context(TlsConfigBuilder.of(TestPki.server()).namedGroups("x25519", "x25519")))
                .isInstanceOf(SSLException.class)
                .hasMessageContaining("namedGroups");
    }

    @ParameterizedTest
    @EnabledForJreRange(min = JRE.JAVA_20)
    @CsvSource({"TLSv1.2,x25519", "TLSv1.2,secp384r1", "TLSv1.3,secp521r1"})
    void takesNamedGroupsThatTheJdkHas(String version, String group) throws Exception {
        handshake(context(TlsConfigBuilder.of(TestPki.server(KeyKind.RSA_2048)).namedGroups(group)), version);
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void servesWithAnEd25519Key(String version) throws Exception {
        handshake(context(TlsConfigBuilder.of(TestPki.server(KeyKind.ED25519))), version);
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void letsAClientWithAnEd25519KeyIn(String version) throws Exception {
        TlsConfig config =
                TlsConfigBuilder.of(TestPki.server()).trusting(TestPki.ca()).build();
        TlsContext context = JsseContext.of(config, List.of(), ClientAuth.REQUIRED);
        try (DriverPair pair =
                new DriverPair(context, JdkPeer.of(TestPki.clientContext(TestPki.client(KeyKind.ED25519)), version))) {
            assertThat(pair.handshake().server.session().peerCertificateChain())
                    .isEqualTo(TestPki.client(KeyKind.ED25519).chain());
        }
    }

    private static void handshake(TlsContext context, String version) throws SSLException {
        try (DriverPair pair = new DriverPair(context, JdkPeer.of(TestPki.clientContext(), version))) {
            pair.handshake();
        }
    }

    private static TlsContext context(TlsConfigBuilder builder) throws SSLException {
        return JsseContext.of(builder.build(), List.of(), ClientAuth.NONE);
    }
}
