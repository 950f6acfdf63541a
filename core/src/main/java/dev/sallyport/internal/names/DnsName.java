package dev.sallyport.internal.names;

import java.net.IDN;
import java.util.Arrays;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The rules for DNS names (RFC 1123 section 2.1), with the underscore that is in use as well. */
public final class DnsName {
    /** How many characters a name may have. */
    public static final int MAX_LENGTH = 253;

    private static final Pattern LABEL = Pattern.compile("[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?");

    private DnsName() {}

    /** {@return whether a name in lower case consists of labels with dots between, and of nothing else} */
    public static boolean hasLabels(String name) {
        return Arrays.stream(name.split("\\.", -1))
                .allMatch(label -> LABEL.matcher(label).matches());
    }

    /** {@return the form of an international name that is sent, or null when it has none} */
    public static @Nullable String ascii(String name) {
        try {
            return IDN.toASCII(name);
        } catch (IllegalArgumentException hasNone) {
            return null;
        }
    }
}
