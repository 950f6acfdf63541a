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
        MaterialRecipe recipe = MaterialRecipe.of();
        assertThat(CipherSuites.chosen(recipe.material())).isEqualTo(CipherSuites.known());
        recipe.versions(TlsVersion.TLS_1_3, TlsVersion.TLS_1_3);
        assertThat(CipherSuites.chosen(recipe.material())).isEqualTo(CipherSuites.tls13());
        recipe.versions(TlsVersion.TLS_1_2, TlsVersion.TLS_1_2);
        assertThat(CipherSuites.chosen(recipe.material())).isEqualTo(CipherSuites.tls12());
    }

    @Test
    void areThoseThatWereNamedInTheirOrder() throws Exception {
        assertThat(CipherSuites.chosen(
                        MaterialRecipe.of().cipherSuites(OF_12, OF_13).material()))
                .containsExactly(OF_12, OF_13);
    }

    @Test
    void mayNotLeaveAVersionWithoutAny() {
        assertRefused(MaterialRecipe.of().cipherSuites(OF_12), "maximumTlsVersion");
        assertRefused(MaterialRecipe.of().cipherSuites(OF_13), "minimumTlsVersion");
        assertRefused(MaterialRecipe.of().cipherSuites(OF_12, OF_13, "TLS_NULL"), "TLS_NULL");
    }

    private static void assertRefused(MaterialRecipe recipe, String mentioned) {
        assertThatThrownBy(() -> CipherSuites.chosen(recipe.material()))
                .isInstanceOf(SSLException.class)
                .hasMessageStartingWith("cipherSuites: ")
                .hasMessageContaining(mentioned);
    }
}
