package dev.sallyport.certificates;

import static dev.sallyport.testkit.Awaiting.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.SecureServerSocket;
import dev.sallyport.ServerObserver;
import dev.sallyport.matrix.Matrix;
import dev.sallyport.matrix.Matrix.Dimension;
import dev.sallyport.matrix.Setup;
import dev.sallyport.testkit.TestIdentity;
import dev.sallyport.testkit.TestPki;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

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
}
