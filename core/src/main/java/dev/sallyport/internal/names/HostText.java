package dev.sallyport.internal.names;

/** Whether a text that names a host is worth looking up, and what is wrong with one that is not. */
public final class HostText {
    private HostText() {}

    /**
     * {@return whether this can only be meant as a numeric address: such text is never looked up, whether it is one or
     * not} No host name has a colon, and none ends in a number, since no top-level domain does (RFC 3696 section 2);
     * but lenient resolvers make addresses of {@code 1.2.3}, {@code 0x7f.1} and {@code 2130706433}. The empty text is
     * not a name either.
     */
    public static boolean looksNumeric(String address) {
        if (address.isEmpty() || address.startsWith("[") || address.indexOf(':') >= 0) {
            return true;
        }
        String name = address.endsWith(".") ? address.substring(0, address.length() - 1) : address;
        String lastLabel = name.substring(name.lastIndexOf('.') + 1);
        return lastLabel.matches("[0-9]+|0[xX][0-9a-fA-F]*");
    }

    /**
     * {@return whether this is worth looking up} Blanks in particular occur in no name: some resolvers stop reading
     * there.
     */
    public static boolean mayBeName(String host) {
        return !looksNumeric(host) && host.chars().allMatch(c -> c > ' ' && c != 0x7f && "%/[]@\\".indexOf(c) < 0);
    }

    /** {@return what is wrong with a text that is not {@link #mayBeName worth looking up}, and what to do} */
    public static String notAHost(String text) {
        return "'" + text.replaceAll("\\p{Cntrl}", "?") + "' is neither an address nor a host name; " + advice(text);
    }

    private static String advice(String text) {
        if (text.isEmpty()) {
            return "name one, or '::' for all addresses";
        }
        if (text.contains("://")) {
            return "it is a URL: give its host alone, and the port separately";
        }
        int colon = text.lastIndexOf(':');
        String port = text.substring(colon + 1);
        String host = colon < 0 ? "" : text.substring(0, colon);
        if (port.matches("[0-9]{1,5}") && (AddressLiteral.parseHost(host) != null || mayBeName(host))) {
            return "give the port separately: '" + host + "' and " + port;
        }
        if (text.indexOf('/') >= 0) {
            return "give one address, without a path or the length of a network";
        }
        return text.indexOf('%') >= 0
                ? "a zone is an interface of this machine, and only link-local addresses have one"
                : "check the spelling";
    }
}
