package dev.sallyport.internal.names;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Reads numeric addresses, strictly: four decimal parts without leading zeros, or what RFC 4291 section 2.2 allows,
 * with a zone (RFC 4007 section 11) where the address is link-local. The JDK's own parser takes {@code 1.2.3} and
 * {@code 127.1} as well. Each method returns null for what is no address.
 */
public final class AddressLiteral {
    private static final int IPV4_BYTES = 4;
    private static final int IPV6_BYTES = 16;
    private static final int MAX_GROUP_DIGITS = 4;

    private AddressLiteral() {}

    /** {@return the address, without brackets} */
    public static @Nullable InetAddress parse(String text) {
        if (text.indexOf(':') < 0) {
            byte[] bytes = parseIpv4(text);
            return bytes == null ? null : address(bytes);
        }
        int zone = text.indexOf('%');
        byte[] bytes = parseIpv6(zone < 0 ? text : text.substring(0, zone));
        if (bytes == null) {
            return null;
        }
        return zone < 0 ? address(bytes) : scoped(bytes, text.substring(zone + 1));
    }

    /** {@return the address, also in brackets if it is IPv6, as {@code bind} takes it} */
    public static @Nullable InetAddress parseHost(String text) {
        boolean bracketed = text.startsWith("[") && text.endsWith("]") && text.indexOf(':') >= 0;
        return parse(bracketed ? text.substring(1, text.length() - 1) : text);
    }

    private static InetAddress address(byte[] bytes) {
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("an address of " + bytes.length + " bytes", e);
        }
    }

    private static byte @Nullable [] parseIpv4(String text) {
        String[] parts = text.split("\\.", -1);
        if (parts.length != IPV4_BYTES) {
            return null;
        }
        byte[] bytes = new byte[IPV4_BYTES];
        for (int i = 0; i < IPV4_BYTES; i++) {
            int value = decimal(parts[i], 255);
            if (value < 0) {
                return null;
            }
            bytes[i] = (byte) value;
        }
        return bytes;
    }

    private static byte @Nullable [] parseIpv6(String text) {
        int gap = text.indexOf("::");
        if (gap < 0) {
            byte[] bytes = parseGroups(text, true);
            return bytes != null && bytes.length == IPV6_BYTES ? bytes : null;
        }
        byte[] head = parseGroups(text.substring(0, gap), false);
        byte[] tail = parseGroups(text.substring(gap + 2), true);
        // '::' stands for one group or more
        if (head == null || tail == null || head.length + tail.length > IPV6_BYTES - 2) {
            return null;
        }
        byte[] bytes = Arrays.copyOf(head, IPV6_BYTES);
        System.arraycopy(tail, 0, bytes, IPV6_BYTES - tail.length, tail.length);
        return bytes;
    }

    /**
     * Groups of up to four hexadecimal digits with colons between; the last 32 bits of an address may be written as
     * IPv4.
     */
    private static byte @Nullable [] parseGroups(String text, boolean endOfAddress) {
        if (text.isEmpty()) {
            return new byte[0];
        }
        String[] groups = text.split(":", -1);
        byte[] bytes = new byte[2 * groups.length + 2];
        int length = 0;
        for (int i = 0; i < groups.length; i++) {
            boolean last = endOfAddress && i == groups.length - 1;
            byte[] group = last && groups[i].indexOf('.') >= 0 ? parseIpv4(groups[i]) : parseGroup(groups[i]);
            if (group == null) {
                return null;
            }
            System.arraycopy(group, 0, bytes, length, group.length);
            length += group.length;
        }
        return Arrays.copyOf(bytes, length);
    }

    private static byte @Nullable [] parseGroup(String text) {
        if (text.isEmpty() || text.length() > MAX_GROUP_DIGITS) {
            return null;
        }
        int value = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            // Character.digit also takes the digits of other scripts
            int digit = c < 0x80 ? Character.digit(c, 16) : -1;
            if (digit < 0) {
                return null;
            }
            value = value << 4 | digit;
        }
        return new byte[] {(byte) (value >> 8), (byte) value};
    }

    private static @Nullable InetAddress scoped(byte[] bytes, String zone) {
        boolean linkLocal = (bytes[0] & 0xff) == 0xfe && (bytes[1] & 0xc0) == 0x80;
        int index = linkLocal ? interfaceIndex(zone) : -1;
        if (index <= 0) {
            return null;
        }
        try {
            return Inet6Address.getByAddress(null, bytes, index);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("an address of " + bytes.length + " bytes", e);
        }
    }

    private static int interfaceIndex(String zone) {
        int index = decimal(zone, Integer.MAX_VALUE);
        if (index >= 0 || zone.isEmpty()) {
            return index;
        }
        try {
            NetworkInterface found = NetworkInterface.getByName(zone);
            return found == null ? -1 : found.getIndex();
        } catch (SocketException e) {
            // the system does not tell its interfaces, so no name means one
            return -1;
        }
    }

    /** {@return a number without sign or leading zeros, or -1} */
    private static int decimal(String digits, int maximum) {
        boolean canonical = !digits.isEmpty() && (digits.charAt(0) != '0' || digits.length() == 1);
        if (!canonical || digits.length() > 10 || !digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return -1;
        }
        long value = Long.parseLong(digits);
        return value <= maximum ? (int) value : -1;
    }
}
