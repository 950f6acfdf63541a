package dev.sallyport.internal.tls;

import io.netty.internal.tcnative.SSLContext;
import io.netty.internal.tcnative.SessionTicketKey;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * The keys that session tickets are sealed with (RFC 5077, RFC 8446 section 4.6.1): those of one listening socket, for all
 * its handles and all their contexts, so that sessions outlive a change of certificates. A fresh key seals for half a day
 * and opens for as long after that as BoringSSL tells clients that a ticket is good: 48 hours in TLS 1.3, and 4 in 1.2.
 * Any thread.
 */
public final class TicketKeys {
    private static final Duration SEALS = Duration.ofHours(12);
    private static final Duration OPENS = SEALS.plusHours(48);

    private final SecureRandom random = new SecureRandom();
    private final LongSupplier nanoTime;
    private volatile Generation current;

    /** Keys that are made and rotated here and never leave the process. */
    public TicketKeys() {
        this(System::nanoTime);
    }

    /** The same by another clock. */
    TicketKeys(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.current = new Generation(0, List.of(fresh()));
    }

    /** {@return the number of the newest generation, after rotating when it is due} */
    public long generation() {
        Generation now = current;
        return now.keys.get(0).isYoungerThan(SEALS) ? now.number : rotate(now).number;
    }

    /** Gives a native context the keys of now. */
    public void install(long nativeContext) {
        SSLContext.setSessionTicketKeys(
                nativeContext, current.keys.stream().map(key -> key.material).toArray(SessionTicketKey[]::new));
    }

    private synchronized Generation rotate(Generation expected) {
        if (current == expected) {
            List<Key> keys = new ArrayList<>(List.of(fresh())); // the first one seals
            expected.keys.stream().filter(key -> key.isYoungerThan(OPENS)).forEach(keys::add);
            current = new Generation(expected.number + 1, keys);
        }
        return current;
    }

    private Key fresh() {
        byte[] material = new byte[SessionTicketKey.TICKET_KEY_SIZE];
        random.nextBytes(material);
        int hmacAt = SessionTicketKey.NAME_SIZE;
        int aesAt = hmacAt + SessionTicketKey.HMAC_KEY_SIZE;
        SessionTicketKey key = new SessionTicketKey(
                Arrays.copyOfRange(material, 0, hmacAt),
                Arrays.copyOfRange(material, hmacAt, aesAt),
                Arrays.copyOfRange(material, aesAt, material.length));
        return new Key(key, nanoTime.getAsLong());
    }

    private final class Key {
        private final SessionTicketKey material;
        private final long madeAtNanos;

        Key(SessionTicketKey material, long madeAtNanos) {
            this.material = material;
            this.madeAtNanos = madeAtNanos;
        }

        boolean isYoungerThan(Duration age) {
            return nanoTime.getAsLong() - madeAtNanos < age.toNanos();
        }
    }

    private record Generation(long number, List<Key> keys) {}
}
