package dev.sallyport;

import static dev.sallyport.Meeting.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.matrix.Matrix;
import dev.sallyport.matrix.Matrix.Dimension;
import dev.sallyport.matrix.Setup;
import dev.sallyport.testkit.TestIdentity;
import dev.sallyport.testkit.TestPki;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The observer is warned of certificates that expire. */
class ExpiryTest {
    private record Warned(X509Certificate certificate, Duration remaining) {}

    private static final class Listener implements ServerObserver {
        final BlockingQueue<Warned> warned = new LinkedBlockingQueue<>();

        @Override
        public void certificateExpiring(X509Certificate certificate, Duration remaining) {
            warned.add(new Warned(certificate, remaining));
        }

        Warned next() throws InterruptedException {
            Warned next = warned.poll(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
            if (next == null) {
                throw new AssertionError("waited " + PATIENCE + " for a warning");
            }
            return next;
        }
    }

    @Matrix(Dimension.PROVIDER)
    void warnsOfWhatIsBoundWithAndOfWhatReplacesIt(Setup setup) throws Exception {
        Listener listener = new Listener();
        TestIdentity soon = TestPki.serverValidFor(Duration.ofDays(20));
        TestIdentity expired = TestPki.expiredServer();
        try (SecureServerSocket server =
                setup.open(setup.context(soon).build(), options -> options.observer(listener))) {
            Warned first = listener.next();
            assertThat(first.certificate()).isEqualTo(soon.certificate());
            assertThat(first.remaining()).isBetween(Duration.ofDays(19), Duration.ofDays(20));
            server.replaceContext(setup.context(expired).build());
            Warned second = listener.next();
            assertThat(second.certificate()).isEqualTo(expired.certificate());
            assertThat(second.remaining()).isNegative();
            server.replaceContext(setup.context().build());
            assertThat(listener.warned).isEmpty();
        }
    }

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
        X509Certificate certificate =
                fresh.allMaterial().get(0).identities().get(0).leaf();
        assertThat(new ExpiryWarnings().due(Set.of(certificate), Instant.now())).isEmpty();
    }
}
