package dev.sallyport.internal.tls;

import io.netty.internal.tcnative.SSLContext;
import io.netty.internal.tcnative.SessionTicketKey;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Arrays;

/**
 * The keys that session tickets are sealed with (RFC 5077, RFC 8446 section 4.6.1): those of one listening socket, for all
 * its handles and all their contexts, so that sessions outlive a change of certificates. A fresh key seals for half a day
 * and still opens for half a day more. Any thread.
 */
public final class TicketKeys {
    private static final Duration ROTATION = Duration.ofHours(12);

    private final SecureRandom random = new SecureRandom();
    private volatile Generation current = new Generation(0, System.nanoTime(), new SessionTicketKey[] {fresh()});

    /** Keys that are made and rotated here and never leave the process. */
    public TicketKeys() {}

    /** {@return the number of the newest generation, after rotating when it is due} */
    public long generation() {
        Generation now = current;
        if (System.nanoTime() - now.madeAtNanos < ROTATION.toNanos()) {
            return now.number;
        }
        return rotate(now).number;
    }

    /** Gives a native context the keys of now. */
    public void install(long nativeContext) {
        SSLContext.setSessionTicketKeys(nativeContext, current.keys);
    }

    private synchronized Generation rotate(Generation expected) {
        if (current == expected) {
            SessionTicketKey[] keys = {fresh(), expected.keys[0]};
            current = new Generation(expected.number + 1, System.nanoTime(), keys);
        }
        return current;
    }

    private SessionTicketKey fresh() {
        byte[] material = new byte[SessionTicketKey.TICKET_KEY_SIZE];
        random.nextBytes(material);
        int hmacAt = SessionTicketKey.NAME_SIZE;
        int aesAt = hmacAt + SessionTicketKey.HMAC_KEY_SIZE;
        return new SessionTicketKey(
                Arrays.copyOfRange(material, 0, hmacAt),
                Arrays.copyOfRange(material, hmacAt, aesAt),
                Arrays.copyOfRange(material, aesAt, material.length));
    }

    private record Generation(long number, long madeAtNanos, SessionTicketKey[] keys) {}
}
