package dev.sallyport.internal.listen;

import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Which certificates a server should be warned of now: each once when it has 30 days left, 7 days, one day, and when it has
 * expired. A time that is longer than a certificate's whole life is left out for it. Not for several threads at a time.
 */
final class ExpiryWarnings {
    private static final List<Duration> AHEAD =
            List.of(Duration.ofDays(30), Duration.ofDays(7), Duration.ofDays(1), Duration.ZERO);

    /** One certificate, and how long it is still valid. */
    record Warning(X509Certificate certificate, Duration remaining) {}

    private final Map<X509Certificate, Integer> told = new HashMap<>(); // how many of the times had come when it was

    /** {@return those to be warned of, of those that are presented now} */
    List<Warning> due(Collection<X509Certificate> presented, Instant now) {
        told.keySet().retainAll(presented);
        List<Warning> due = new ArrayList<>();
        for (X509Certificate certificate : presented) {
            Duration remaining = Duration.between(now, certificate.getNotAfter().toInstant());
            int passed = passed(certificate, remaining);
            if (passed > told.getOrDefault(certificate, 0)) {
                told.put(certificate, passed);
                due.add(new Warning(certificate, remaining));
            }
        }
        return due;
    }

    private static int passed(X509Certificate certificate, Duration remaining) {
        Duration life = Duration.between(
                certificate.getNotBefore().toInstant(),
                certificate.getNotAfter().toInstant());
        return (int) AHEAD.stream()
                .filter(ahead -> ahead.compareTo(life) < 0 && remaining.compareTo(ahead) <= 0)
                .count();
    }
}
