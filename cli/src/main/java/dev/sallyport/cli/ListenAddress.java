package dev.sallyport.cli;

import dev.sallyport.InternetAddress;
import java.util.Set;
import java.util.regex.Pattern;

/** What can be told from the text of an address without asking a resolver. */
final class ListenAddress {
    private static final Set<String> ANY = Set.of("::", "0.0.0.0", "0:0:0:0:0:0:0:0");

    /** The last label has a letter in front; else it would be a mistyped IPv4 address. */
    private static final Pattern DNS_NAME =
            Pattern.compile("(?i)([a-z0-9]([a-z0-9-]*[a-z0-9])?\\.)*[a-z]([a-z0-9-]*[a-z0-9])?");

    private ListenAddress() {}

    static String withoutBrackets(String address) {
        boolean bracketed = address.startsWith("[") && address.endsWith("]");
        return bracketed ? address.substring(1, address.length() - 1) : address;
    }

    /** Whether {@code bare}, an address without brackets, is something to make a certificate for; the rest fails to bind. */
    static boolean isNameOrAddress(String bare) {
        return InternetAddress.tryParse(bare) != null || DNS_NAME.matcher(bare).matches();
    }

    /** Whether {@code bare}, an address without brackets, means all addresses of this machine. */
    static boolean isAny(String bare) {
        return ANY.contains(bare);
    }
}
