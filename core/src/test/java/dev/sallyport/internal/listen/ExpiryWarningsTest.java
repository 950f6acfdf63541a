package dev.sallyport.internal.listen;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.SecurityContext;
import dev.sallyport.testkit.TestPki;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Which certificates are warned of, and when. */
class ExpiryWarningsTest {
    @Test
    void warnsOnceAtEachOfTheTimes() {
        X509Certificate certificate =
                TestPki.serverValidFor(Duration.ofDays(40)).certificate();
        Instant end = certificate.getNotAfter().toInstant();
        ExpiryWarnings warnings = new ExpiryWarnings();
        List<Duration> told = new ArrayList<>();
        for (int hour = 40 * 24; hour >= -48; hour--) {
            warnings.due(Set.of(certificate), end.minus(Duration.ofHours(hour)))
                    .forEach(warning -> told.add(warning.remaining()));
        }
        assertThat(told).containsExactly(Duration.ofDays(30), Duration.ofDays(7), Duration.ofDays(1), Duration.ZERO);
    }

    @Test
    void warnsOnceForSeveralTimesThatHavePassed() {
        X509Certificate certificate =
                TestPki.serverValidFor(Duration.ofHours(10)).certificate();
        ExpiryWarnings warnings = new ExpiryWarnings();
        assertThat(warnings.due(Set.of(certificate), Instant.now())).hasSize(1);
        assertThat(warnings.due(Set.of(certificate), Instant.now())).isEmpty();
    }

    @Test
    void aCertificateMadeForLessThanATimeIsNotWarnedOfAtThatTime() {
        SecurityContext fresh = SecurityContext.selfSigned(); // for 30 days
        X509Certificate certificate = fresh.certificates().get(0);
        assertThat(new ExpiryWarnings().due(Set.of(certificate), Instant.now())).isEmpty();
    }
}
