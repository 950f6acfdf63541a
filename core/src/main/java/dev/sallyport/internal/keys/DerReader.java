package dev.sallyport.internal.keys;

import java.math.BigInteger;
import java.util.Arrays;
import javax.net.ssl.SSLException;

/**
 * Walks over DER (ITU-T X.690) values, definite lengths only. Every refusal names the place and the offset; no byte of the
 * content is quoted, since it may be a key's.
 */
final class DerReader {
    static final int INTEGER = 0x02;
    static final int BIT_STRING = 0x03;
    static final int OCTET_STRING = 0x04;
    static final int NULL = 0x05;
    static final int OID = 0x06;
    static final int SEQUENCE = 0x30;
    static final int SET = 0x31;
    static final int NONE = -1;

    private final Origin place;
    private final byte[] bytes;
    private final int end;
    private int at;

    DerReader(Origin place, byte[] bytes) {
        this(place, bytes, 0, bytes.length);
    }

    private DerReader(Origin place, byte[] bytes, int from, int end) {
        this.place = place;
        this.bytes = bytes;
        this.at = from;
        this.end = end;
    }

    /** Checks that there is exactly one value: nothing missing at its end, nothing behind it. */
    static void requireSingleValue(Origin place, byte[] bytes) throws SSLException {
        DerReader reader = new DerReader(place, bytes);
        reader.skip();
        int rest = reader.end - reader.at;
        if (rest > 0) {
            throw place.refuse(rest + (rest == 1 ? " byte" : " bytes") + " of trailing garbage after the end of its "
                    + reader.at + " bytes; two files run together, or a damaged copy: fetch it again");
        }
    }

    /** {@return the next value's tag, {@link #NONE} at the end} */
    int tag() {
        return at < end ? bytes[at] & 0xff : NONE;
    }

    /** Enters the next value, a SEQUENCE, and goes behind it. */
    DerReader sequence() throws SSLException {
        return enter(SEQUENCE);
    }

    DerReader enter(int tag) throws SSLException {
        int from = header(tag);
        return new DerReader(place, bytes, from, at);
    }

    byte[] content(int tag) throws SSLException {
        int from = header(tag);
        return Arrays.copyOfRange(bytes, from, at);
    }

    BigInteger integer() throws SSLException {
        byte[] content = content(INTEGER);
        if (content.length == 0) {
            throw malformed("an empty number");
        }
        return new BigInteger(content);
    }

    /** {@return a number from 1 to the maximum} */
    int count(String what, int maximum) throws SSLException {
        BigInteger value = integer();
        if (value.signum() <= 0) {
            throw malformed(what + " below 1");
        }
        if (value.compareTo(BigInteger.valueOf(maximum)) > 0) {
            throw place.refuse("asks for " + what + " above " + String.format("%,d", maximum)
                    + ", more than is done here; encrypt the key again, for example with 'openssl pkcs8 -topk8'");
        }
        return value.intValue();
    }

    /** {@return an object identifier in dotted form} */
    String oid() throws SSLException {
        byte[] content = content(OID);
        if (content.length == 0 || content.length > 64 || content[content.length - 1] < 0) {
            throw malformed("an object identifier of " + content.length + " bytes");
        }
        StringBuilder dotted = new StringBuilder();
        BigInteger arc = BigInteger.ZERO;
        for (byte b : content) {
            arc = arc.shiftLeft(7).or(BigInteger.valueOf(b & 0x7f));
            if (b >= 0) {
                if (dotted.isEmpty()) {
                    int first = arc.min(BigInteger.valueOf(80)).intValue() / 40;
                    dotted.append(first).append('.').append(arc.subtract(BigInteger.valueOf(40L * first)));
                } else {
                    dotted.append('.').append(arc);
                }
                arc = BigInteger.ZERO;
            }
        }
        return dotted.toString();
    }

    void skip() throws SSLException {
        header(tag());
    }

    SSLException malformed(String found) {
        return place.refuse("malformed DER, " + found + " near byte " + at + "; the content is damaged: copy it again");
    }

    /** Goes behind the next value, and returns where its content begins. */
    private int header(int expectedTag) throws SSLException {
        if (at >= end) {
            throw malformed("an end too early");
        }
        if (tag() != expectedTag) {
            throw malformed("tag " + tag() + " instead of " + expectedTag);
        }
        if (end - at < 2) {
            throw malformed("an end too early");
        }
        int from = at + 2;
        long length = bytes[at + 1] & 0xff;
        if (length >= 0x80) {
            int lengthBytes = (int) length - 0x80;
            if (lengthBytes < 1 || lengthBytes > 4 || lengthBytes > end - from) {
                throw malformed("a length of " + lengthBytes + " bytes");
            }
            length = 0;
            for (int i = 0; i < lengthBytes; i++) {
                length = (length << 8) | (bytes[from++] & 0xff);
            }
        }
        if (length > end - from) {
            throw malformed("cut short: " + length + " bytes announced, " + (end - from) + " left,");
        }
        at = from + (int) length;
        return from;
    }
}
