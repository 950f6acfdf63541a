package dev.sallyport.testkit;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An alert that came in the clear (RFC 8446, 6).
 *
 * @param level 1 for a warning, 2 for a fatal alert
 * @param description the number of what happened
 */
public record TlsAlert(int level, int description) {
    private static final int RECORD_HEADER_BYTES = 5;
    private static final int TYPE_ALERT = 21;
    private static final Map<Integer, String> NAMES = Map.ofEntries(
            Map.entry(0, "close_notify"),
            Map.entry(10, "unexpected_message"),
            Map.entry(20, "bad_record_mac"),
            Map.entry(22, "record_overflow"),
            Map.entry(40, "handshake_failure"),
            Map.entry(42, "bad_certificate"),
            Map.entry(43, "unsupported_certificate"),
            Map.entry(44, "certificate_revoked"),
            Map.entry(45, "certificate_expired"),
            Map.entry(46, "certificate_unknown"),
            Map.entry(47, "illegal_parameter"),
            Map.entry(48, "unknown_ca"),
            Map.entry(49, "access_denied"),
            Map.entry(50, "decode_error"),
            Map.entry(51, "decrypt_error"),
            Map.entry(70, "protocol_version"),
            Map.entry(71, "insufficient_security"),
            Map.entry(80, "internal_error"),
            Map.entry(86, "inappropriate_fallback"),
            Map.entry(90, "user_canceled"),
            Map.entry(109, "missing_extension"),
            Map.entry(110, "unsupported_extension"),
            Map.entry(112, "unrecognized_name"),
            Map.entry(116, "certificate_required"),
            Map.entry(120, "no_application_protocol"));

    /** {@return the first readable alert among these records, or null; what is encrypted cannot be told apart} */
    public static @Nullable TlsAlert firstIn(byte[] records) {
        int at = 0;
        while (records.length - at >= RECORD_HEADER_BYTES) {
            int length = (records[at + 3] & 0xff) << 8 | (records[at + 4] & 0xff);
            int content = at + RECORD_HEADER_BYTES;
            if (records[at] == TYPE_ALERT && length == 2 && records.length - content >= 2) {
                return new TlsAlert(records[content] & 0xff, records[content + 1] & 0xff);
            }
            at = content + length;
        }
        return null;
    }

    /** {@return the description's name, such as {@code "handshake_failure"}} */
    public String name() {
        return NAMES.getOrDefault(description, "alert " + description);
    }

    /** {@return whether the alert ends the connection} */
    public boolean fatal() {
        return level == 2;
    }
}
