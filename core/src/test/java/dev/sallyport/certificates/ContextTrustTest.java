package dev.sallyport.certificates;

import static dev.sallyport.PackageAccess.loaded;
import static dev.sallyport.certificates.ContextAssertions.refused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.SecurityContext;
import dev.sallyport.testkit.TestIdentity;
import dev.sallyport.testkit.TestPki;
import java.nio.charset.StandardCharsets;
import java.security.KeyStore;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.Test;

/** Which certificates a security context trusts, and which authorities it advertises to clients. */
class ContextTrustTest {
    private final TestIdentity server = TestPki.server();

    private final TestIdentity ca = TestPki.ca();

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

    private static KeyStore trustStore(TestIdentity trusted) throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setCertificateEntry("trusted", trusted.certificate());
        return store;
    }
}
