package dev.sallyport.internal.keys;

import dev.sallyport.internal.names.AddressLiteral;
import dev.sallyport.internal.names.DnsName;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.regex.Pattern;

/** A name that a certificate vouches for, as a GeneralName (RFC 5280 4.2.1.6): a DNS name or an IP address. */
final class ServerName {
    private static final int DNS_NAME = 2;
    private static final int IP_ADDRESS = 7;
    private static final Pattern IPV6_CHARACTERS = Pattern.compile("[0-9a-fA-F:.]+");
    private static final Pattern NUMBERS = Pattern.compile("[0-9.]+");

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
            if (!IPV6_CHARACTERS.matcher(name).matches()) {
                throw bad(name, "is no name and no IPv6 address; leave out brackets, port, zone and 'https://'");
            }
            return DerWriter.implicit(IP_ADDRESS, address(name, "is not an IPv6 address"));
        }
        if (NUMBERS.matcher(name).matches()) {
            return DerWriter.implicit(
                    IP_ADDRESS,
                    address(name, "is not an IPv4 address; it needs four numbers from 0 to 255, like 192.0.2.1"));
        }
        return DerWriter.implicit(DNS_NAME, dns(name).getBytes(StandardCharsets.US_ASCII));
    }

    private static byte[] address(String name, String problem) {
        InetAddress address = AddressLiteral.parse(name);
        if (address == null) {
            throw bad(name, problem);
        }
        return address.getAddress();
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
        if (lower.length() > DnsName.MAX_LENGTH) {
            throw bad(name, "has " + lower.length() + " characters, more than " + DnsName.MAX_LENGTH);
        }
        if (!DnsName.hasLabels(host)) {
            throw bad(
                    name, "is not a DNS name; each label between dots needs 1 to 63 letters, digits and inner hyphens");
        }
        return lower;
    }

    private static String encodedForm(String name) {
        String ascii = DnsName.ascii(name);
        return ascii == null ? " (xn--...)" : ", " + ascii;
    }

    private static IllegalArgumentException bad(String name, String problem) {
        return new IllegalArgumentException("names: '" + Origin.printable(name) + "' " + problem);
    }
}
