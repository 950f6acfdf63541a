package dev.sallyport.internal.options;

import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Checks a list of ALPN protocol names (RFC 7301 section 3.1). */
public final class ProtocolNames {
    static final int MAX_NAME_BYTES = 255;
    /** Of the encoded list, in which each name has one byte of length before it. */
    static final int MAX_LIST_BYTES = 8191;

    private static final String OPTION = "supportedProtocols";

    /** In lower case, with the name that is registered. */
    private static final Map<String, String> MISSPELT = Map.ofEntries(
            Map.entry("h2", "h2"),
            Map.entry("http/2", "h2"),
            Map.entry("http/2.0", "h2"),
            Map.entry("http2", "h2"),
            Map.entry("http/1.1", "http/1.1"),
            Map.entry("http1.1", "http/1.1"),
            Map.entry("http/1.0", "http/1.0"));

    private ProtocolNames() {}

    /** {@return a copy of the list} */
    public static List<String> check(List<String> protocols) {
        List<String> names = new ArrayList<>(Objects.requireNonNull(protocols, "protocols"));
        long listBytes = 0;
        for (String name : names) {
            listBytes += 1 + nameBytes(Objects.requireNonNull(name, "a name in protocols"));
        }
        if (listBytes > MAX_LIST_BYTES) {
            throw new IllegalArgumentException(OPTION + ": " + names.size() + " names take " + listBytes
                    + " bytes on the wire, and at most " + MAX_LIST_BYTES + " are sent; name fewer");
        }
        return List.copyOf(names);
    }

    /** {@return what makes a legal name look like a mistake, or null} Names are compared byte by byte, and so are few wrong. */
    public static @Nullable String suspicion(String name) {
        if (name.chars().anyMatch(c -> c == ',' || c == ';' || c <= ' ' || c == 0x7f)) {
            return OPTION + ": '" + printable(name) + "' is one name, with a comma, a semicolon or a blank in it; "
                    + "if several protocols are meant, give each as a string of its own";
        }
        String meant = MISSPELT.get(name.toLowerCase(Locale.ROOT));
        return meant == null || meant.equals(name)
                ? null
                : OPTION + ": '" + name + "' is no name that clients offer; if " + meant + " is meant, write it so";
    }

    private static String printable(String name) {
        return name.replaceAll("\\p{Cntrl}", "?");
    }

    private static int nameBytes(String name) {
        int bytes;
        try {
            bytes = StandardCharsets.UTF_8
                    .newEncoder()
                    .encode(CharBuffer.wrap(name))
                    .remaining();
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException(
                    OPTION + ": a name has half a surrogate pair, which UTF-8 cannot say; take it out", e);
        }
        if (bytes == 0) {
            throw new IllegalArgumentException(
                    OPTION + ": a name is empty, and must have 1 to " + MAX_NAME_BYTES + " bytes; leave it out");
        }
        if (bytes > MAX_NAME_BYTES) {
            throw new IllegalArgumentException(OPTION + ": the name that begins with '"
                    + name.substring(0, name.offsetByCodePoints(0, 10)) + "' has " + bytes
                    + " bytes in UTF-8, and must have 1 to " + MAX_NAME_BYTES + "; shorten it");
        }
        return bytes;
    }
}
