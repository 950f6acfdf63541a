package dev.sallyport;

import java.net.IDN;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which context answers to which server name: exact names first, then wildcards, which stand for one label (RFC 6125).
 */
final class ServerNames {
    private static final String WILDCARD = "*.";
    private static final int MAX_LENGTH = 253;
    private static final Pattern LABEL = Pattern.compile("[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?");

    private final Map<String, SecurityContext> contexts;

    ServerNames(Map<String, SecurityContext> contexts) {
        this.contexts = new LinkedHashMap<>(contexts);
    }

    boolean isEmpty() {
        return contexts.isEmpty();
    }

    Set<String> patterns() {
        return contexts.keySet();
    }

    Collection<SecurityContext> contexts() {
        return contexts.values();
    }

    @Nullable SecurityContext find(String serverName) {
        String name = serverName.toLowerCase(Locale.ROOT);
        SecurityContext exact = contexts.get(name);
        if (exact != null) {
            return exact;
        }
        int dot = name.indexOf('.');
        return dot <= 0 ? null : contexts.get("*" + name.substring(dot));
    }

    /** {@return the pattern in lower case} */
    static String check(String pattern) {
        String name = Objects.requireNonNull(pattern, "pattern").toLowerCase(Locale.ROOT);
        if (!name.chars().allMatch(c -> c < 0x80)) {
            throw refused(pattern, "must be ASCII, as clients send it" + ascii(name));
        }
        String host = name.startsWith(WILDCARD) ? name.substring(WILDCARD.length()) : name;
        if (host.indexOf('*') >= 0) {
            throw refused(pattern, "may have a wildcard as its whole first label only, like *.example.com");
        }
        if (name.contains("://") || name.matches("[^:]*[a-z][^:]*:[0-9]+")) {
            throw refused(pattern, "must be a host name alone, without the port or 'https://'");
        }
        if (InternetAddress.looksNumeric(host)) {
            throw refused(pattern, "must be a host name; clients never name an address (RFC 6066 section 3)");
        }
        if (host.endsWith(".")) {
            throw refused(pattern, "must be without the dot at its end, as clients send it");
        }
        if (name.length() > MAX_LENGTH) {
            throw refused(
                    pattern, "has " + name.length() + " characters, more than the " + MAX_LENGTH + " of a host name");
        }
        for (String label : host.split("\\.", -1)) {
            if (!LABEL.matcher(label).matches()) {
                throw refused(
                        pattern, "must have labels of 1 to 63 letters, digits and inner hyphens, with dots between");
            }
        }
        return name;
    }

    /** {@return the context, which will be asked neither for names nor for a selector} */
    static SecurityContext checkContext(String pattern, SecurityContext context) {
        Objects.requireNonNull(context, "context");
        if (context.hasNames() || context.selector() != null) {
            throw refused(
                    pattern,
                    "has a context with names or a selector of its own, which nobody would ask; add them to"
                            + " the context that this one is added to");
        }
        if (!context.hasIdentity()) {
            throw refused(pattern, "has a context without identity, so that every client would fail; add one to it");
        }
        return context;
    }

    private static String ascii(String name) {
        try {
            return ": " + IDN.toASCII(name);
        } catch (IllegalArgumentException e) {
            return ", in the form xn--...";
        }
    }

    private static IllegalArgumentException refused(String pattern, String problem) {
        return OptionCheck.refused("forServerName", pattern, problem);
    }
}
