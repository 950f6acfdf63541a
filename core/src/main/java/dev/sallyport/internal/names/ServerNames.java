package dev.sallyport.internal.names;

import dev.sallyport.internal.options.OptionCheck;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which of several answers to which server name: exact names first, then wildcards, which stand for one label (RFC 6125).
 *
 * @param <C> what answers
 */
public final class ServerNames<C> {
    private static final String WILDCARD = "*.";

    private final Map<String, C> contexts;

    /** By patterns that {@link #check} has given. */
    public ServerNames(Map<String, C> contexts) {
        this.contexts = new LinkedHashMap<>(contexts);
    }

    /** {@return whether there is none} */
    public boolean isEmpty() {
        return contexts.isEmpty();
    }

    /** {@return the patterns, in the order in which they were added} */
    public Set<String> patterns() {
        return contexts.keySet();
    }

    /** {@return those that answer} */
    public Collection<C> contexts() {
        return contexts.values();
    }

    /** {@return who answers, or null} */
    public @Nullable C find(String serverName) {
        String name = serverName.toLowerCase(Locale.ROOT);
        C exact = contexts.get(name);
        if (exact != null) {
            return exact;
        }
        int dot = name.indexOf('.');
        return dot <= 0 ? null : contexts.get("*" + name.substring(dot));
    }

    /** {@return the pattern in lower case} */
    public static String check(String pattern) {
        String name = Objects.requireNonNull(pattern, "pattern").toLowerCase(Locale.ROOT);
        if (!name.chars().allMatch(c -> c < 0x80)) {
            throw refused(pattern, "must be ASCII, as clients send it" + encoded(name));
        }
        String host = name.startsWith(WILDCARD) ? name.substring(WILDCARD.length()) : name;
        if (host.indexOf('*') >= 0) {
            throw refused(pattern, "may have a wildcard as its whole first label only, like *.example.com");
        }
        if (name.contains("://") || name.matches("[^:]*[a-z][^:]*:[0-9]+")) {
            throw refused(pattern, "must be a host name alone, without the port or 'https://'");
        }
        if (HostText.looksNumeric(host)) {
            throw refused(pattern, "must be a host name; clients never name an address (RFC 6066 section 3)");
        }
        if (host.endsWith(".")) {
            throw refused(pattern, "must be without the dot at its end, as clients send it");
        }
        if (name.length() > DnsName.MAX_LENGTH) {
            throw refused(
                    pattern,
                    "has " + name.length() + " characters, more than the " + DnsName.MAX_LENGTH + " of a host name");
        }
        if (!DnsName.hasLabels(host)) {
            throw refused(pattern, "must have labels of 1 to 63 letters, digits and inner hyphens, with dots between");
        }
        return name;
    }

    private static String encoded(String name) {
        String ascii = DnsName.ascii(name);
        return ascii == null ? ", in the form xn--..." : ": " + ascii;
    }

    private static IllegalArgumentException refused(String pattern, String problem) {
        return OptionCheck.refused("forServerName", pattern, problem);
    }
}
