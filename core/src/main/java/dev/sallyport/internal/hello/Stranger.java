package dev.sallyport.internal.hello;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What somebody might be who does not begin with a handshake record. Waits for more bytes only while they could still
 * decide something, so that the answer is the same however the bytes come.
 */
final class Stranger {
    /** So many bytes decide in any case. */
    static final int BYTES = 8;

    private static final String HTTP = "looks like plain HTTP: the client should use https";
    private static final String PROXY = "looks like a PROXY protocol header, which is not expected here";
    private static final String SSL_2 = "looks like SSL 2.0, which nobody should speak any more";
    private static final List<Beginning> BEGINNINGS = List.of(
            new Beginning("GET ", HTTP),
            new Beginning("POST ", HTTP),
            new Beginning("PUT ", HTTP),
            new Beginning("HEAD ", HTTP),
            new Beginning("OPTIONS ", HTTP),
            new Beginning("DELETE ", HTTP),
            new Beginning("PATCH ", HTTP),
            new Beginning("TRACE ", HTTP),
            new Beginning("CONNECT ", HTTP),
            new Beginning("PRI ", HTTP),
            new Beginning("PROXY ", PROXY),
            new Beginning("\r\n\r\n\0\r\nQ", PROXY));

    private record Beginning(String text, String guess) {}

    private Stranger() {}

    /**
     * {@return why these first bytes, one at least, are refused; null while more of them may tell}
     *
     * @param ended whether no more come
     */
    static @Nullable HelloRefusal refusal(byte[] start, int count, boolean ended) {
        int first = start[0] & 0xff;
        if (first == HelloCollector.CHANGE_CIPHER_SPEC
                || first == HelloCollector.ALERT
                || first == HelloCollector.APPLICATION_DATA) {
            return ofTls(start, count);
        }
        if (first >= 0x80) {
            return ofSsl2(start, count, ended);
        }
        String text = new String(start, 0, count, StandardCharsets.ISO_8859_1);
        for (Beginning beginning : BEGINNINGS) {
            if (text.startsWith(beginning.text)) {
                return HelloRefusal.notTls(beginning.guess);
            }
            if (!ended && beginning.text.startsWith(text)) {
                return null;
            }
        }
        return unknown(first);
    }

    private static HelloRefusal unknown(int first) {
        return HelloRefusal.notTls("not tls: the first byte is " + first);
    }

    /** Another kind of record than a handshake's. */
    private static @Nullable HelloRefusal ofTls(byte[] start, int count) {
        if ((count > 1 && start[1] != 3) || (count > 2 && (start[2] & 0xf0) != 0)) {
            return unknown(start[0] & 0xff);
        }
        if (count < 3) {
            return null; // also at the end: nobody knows what it was
        }
        String kind = start[0] == HelloCollector.ALERT
                ? "an alert"
                : start[0] == HelloCollector.APPLICATION_DATA ? "application data" : "a change_cipher_spec";
        return HelloRefusal.misbehaviour(Alert.UNEXPECTED_MESSAGE, "the client begins with " + kind);
    }

    /** The hello of SSL 2.0, alone or for later versions: two bytes of length, the type, the version. */
    private static @Nullable HelloRefusal ofSsl2(byte[] start, int count, boolean ended) {
        boolean possible = (count < 3 || start[2] == HelloCollector.CLIENT_HELLO)
                && (count < 4 || start[3] == 0 || start[3] == 3)
                && (count < 5 || start[3] == 3 || start[4] == 2);
        if (possible && count >= 5) {
            return HelloRefusal.notTls(Alert.PROTOCOL_VERSION, SSL_2);
        }
        return possible && !ended ? null : unknown(start[0] & 0xff);
    }
}
