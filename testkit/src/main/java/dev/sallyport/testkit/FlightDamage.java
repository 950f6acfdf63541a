package dev.sallyport.testkit;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * Damages what a client once sent, record by record, so that much of it is still well-formed: bytes inside messages with the
 * lengths around them put right or not, extensions of the ClientHello, the records, and bytes at random. The same seed does
 * the same damage. For one thread at a time.
 */
public final class FlightDamage {
    private static final int MESSAGE_HEADER_BYTES = 4;
    private static final int CLIENT_HELLO = 1;

    private final Random random;
    private final Damage damage;

    /** Begins a series of damages. */
    public FlightDamage(long seed) {
        random = new Random(seed);
        damage = new Damage(random.nextLong());
    }

    /**
     * {@return what to send instead, in the pieces to send it in}
     *
     * @param flight the records of one connection
     * @param other those of another one, of which a part may be put in
     */
    public List<byte[]> to(List<byte[]> flight, List<byte[]> other) {
        List<byte[]> records = new ArrayList<>(flight);
        for (int times = 1 + random.nextInt(2); times > 0; times--) {
            records = once(records, other);
        }
        return inPieces(TlsRecords.join(records));
    }

    private List<byte[]> once(List<byte[]> records, List<byte[]> other) {
        if (records.isEmpty()) {
            return List.of(damage.to(new byte[0]));
        }
        return switch (random.nextInt(10)) {
            case 0, 1 -> throughRecordDamage(records);
            case 2, 3 -> withMessageDamaged(records);
            case 4, 5 -> withExtensionsDamaged(records);
            case 6 -> withLengthChanged(records);
            case 7 -> spliced(records, other);
            case 8 -> cutAnew(records);
            default -> TlsRecords.split(damage.to(TlsRecords.join(records)));
        };
    }

    private List<byte[]> throughRecordDamage(List<byte[]> records) {
        RecordDamage one = new RecordDamage(random, records.size());
        List<byte[]> out = new ArrayList<>();
        for (byte[] record : records) {
            if (record.length > 0 && one.end() == RecordDamage.End.OF_ITSELF) {
                out.addAll(one.pass(record));
            }
        }
        out.addAll(one.rest());
        return out;
    }

    /** The record's length is right again afterwards; in half of the cases the message's, too. */
    private List<byte[]> withMessageDamaged(List<byte[]> records) {
        List<byte[]> out = new ArrayList<>(records);
        int number = handshakeRecord(records);
        byte[] message = damage.to(TlsRecords.payload(records.get(number)));
        if (random.nextBoolean()) {
            putLength(message);
        }
        out.set(number, TlsRecords.withPayload(records.get(number), message));
        return out;
    }

    /** A number of one to three bytes becomes a little larger or smaller, or an extreme. */
    private List<byte[]> withLengthChanged(List<byte[]> records) {
        List<byte[]> out = new ArrayList<>(records);
        int number = handshakeRecord(records);
        byte[] payload = TlsRecords.payload(records.get(number));
        if (payload.length > MESSAGE_HEADER_BYTES) {
            int at = random.nextInt(Math.min(payload.length - 2, random.nextBoolean() ? 120 : payload.length));
            int old = TlsRecords.u16(payload, at);
            int[] choice = {0, 1, 0xff, 0xffff, 0x4000, 0x4001, old + 1, old - 1, old + random.nextInt(300), old / 2};
            TlsRecords.putU16(payload, at, choice[random.nextInt(choice.length)]);
        }
        out.set(number, TlsRecords.withPayload(records.get(number), payload));
        return out;
    }

    /** The beginning of one and the end of another. */
    private List<byte[]> spliced(List<byte[]> records, List<byte[]> other) {
        List<byte[]> out = new ArrayList<>(records.subList(0, random.nextInt(records.size() + 1)));
        out.addAll(other.subList(random.nextInt(other.size() + 1), other.size()));
        if (random.nextBoolean()) {
            byte[] one = TlsRecords.join(records);
            byte[] two = TlsRecords.join(other);
            byte[] both = Arrays.copyOf(one, random.nextInt(one.length + 1));
            out = List.of(both, Arrays.copyOfRange(two, random.nextInt(two.length + 1), two.length));
        }
        return out;
    }

    /** The same messages in other records, which is allowed as long as none is empty. */
    private List<byte[]> cutAnew(List<byte[]> records) {
        List<byte[]> out = new ArrayList<>();
        for (byte[] record : records) {
            byte[] payload = TlsRecords.payload(record);
            int most = 1 + random.nextInt(random.nextBoolean() ? 8 : 300);
            boolean cut = TlsRecords.type(record) == TlsRecords.TYPE_HANDSHAKE && payload.length > 0;
            for (int at = 0; cut && at < payload.length; ) {
                int end = Math.min(payload.length, at + random.nextInt(most) + (random.nextInt(50) == 0 ? 0 : 1));
                out.add(TlsRecords.withPayload(record, Arrays.copyOfRange(payload, at, end)));
                at = end;
            }
            if (!cut) {
                out.add(record);
            }
        }
        return out;
    }

    /** Extensions are left out, repeated, emptied, damaged or moved, and all lengths around them are right. */
    private List<byte[]> withExtensionsDamaged(List<byte[]> records) {
        byte[] message = TlsRecords.payload(records.get(0));
        int start = extensionsAt(message);
        if (start < 0) {
            return withMessageDamaged(records);
        }
        List<byte[]> extensions = new ArrayList<>();
        for (int at = start + 2; at + 4 <= message.length; ) {
            int end = Math.min(message.length, at + 4 + TlsRecords.u16(message, at + 2));
            extensions.add(Arrays.copyOfRange(message, at, end));
            at = end;
        }
        if (extensions.isEmpty()) {
            return withMessageDamaged(records);
        }
        int which = random.nextInt(extensions.size());
        byte[] extension = extensions.get(which);
        byte[] content = Arrays.copyOfRange(extension, 4, extension.length);
        switch (random.nextInt(6)) {
            case 0 -> extensions.remove(which);
            case 1 -> extensions.add(random.nextInt(extensions.size()), extension);
            case 2 -> extensions.set(which, withContent(extension, new byte[0]));
            case 3 -> extensions.add(extensions.remove(which));
            default -> extensions.set(which, withContent(extension, damage.to(content)));
        }
        byte[] all = TlsRecords.join(extensions);
        byte[] changed = Arrays.copyOf(message, start + 2 + all.length);
        TlsRecords.putU16(changed, start, all.length);
        System.arraycopy(all, 0, changed, start + 2, all.length);
        putLength(changed);
        List<byte[]> out = new ArrayList<>(records);
        out.set(0, TlsRecords.withPayload(records.get(0), changed));
        return out;
    }

    private static byte[] withContent(byte[] extension, byte[] content) {
        byte[] changed = Arrays.copyOf(extension, 4 + content.length);
        TlsRecords.putU16(changed, 2, content.length);
        System.arraycopy(content, 0, changed, 4, content.length);
        return changed;
    }

    /** {@return where the length of the extensions of a whole ClientHello is, or -1 when this is none} */
    private static int extensionsAt(byte[] message) {
        int at = MESSAGE_HEADER_BYTES + 2 + 32;
        if (message.length <= at || message[0] != CLIENT_HELLO) {
            return -1;
        }
        at += 1 + (message[at] & 0xff);
        if (at + 2 > message.length) {
            return -1;
        }
        at += 2 + TlsRecords.u16(message, at);
        if (at + 1 > message.length) {
            return -1;
        }
        at += 1 + (message[at] & 0xff);
        return at + 2 > message.length ? -1 : at;
    }

    private static void putLength(byte[] message) {
        if (message.length >= MESSAGE_HEADER_BYTES) {
            message[1] = 0;
            TlsRecords.putU16(message, 2, message.length - MESSAGE_HEADER_BYTES);
        }
    }

    private int handshakeRecord(List<byte[]> records) {
        int number = random.nextInt(records.size());
        return TlsRecords.type(records.get(number)) == TlsRecords.TYPE_HANDSHAKE ? number : 0;
    }

    private List<byte[]> inPieces(byte[] bytes) {
        if (random.nextInt(3) > 0 || bytes.length < 2) {
            return List.of(bytes);
        }
        List<byte[]> pieces = new ArrayList<>();
        for (int at = 0; at < bytes.length; ) {
            int end = pieces.size() == 20
                    ? bytes.length
                    : Math.min(bytes.length, at + 1 + random.nextInt(random.nextBoolean() ? 8 : bytes.length));
            pieces.add(Arrays.copyOfRange(bytes, at, end));
            at = end;
        }
        return pieces;
    }
}
