package dev.sallyport.internal.keys;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Encodes DER (ITU-T X.690) values, inside out: each method returns one whole value. */
final class DerWriter {
    private static final int BOOLEAN = 0x01;
    private static final int UTF8_STRING = 0x0c;
    private static final int UTC_TIME = 0x17;
    private static final int GENERALIZED_TIME = 0x18;
    private static final Instant FIRST_GENERALIZED = Instant.parse("2050-01-01T00:00:00Z");

    private DerWriter() {}

    static byte[] sequence(byte[]... values) {
        return value(DerReader.SEQUENCE, values);
    }

    static byte[] set(byte[]... values) {
        return value(DerReader.SET, values);
    }

    static byte[] integer(long number) {
        return integer(BigInteger.valueOf(number));
    }

    static byte[] integer(BigInteger number) {
        return value(DerReader.INTEGER, number.toByteArray());
    }

    static byte[] bool(boolean truth) {
        return value(BOOLEAN, new byte[] {(byte) (truth ? 0xff : 0)});
    }

    static byte[] nothing() {
        return value(DerReader.NULL);
    }

    static byte[] octetString(byte[] content) {
        return value(DerReader.OCTET_STRING, content);
    }

    /** A BIT STRING, of whose last byte the given number of low bits do not count. */
    static byte[] bitString(int unusedBits, byte[] content) {
        return value(DerReader.BIT_STRING, new byte[] {(byte) unusedBits}, content);
    }

    static byte[] utf8(String text) {
        return value(UTF8_STRING, text.getBytes(StandardCharsets.UTF_8));
    }

    static byte[] oid(String dotted) {
        String[] arcs = dotted.split("\\.", -1);
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        arc(content, 40 * Long.parseLong(arcs[0]) + Long.parseLong(arcs[1]));
        for (int i = 2; i < arcs.length; i++) {
            arc(content, Long.parseLong(arcs[i]));
        }
        return value(DerReader.OID, content.toByteArray());
    }

    /** A moment to the second, in the form that RFC 5280 4.1.2.5 wants: two digits of the year until 2049, then four. */
    static byte[] time(Instant moment) {
        boolean generalized = !moment.isBefore(FIRST_GENERALIZED);
        String pattern = generalized ? "yyyyMMddHHmmss'Z'" : "yyMMddHHmmss'Z'";
        String text = DateTimeFormatter.ofPattern(pattern, Locale.ROOT).format(moment.atOffset(ZoneOffset.UTC));
        return value(generalized ? GENERALIZED_TIME : UTC_TIME, text.getBytes(StandardCharsets.US_ASCII));
    }

    /** [n] around whole values. */
    static byte[] explicit(int n, byte[]... values) {
        return value(0xa0 | n, values);
    }

    /** [n] in place of a primitive value's own tag. */
    static byte[] implicit(int n, byte[] content) {
        return value(0x80 | n, content);
    }

    /** Makes no copy but the result, so that who passes a key's bytes knows what to clear. */
    private static byte[] value(int tag, byte[]... parts) {
        int length = 0;
        for (byte[] part : parts) {
            length += part.length;
        }
        int lengthBytes = length < 0x80 ? 0 : (39 - Integer.numberOfLeadingZeros(length)) / 8;
        byte[] whole = new byte[2 + lengthBytes + length];
        whole[0] = (byte) tag;
        whole[1] = (byte) (lengthBytes == 0 ? length : 0x80 | lengthBytes);
        for (int i = 0; i < lengthBytes; i++) {
            whole[2 + i] = (byte) (length >>> (8 * (lengthBytes - 1 - i)));
        }
        int at = 2 + lengthBytes;
        for (byte[] part : parts) {
            System.arraycopy(part, 0, whole, at, part.length);
            at += part.length;
        }
        return whole;
    }

    private static void arc(ByteArrayOutputStream content, long arc) {
        int shift = 0;
        while ((arc >>> shift) >= 0x80) {
            shift += 7;
        }
        for (; shift > 0; shift -= 7) {
            content.write(((int) (arc >>> shift) & 0x7f) | 0x80);
        }
        content.write((int) arc & 0x7f);
    }
}
