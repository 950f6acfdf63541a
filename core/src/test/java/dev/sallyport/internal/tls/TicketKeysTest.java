package dev.sallyport.internal.tls;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.internal.tls.boringssl.BoringSsl;
import dev.sallyport.internal.tls.boringssl.BoringSslContext;
import dev.sallyport.testkit.TestPki;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A ticket is good for as long as clients are told, whatever happens to its key meanwhile, and no key is kept for longer. */
@EnabledIf("available")
class TicketKeysTest extends DriverContract {
    /** What BoringSSL tells clients of TLS 1.3, the longer of the two. */
    private static final Duration LIFETIME = Duration.ofDays(2);

    private static final Duration PERIOD = Duration.ofHours(12);

    private static final AtomicLong NOW = new AtomicLong();

    static boolean available() {
        return BoringSsl.unavailabilityCause() == null;
    }

    TicketKeysTest() {
        super(maker(new TicketKeys(NOW::get)));
    }

    private static Maker maker(TicketKeys keys) {
        return (config, protocols, clientAuth) -> BoringSslContext.of(config, protocols, clientAuth, keys);
    }

    private static void advance(Duration time) {
        NOW.addAndGet(time.toNanos());
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void aTicketOfTheLastMomentOfItsKeyOpensUntilItsEnd(String version) throws Exception {
        TlsContext context = context(TlsConfigBuilder.of(TestPki.server()));
        advance(PERIOD.minusMillis(1));
        SSLContext client = TestPki.clientContext();
        assertThat(resumes(context, client, version)).isFalse();
        for (Duration age = Duration.ZERO; age.compareTo(LIFETIME) < 0; age = age.plus(PERIOD)) {
            advance(PERIOD.minusMillis(age.isZero() ? 1 : 0));
            assertThat(resumes(context, TestPki.clientContext(), version))
                    .as("another client, for whom the keys are changed")
                    .isFalse();
        }
        assertThat(resumes(context, client, version)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void noKeyOpensForLonger(String version) throws Exception {
        TlsContext context = context(TlsConfigBuilder.of(TestPki.server()));
        SSLContext client = TestPki.clientContext();
        assertThat(resumes(context, client, version)).isFalse();
        for (int period = 0; period < 5; period++) {
            advance(PERIOD);
            resumes(context, TestPki.clientContext(), version);
        }
        assertThat(resumes(context, client, version)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void aServerThatNobodyVisitsForDaysForgetsAllTheSame(String version) throws Exception {
        TlsContext context = context(TlsConfigBuilder.of(TestPki.server()));
        SSLContext client = TestPki.clientContext();
        SSLContext late = TestPki.clientContext();
        assertThat(resumes(context, client, version)).isFalse();
        assertThat(resumes(context, late, version)).isFalse();
        advance(LIFETIME);
        assertThat(resumes(context, client, version)).isTrue();
        advance(PERIOD);
        assertThat(resumes(context, late, version)).isFalse();
    }
}
