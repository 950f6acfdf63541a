package dev.sallyport.internal.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sallyport.HandshakeException.Reason;
import dev.sallyport.testkit.TestIdentity;
import dev.sallyport.testkit.TestPki;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The part of both drivers that needs no connection; the rest is in {@link ClientCertificateContract}. */
class ClientCertificateValidationTest {
    private final TlsConfigBuilder builder = TlsConfigBuilder.of().trusting(TestPki.ca());

    @Test
    void letsInWhomTheAuthoritySigned() throws Exception {
        validation().validate(chain(TestPki.client()), "EC");
        validation().validate(chain(TestPki.client()), "UNKNOWN");
    }

    @Test
    void tellsWhatIsWrong() throws Exception {
        Map<TestIdentity, Reason> cases = Map.of(
                TestPki.expiredClient(), Reason.PEER_BAD_CERTIFICATE,
                TestPki.notYetValidClient(), Reason.PEER_BAD_CERTIFICATE,
                TestPki.wrongUsageClient(), Reason.PEER_BAD_CERTIFICATE,
                TestPki.selfSignedClient(), Reason.PEER_UNTRUSTED_CERTIFICATE,
                TestPki.clientOfOtherCa(), Reason.PEER_UNTRUSTED_CERTIFICATE);
        for (Map.Entry<TestIdentity, Reason> each : cases.entrySet()) {
            assertThat(refusal(chain(each.getKey()))).as(each.getKey().name()).isEqualTo(each.getValue());
        }
    }

    @Test
    void refusesNoChainAtAll() throws Exception {
        assertThat(refusal(null)).isEqualTo(Reason.PEER_NO_CERTIFICATE);
        assertThat(refusal(new X509Certificate[0])).isEqualTo(Reason.PEER_NO_CERTIFICATE);
    }

    @Test
    void refusesAChainThatIsTooLongUnasked() throws Exception {
        builder.verifier(chain -> {
            throw new AssertionError("asked");
        });
        X509Certificate[] chain = new X509Certificate[ClientCertificateValidation.MAX_CHAIN_CERTIFICATES + 1];
        Arrays.fill(chain, TestPki.client().certificate());
        assertThat(refusal(chain)).isEqualTo(Reason.PEER_BAD_CERTIFICATE);
    }

    @Test
    void refusesAChainThatIsTooLargeUnasked() throws Exception {
        builder.verifier(chain -> {
            throw new AssertionError("asked");
        });
        X509Certificate large = TestPki.longChain().certificate();
        assertThat(refusal(new X509Certificate[] {large, large, large})).isEqualTo(Reason.PEER_BAD_CERTIFICATE);
    }

    @Test
    void givesTheApplicationAListItCannotChange() throws Exception {
        builder.check(List::clear);
        assertThat(refusal(chain(TestPki.client()))).isEqualTo(Reason.INTERNAL);
    }

    private Reason refusal(X509Certificate @Nullable [] chain) throws Exception {
        ClientCertificateValidation validation = validation();
        CertificateException failure =
                catchThrowableOfType(CertificateException.class, () -> validation.validate(chain, "EC"));
        assertThat(failure).as("refusal").isNotNull();
        return FailureReasons.ofCertificate(failure);
    }

    private ClientCertificateValidation validation() throws Exception {
        return ClientCertificateValidation.of(builder.build());
    }

    private static X509Certificate[] chain(TestIdentity identity) {
        return identity.chain().toArray(X509Certificate[]::new);
    }
}
