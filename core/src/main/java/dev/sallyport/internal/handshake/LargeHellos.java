package dev.sallyport.internal.handshake;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Handshakes that have begun with a hello of which the TLS library makes many times its bytes, and keeps that until it is
 * done: the JDK's, of 16 KiB of names, 580. They are few where everything is as usual; of many the bytes are bounded
 * together, and the one that began first goes. With the lock of its admission held.
 */
final class LargeHellos {
    /** More than this is large; hellos with keys against quantum computers and a ticket have some 2,000 bytes. */
    static final int LARGE_BYTES = 2048;

    /** For each handshake that may be under way. */
    private static final long BYTES_EACH = 1024;

    private final long most;
    private final Map<Handshake, Integer> sizes = new LinkedHashMap<>();
    private long bytes;

    LargeHellos(int maxPending) {
        this.most = maxPending * BYTES_EACH;
    }

    /** Counts it if it is not counted; returns those of the others that have to go. */
    List<Handshake> add(Handshake handshake) {
        if (sizes.putIfAbsent(handshake, handshake.largeHello) == null) {
            bytes += handshake.largeHello;
        }
        List<Handshake> tooMany = new ArrayList<>(0);
        long over = bytes - most;
        for (Map.Entry<Handshake, Integer> each : sizes.entrySet()) {
            if (over <= 0) {
                break;
            }
            if (each.getKey() != handshake && each.getKey().place == Place.STALLED) {
                tooMany.add(each.getKey());
                over -= each.getValue();
            }
        }
        return tooMany;
    }

    /** It is done, or gone. */
    void remove(Handshake handshake) {
        Integer size = sizes.remove(handshake);
        if (size != null) {
            bytes -= size;
        }
    }
}
