package dev.sallyport.internal.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.TlsVersion;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.Test;

class CipherSuitesTest {
    private static final String OF_13 = "TLS_CHACHA20_POLY1305_SHA256";
    private static final String OF_12 = "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384";

    @Test
    void areForwardSecretAndAuthenticated() {
        assertThat(CipherSuites.known()).hasSize(9).allMatch(name -> name.matches(".*(GCM|POLY1305)_SHA.*"));
        assertThat(CipherSuites.tls12()).allMatch(name -> name.startsWith("TLS_ECDHE_"));
    }

    @Test
    void areTheJdksNames() throws Exception {
        assertThat(SSLContext.getDefault().getSupportedSSLParameters().getCipherSuites())
                .containsAll(CipherSuites.known());
    }

    @Test
    void areThoseOfTheVersionsByDefault() throws Exception {
        TlsConfigBuilder builder = TlsConfigBuilder.of();
        assertThat(CipherSuites.chosen(builder.build())).isEqualTo(CipherSuites.known());
        builder.versions(TlsVersion.TLS_1_3, TlsVersion.TLS_1_3);
        assertThat(CipherSuites.chosen(builder.build())).isEqualTo(CipherSuites.tls13());
        builder.versions(TlsVersion.TLS_1_2, TlsVersion.TLS_1_2);
        assertThat(CipherSuites.chosen(builder.build())).isEqualTo(CipherSuites.tls12());
    }

    @Test
    void areThoseThatWereNamedInTheirOrder() throws Exception {
        assertThat(CipherSuites.chosen(
                        TlsConfigBuilder.of().cipherSuites(OF_12, OF_13).build()))
                .containsExactly(OF_12, OF_13);
    }

    @Test
    void mayNotLeaveAVersionWithoutAny() {
        assertRefused(TlsConfigBuilder.of().cipherSuites(OF_12), "maximumTlsVersion");
        assertRefused(TlsConfigBuilder.of().cipherSuites(OF_13), "minimumTlsVersion");
        assertRefused(TlsConfigBuilder.of().cipherSuites(OF_12, OF_13, "TLS_NULL"), "TLS_NULL");
    }

    private static void assertRefused(TlsConfigBuilder builder, String mentioned) {
        assertThatThrownBy(() -> CipherSuites.chosen(builder.build()))
                .isInstanceOf(SSLException.class)
                .hasMessageStartingWith("cipherSuites: ")
                .hasMessageContaining(mentioned);
    }
}
