package dev.sallyport.testkit;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * Does one thing to a stream of TLS records on its way, such as an attacker between the two ends could: it is chosen, with
 * the record that it is done to, by a seed. For one thread at a time.
 */
public final class RecordDamage {
    /** How the stream ends. */
    public enum End {
        /** When its sender ends it. */
        OF_ITSELF,
        /** With a FIN after the damage. */
        FIN,
        /** With a reset after the damage. */
        RESET
    }

    private enum Kind {
        NOTHING,
        DROP,
        DUPLICATE,
        FLIP_BIT,
        FLIP_BIT_OF_HEADER,
        CHANGE_LENGTH,
        CHANGE_TYPE,
        CHANGE_VERSION,
        SHORTEN,
        LENGTHEN,
        CUT_OFF,
        SWAP,
        SPLIT,
        REPLAY,
        INSERT_ALERT,
        INSERT_CCS,
        INSERT_HANDSHAKE,
        INSERT_DATA,
        INSERT_NOTHING,
        INSERT_BYTES,
        FIN,
        RESET
    }

    private static final int RECORDS = 8;
    private static final int HANDSHAKE_RECORDS = 4;
    private static final int[] TYPES = {20, 21, 22, 23, 24, 0, 128, 255};
    private static final int[] VERSIONS = {0x0300, 0x0301, 0x0304, 0x0002, 0x0500, 0xffff};
    private static final byte[] ALERT_LEVELS = {1, 2, 0, 3};
    private static final byte[] ALERTS = {0, 0, 90, 100, 10, 40, 80, (byte) 255};
    private static final byte[] MESSAGES = {0, 1, 2, 4, 5, 8, 11, 13, 14, 15, 16, 20, 24, 67, (byte) 254};

    private final Random random;
    private final Kind kind;
    private final int target;
    private final List<byte[]> seen = new ArrayList<>();
    private byte @Nullable [] held;
    private boolean done;

    /** A damage of one of the first eight records. */
    public RecordDamage(long seed) {
        this(new Random(seed), RECORDS);
    }

    /** A damage of one of the first of a stream. */
    RecordDamage(Random random, int records) {
        this.random = random;
        this.kind = Kind.values()[random.nextInt(Kind.values().length)];
        // half of them in the handshake
        this.target = random.nextInt(random.nextBoolean() ? records : Math.min(records, HANDSHAKE_RECORDS));
    }

    private RecordDamage(Kind kind) {
        this.random = new Random(0);
        this.kind = kind;
        this.target = 0;
    }

    /** {@return one that leaves everything as it is} */
    public static RecordDamage none() {
        return new RecordDamage(Kind.NOTHING);
    }

    /** {@return what goes on in the place of the stream's next record} */
    public List<byte[]> pass(byte[] record) {
        int number = seen.size();
        seen.add(record.clone());
        byte[] before = held;
        if (before != null) {
            held = null;
            return List.of(record, before);
        }
        if (number != target || kind == Kind.NOTHING) {
            return List.of(record);
        }
        done = true;
        return damaged(record);
    }

    /** {@return what goes on after the last record} */
    public List<byte[]> rest() {
        byte[] last = held;
        held = null;
        return last == null ? List.of() : List.of(last);
    }

    /** {@return how the stream ends, asked after each record} */
    public End end() {
        if (!done) {
            return End.OF_ITSELF;
        }
        return kind == Kind.FIN ? End.FIN : kind == Kind.RESET ? End.RESET : End.OF_ITSELF;
    }

    /** {@return whether something was done} */
    public boolean done() {
        return done;
    }

    /** {@return the records as they came, before the damage} */
    public List<byte[]> seen() {
        return List.copyOf(seen);
    }

    private List<byte[]> damaged(byte[] record) {
        int at = random.nextInt(record.length);
        return switch (kind) {
            case NOTHING, FIN, RESET -> List.of(record);
            case DROP -> List.of();
            case DUPLICATE -> List.of(record, record);
            case FLIP_BIT -> List.of(flipped(record, at));
            case FLIP_BIT_OF_HEADER -> List.of(flipped(record, at % TlsRecords.HEADER_BYTES));
            case CHANGE_LENGTH -> {
                byte[] changed = Arrays.copyOf(record, Math.max(record.length, TlsRecords.HEADER_BYTES));
                TlsRecords.putU16(changed, 3, random.nextInt(random.nextBoolean() ? 64 : 0x10000));
                yield List.of(changed);
            }
            case CHANGE_TYPE -> {
                byte[] changed = record.clone();
                changed[0] = (byte) TYPES[random.nextInt(TYPES.length)];
                yield List.of(changed);
            }
            case CHANGE_VERSION ->
                List.of(TlsRecords.record(
                        record[0], VERSIONS[random.nextInt(VERSIONS.length)], TlsRecords.payload(record)));
            case SHORTEN ->
                List.of(TlsRecords.withPayload(
                        record, Arrays.copyOf(TlsRecords.payload(record), Math.max(0, at - TlsRecords.HEADER_BYTES))));
            case LENGTHEN -> {
                byte[] payload = TlsRecords.payload(record);
                yield List.of(TlsRecords.withPayload(
                        record, Arrays.copyOf(payload, payload.length + 1 + random.nextInt(300))));
            }
            case CUT_OFF -> List.of(Arrays.copyOf(record, at));
            case SWAP -> {
                held = record;
                yield List.of();
            }
            case SPLIT -> {
                byte[] payload = TlsRecords.payload(record);
                int cut = random.nextInt(payload.length + 1);
                yield List.of(
                        TlsRecords.withPayload(record, Arrays.copyOf(payload, cut)),
                        TlsRecords.withPayload(record, Arrays.copyOfRange(payload, cut, payload.length)));
            }
            case REPLAY -> List.of(record, seen.get(random.nextInt(seen.size())));
            case INSERT_ALERT ->
                inserted(TlsRecords.TYPE_ALERT, new byte[] {oneOf(ALERT_LEVELS), oneOf(ALERTS)}, record);
            case INSERT_CCS ->
                inserted(TlsRecords.TYPE_CCS, new byte[] {(byte) (random.nextInt(3) == 0 ? at : 1)}, record);
            case INSERT_HANDSHAKE -> {
                byte[] message = new byte[4 + random.nextInt(200)];
                random.nextBytes(message);
                message[0] = oneOf(MESSAGES);
                message[1] = 0;
                TlsRecords.putU16(message, 2, random.nextBoolean() ? message.length - 4 : random.nextInt(0x10000));
                yield inserted(TlsRecords.TYPE_HANDSHAKE, message, record);
            }
            case INSERT_DATA -> inserted(TlsRecords.TYPE_DATA, randomBytes(random.nextInt(200)), record);
            case INSERT_NOTHING -> {
                List<byte[]> out = new ArrayList<>();
                for (int count = 1 + random.nextInt(40); count > 0; count--) {
                    out.add(TlsRecords.record(TlsRecords.TYPE_CCS + at % 4, TlsRecords.TLS_1_2, new byte[0]));
                }
                out.add(record);
                yield out;
            }
            case INSERT_BYTES -> List.of(randomBytes(1 + random.nextInt(20)), record);
        };
    }

    private static List<byte[]> inserted(int type, byte[] payload, byte[] before) {
        return List.of(TlsRecords.record(type, TlsRecords.TLS_1_2, payload), before);
    }

    private byte[] flipped(byte[] record, int at) {
        byte[] flipped = record.clone();
        flipped[Math.min(at, record.length - 1)] ^= (byte) (1 << random.nextInt(8));
        return flipped;
    }

    private byte oneOf(byte[] choice) {
        return choice[random.nextInt(choice.length)];
    }

    private byte[] randomBytes(int count) {
        byte[] bytes = new byte[count];
        random.nextBytes(bytes);
        return bytes;
    }

    @Override
    public String toString() {
        return kind + " at record " + target;
    }
}
