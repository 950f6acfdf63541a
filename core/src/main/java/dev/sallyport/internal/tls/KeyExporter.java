package dev.sallyport.internal.tls;

import java.util.Objects;
import java.util.Set;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Derives key material that both ends have in common (RFC 5705, RFC 8446 section 7.5) from what a handshake has left.
 * Nothing native, and no lock: any thread, also after the connection has ended.
 */
@FunctionalInterface
public interface KeyExporter {
    /** What fits with {@code "tls13 "} before it into one byte of length (RFC 8446 section 7.1). */
    int MAX_LABEL = 255 - "tls13 ".length();

    /** What two bytes of length can say (RFC 5705 section 4). */
    int MAX_CONTEXT = 65_535;

    /** As much as HKDF yields with the smallest hash (RFC 5869 section 2.3). */
    int MAX_LENGTH = 255 * 32;

    /** What the same function is used for inside of TLS 1.2: a label of these would yield the connection's own secrets. */
    Set<String> OWN_LABELS =
            Set.of("client finished", "server finished", "master secret", "extended master secret", "key expansion");

    /** Of connections whose context did not want them to keep a secret for it. */
    KeyExporter NOT_ASKED_FOR = (label, context, length) -> {
        throw new IllegalStateException("exportKeyingMaterial: the SecurityContext of this connection was built without"
                + " keyingMaterialExport(true)");
    };

    /**
     * {@return the key material}
     *
     * @param label as {@link #check} found it good, and so with the others
     * @throws SSLException when this connection has none to give
     * @throws IllegalStateException when its context did not ask for it
     */
    byte[] export(String label, byte @Nullable [] context, int length) throws SSLException;

    /** Refuses what not every version of TLS can do with every cipher suite. */
    static void check(String label, byte @Nullable [] context, int length) {
        Objects.requireNonNull(label, "label");
        if (label.isEmpty() || label.length() > MAX_LABEL) {
            throw new IllegalArgumentException(
                    "label: has " + label.length() + " characters, must have 1 to " + MAX_LABEL);
        }
        if (!label.chars().allMatch(c -> c < 0x80)) {
            throw new IllegalArgumentException("label(" + label + "): must be ASCII");
        }
        if (OWN_LABELS.contains(label)) {
            throw new IllegalArgumentException("label(" + label + "): belongs to TLS itself; take one of your own,"
                    + " such as EXPERIMENTAL followed by a name");
        }
        if (context != null && context.length > MAX_CONTEXT) {
            throw new IllegalArgumentException(
                    "context: has " + context.length + " bytes, must have " + MAX_CONTEXT + " or less");
        }
        if (length < 1 || length > MAX_LENGTH) {
            throw new IllegalArgumentException("length(" + length + "): must be 1 to " + MAX_LENGTH);
        }
    }
}
