package dev.sallyport.internal.keys;

import java.net.IDN;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.regex.Pattern;

/** A name that a certificate vouches for, as a GeneralName (RFC 5280 4.2.1.6): a DNS name or an IP address. */
final class ServerName {
    private static final int DNS_NAME = 2;
    private static final int IP_ADDRESS = 7;
    private static final int MAX_NAME = 253;
    private static final Pattern LABEL = Pattern.compile("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?");
    private static final Pattern NUMBERS = Pattern.compile("[0-9.]+");
    private static final Pattern OCTET = Pattern.compile("0|[1-9][0-9]{0,2}");

    private ServerName() {}

    /**
     * {@return the encoded name}
     *
     * @throws IllegalArgumentException if it is neither a DNS name, with or without a wildcard, nor an address
     */
    static byte[] encode(String name) {
        if (name.isEmpty()) {
            throw bad(name, "is empty; leave it out, or give a DNS name or an IP address");
        }
        if (name.indexOf(':') >= 0) {
            return DerWriter.implicit(IP_ADDRESS, ipv6(name));
        }
        if (NUMBERS.matcher(name).matches()) {
            return DerWriter.implicit(IP_ADDRESS, ipv4(name));
        }
        return DerWriter.implicit(DNS_NAME, dns(name).getBytes(StandardCharsets.US_ASCII));
    }

    private static byte[] ipv4(String name) {
        String[] octets = name.split("\\.", -1);
        byte[] address = new byte[4];
        for (int i = 0; i < octets.length; i++) {
            boolean number = octets.length == 4 && OCTET.matcher(octets[i]).matches();
            if (!number || Integer.parseInt(octets[i]) > 255) {
                throw bad(name, "is not an IPv4 address; it needs four numbers from 0 to 255, like 192.0.2.1");
            }
            address[i] = (byte) Integer.parseInt(octets[i]);
        }
        return address;
    }

    private static byte[] ipv6(String name) {
        // with a colon in it, and nothing but these, the JDK parses a literal and asks no resolver
        if (!name.matches("[0-9a-fA-F:.]+")) {
            throw bad(name, "is no name and no IPv6 address; leave out brackets, port, zone and 'https://'");
        }
        try {
            return InetAddress.getByName(name).getAddress();
        } catch (UnknownHostException e) {
            throw bad(name, "is not an IPv6 address");
        }
    }

    private static String dns(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        if (!lower.chars().allMatch(c -> c < 0x80)) {
            throw bad(name, "is not ASCII; give it in the encoded form" + encodedForm(name));
        }
        String host = lower.startsWith("*.") ? lower.substring(2) : lower;
        if (host.indexOf('*') >= 0) {
            throw bad(name, "has a wildcard that is not its whole first label; it should be like '*.example.com'");
        }
        if (lower.length() > MAX_NAME) {
            throw bad(name, "has " + lower.length() + " characters, more than " + MAX_NAME);
        }
        for (String label : host.split("\\.", -1)) {
            if (!LABEL.matcher(label).matches()) {
                throw bad(
                        name,
                        "is not a DNS name; each label between dots needs 1 to 63 letters, digits and inner hyphens");
            }
        }
        return lower;
    }

    private static String encodedForm(String name) {
        try {
            return ", " + IDN.toASCII(name);
        } catch (IllegalArgumentException e) {
            return " (xn--...)";
        }
    }

    private static IllegalArgumentException bad(String name, String problem) {
        return new IllegalArgumentException("names: '" + Origin.printable(name) + "' " + problem);
    }
}
