package dev.sallyport.testkit;

import java.io.ByteArrayOutputStream;

/** Bytes in the making, in the presentation language of RFC 8446, 3. Lengths are cut to their field, so that they can lie. */
public final class TlsBytes {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    /** {@return a vector whose length has two bytes} */
    public static byte[] vectorOf(byte[] content) {
        TlsBytes vector = new TlsBytes();
        vector.vector16(content);
        return vector.toByteArray();
    }

    /** {@return these bytes, one after the other} */
    public static byte[] concat(byte[]... parts) {
        TlsBytes all = new TlsBytes();
        for (byte[] part : parts) {
            all.raw(part);
        }
        return all.toByteArray();
    }

    /** Appends a number of one byte. */
    public void u8(int value) {
        bytes.write(value);
    }

    /** Appends a number of two bytes. */
    public void u16(int value) {
        u8(value >> 8);
        u8(value);
    }

    /** Appends a number of three bytes. */
    public void u24(int value) {
        u8(value >> 16);
        u16(value);
    }

    /** Appends bytes as they are. */
    public void raw(byte[] content) {
        bytes.writeBytes(content);
    }

    /** Appends a vector whose length has one byte. */
    public void vector8(byte[] content) {
        u8(content.length);
        raw(content);
    }

    /** Appends a vector whose length has two bytes. */
    public void vector16(byte[] content) {
        u16(content.length);
        raw(content);
    }

    /** Appends a vector whose length has three bytes. */
    public void vector24(byte[] content) {
        u24(content.length);
        raw(content);
    }

    /** Appends an extension (RFC 8446, 4.2). */
    public void extension(int type, byte[] content) {
        u16(type);
        vector16(content);
    }

    /** {@return how many there are} */
    public int size() {
        return bytes.size();
    }

    /** {@return all of them} */
    public byte[] toByteArray() {
        return bytes.toByteArray();
    }
}
