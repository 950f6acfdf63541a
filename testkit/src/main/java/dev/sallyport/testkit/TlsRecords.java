package dev.sallyport.testkit;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** TLS records as bytes (RFC 8446, 5.1): a stream cut into them, and payloads put into them. */
public final class TlsRecords {
    static final int HEADER_BYTES = 5;
    static final int TYPE_CCS = 20;
    static final int TYPE_ALERT = 21;
    static final int TYPE_HANDSHAKE = 22;
    static final int TYPE_DATA = 23;
    static final int TLS_1_2 = 0x0303;
    private static final int LARGEST_PAYLOAD = 0xffff;

    private TlsRecords() {}

    /** {@return the records of a stream; what is left over at its end is the last of them} */
    public static List<byte[]> split(byte[] stream) {
        List<byte[]> records = new ArrayList<>();
        for (int at = 0; at < stream.length; ) {
            int end = Math.min(stream.length, at + sizeAt(stream, at, stream.length - at));
            records.add(Arrays.copyOfRange(stream, at, end));
            at = end;
        }
        return records;
    }

    /** {@return a record; as much of the payload as one can hold} */
    public static byte[] record(int type, int version, byte[] payload) {
        byte[] record = Arrays.copyOf(
                new byte[] {(byte) type, (byte) (version >> 8), (byte) version},
                HEADER_BYTES + Math.min(payload.length, LARGEST_PAYLOAD));
        putU16(record, 3, record.length - HEADER_BYTES);
        System.arraycopy(payload, 0, record, HEADER_BYTES, record.length - HEADER_BYTES);
        return record;
    }

    /** {@return the size of the record that begins there, its header included; as much as there is, of half a header} */
    static int sizeAt(byte[] bytes, int offset, int count) {
        return count < HEADER_BYTES ? Math.max(1, count) : HEADER_BYTES + u16(bytes, offset + 3);
    }

    static int type(byte[] record) {
        return record.length == 0 ? 0 : record[0];
    }

    static byte[] payload(byte[] record) {
        return record.length < HEADER_BYTES ? new byte[0] : Arrays.copyOfRange(record, HEADER_BYTES, record.length);
    }

    /** {@return a record of the same type and version} */
    static byte[] withPayload(byte[] record, byte[] payload) {
        return record.length < HEADER_BYTES ? payload.clone() : record(record[0], u16(record, 1), payload);
    }

    static byte[] join(List<byte[]> pieces) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        pieces.forEach(all::writeBytes);
        return all.toByteArray();
    }

    static int u16(byte[] bytes, int offset) {
        return (bytes[offset] & 0xff) << 8 | bytes[offset + 1] & 0xff;
    }

    static void putU16(byte[] bytes, int offset, int value) {
        bytes[offset] = (byte) (value >> 8);
        bytes[offset + 1] = (byte) value;
    }
}
