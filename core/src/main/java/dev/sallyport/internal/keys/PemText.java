package dev.sallyport.internal.keys;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Splits a text into PEM blocks (RFC 7468, with the headers of RFC 1421). Lenient about what tools and editors do (text
 * between blocks, any line end, indentation, blank lines, a byte order mark), strict about all that is a sign of damage.
 * Works on the bytes, so that no String holds a key.
 */
final class PemText {
    private static final String BEGIN = "-----BEGIN ";
    private static final String END = "-----END ";
    private static final String DASHES = "-----";
    private static final String BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=";
    private static final int MAX_MARKER_BYTES = 100;

    private final Origin file;
    private final byte[] text;
    private final List<PemBlock> blocks;
    private int next;
    private int line;
    private int from;
    private int to;

    /** @param blocks receives each block as soon as it is whole, so that the caller can clear it if a later one fails */
    PemText(Origin file, byte[] text, List<PemBlock> blocks) {
        this.file = file;
        this.text = text;
        this.blocks = blocks;
        this.next = BlobKind.startsWith(text, 0xef, 0xbb, 0xbf) ? 3 : 0;
    }

    static boolean hasMarker(byte[] text) {
        for (int i = 0; i < text.length; i++) {
            if (text[i] == '-' && (startsWith(text, i, text.length, BEGIN) || startsWith(text, i, text.length, END))) {
                return true;
            }
        }
        return false;
    }

    void split() throws SSLException {
        byte[] base64 = new byte[text.length]; // one for all: there may be very many blocks
        try {
            split(base64);
        } finally {
            Arrays.fill(base64, (byte) 0);
        }
    }

    private void split(byte[] base64) throws SSLException {
        while (nextLine()) {
            if (lineStartsWith(END)) {
                throw file.refuse("line " + line + " is an END line without its BEGIN; the beginning of the block is"
                        + " missing: copy it again");
            }
            if (lineStartsWith("-") && marker().contains("BEGIN ")) {
                blocks.add(block(label(), base64));
            }
        }
    }

    /** {@return the label of the BEGIN line that is the current line} */
    private String label() throws SSLException {
        String marker = marker();
        if (marker.contains("\\n")) {
            throw file.refuse(
                    "line " + line + " has the two characters \\n where a line should end; write real line ends");
        }
        int length = to - from;
        int close = marker.indexOf(DASHES, DASHES.length());
        if (marker.startsWith(BEGIN) && close > 0 && length > close + DASHES.length()) {
            throw file.refuse(
                    "line " + line + " goes on after its BEGIN; line ends were lost, for example in an unquoted"
                            + " shell variable: restore them");
        }
        boolean whole = marker.startsWith(BEGIN)
                && marker.endsWith(DASHES)
                && marker.length() == length
                && length > BEGIN.length() + DASHES.length();
        String label = whole ? marker.substring(BEGIN.length(), length - DASHES.length()) : "-";
        if (!label.chars().allMatch(c -> c >= ' ' && c <= '~') || label.indexOf('-') >= 0) {
            throw file.refuse(
                    "line " + line + " is a damaged BEGIN line; it should read like '-----BEGIN CERTIFICATE-----'"
                            + " and nothing else");
        }
        return label;
    }

    private PemBlock block(String label, byte[] base64) throws SSLException {
        Origin place = file.block(blocks.size() + 1, Origin.printable(label));
        int begin = line;
        boolean encrypted = false;
        String dekInfo = null;
        int length = 0;
        while (nextLine()) {
            if (lineStartsWith("-")) {
                requireEnd(place, label, begin);
                if (encrypted && dekInfo == null) {
                    throw place.refuse("says that it is encrypted (Proc-Type) but not how (DEK-Info); copy it again");
                }
                return PemBlock.ofPem(place, label, dekInfo, decode(place, base64, length));
            }
            String header = length == 0 ? header() : null;
            if (header == null) {
                length = append(place, base64, length);
            } else if (header.startsWith("Proc-Type:")) {
                encrypted = header.contains("ENCRYPTED");
            } else if (header.startsWith("DEK-Info:")) {
                dekInfo = header.substring(header.indexOf(':') + 1).strip();
            }
        }
        throw unended(place, begin, "before the text ends; it is cut short");
    }

    private void requireEnd(Origin place, String label, int begin) throws SSLException {
        String marker = marker();
        if (marker.startsWith(BEGIN)) {
            throw unended(place, begin, "before the next BEGIN in line " + line);
        }
        if (!marker.equals(END + label + DASHES)) {
            throw place.refuse("line " + line + " is not the END line that belongs to the BEGIN in line " + begin
                    + "; it should read '" + END + Origin.printable(label) + DASHES + "'");
        }
    }

    private static SSLException unended(Origin place, int begin, String why) {
        return place.refuse("its BEGIN in line " + begin + " has no END " + why + ": copy the block again");
    }

    /** {@return the current line if it is a header; a damaged line of base64 may have a colon, but hardly a blank too} */
    private @Nullable String header() {
        for (int i = from; i < to - 1; i++) {
            if (text[i] == ':' && isBlank(text[i + 1])) {
                return new String(text, from, to - from, StandardCharsets.ISO_8859_1);
            }
        }
        return null;
    }

    /** Adds the current line without the blanks in it; returns the new length. */
    private int append(Origin place, byte[] base64, int length) throws SSLException {
        int after = length;
        for (int i = from; i < to; i++) {
            byte c = text[i];
            if (c == ' ' || c == '\t') {
                continue;
            }
            if (BASE64.indexOf(c) < 0) {
                throw place.refuse("malformed base64: line " + line + ", character " + (i - from + 1)
                        + " does not belong there; copy the block again");
            }
            if (c != '=' && after > 0 && base64[after - 1] == '=') {
                throw place.refuse(
                        "trailing garbage after the end of the base64, in line " + line + "; copy the block again");
            }
            base64[after++] = c;
        }
        return after;
    }

    private static byte[] decode(Origin place, byte[] base64, int length) throws SSLException {
        if (length == 0) {
            throw place.refuse("is empty; copy the block again");
        }
        if (length % 4 != 0) {
            throw place.refuse("malformed base64: " + length
                    + " characters, which is no multiple of 4; some are missing:" + " copy the block again");
        }
        byte[] exact = Arrays.copyOf(base64, length);
        try {
            return Base64.getDecoder().decode(exact);
        } catch (IllegalArgumentException e) {
            throw place.refuse("malformed base64: wrong padding at its end; copy the block again");
        } finally {
            Arrays.fill(exact, (byte) 0);
        }
    }

    /** Goes to the next line and leaves out its blanks at both ends; a line ends with LF, CR LF or CR. */
    private boolean nextLine() {
        if (next >= text.length) {
            return false;
        }
        from = next;
        while (next < text.length && text[next] != '\n' && text[next] != '\r') {
            next++;
        }
        to = next;
        boolean two = next + 1 < text.length && text[next] == '\r' && text[next + 1] == '\n';
        next = Math.min(next + (two ? 2 : 1), text.length);
        line++;
        while (from < to && isBlank(text[from])) {
            from++;
        }
        while (to > from && isBlank(text[to - 1])) {
            to--;
        }
        return true;
    }

    private static boolean isBlank(byte c) {
        return c == ' ' || c == '\t' || c == '\f';
    }

    private boolean lineStartsWith(String prefix) {
        return startsWith(text, from, to, prefix);
    }

    /** {@return the beginning of the current line, which is a marker and so no secret} */
    private String marker() {
        return new String(text, from, Math.min(to - from, MAX_MARKER_BYTES), StandardCharsets.ISO_8859_1);
    }

    private static boolean startsWith(byte[] text, int from, int to, String prefix) {
        if (to - from < prefix.length()) {
            return false;
        }
        for (int i = 0; i < prefix.length(); i++) {
            if (text[from + i] != prefix.charAt(i)) {
                return false;
            }
        }
        return true;
    }
}
