package dev.sallyport.internal.hello;

import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Collects the message of one ClientHello out of the records in which it comes (RFC 8446 section 5.1). Each byte is looked
 * at once, whether it comes alone or with all others; of what has been looked at, only the message is kept, so records of
 * one byte cost no more than their bytes. What is wrong is found at the first byte that tells, and so does not depend on
 * how the bytes come. For one thread.
 */
public final class HelloCollector {
    /** The longest ClientHello taken, in bytes without its header of four: as much as BoringSSL takes. */
    public static final int MAX_BYTES = 16 * 1024;

    static final int CHANGE_CIPHER_SPEC = 20;
    static final int ALERT = 21;
    static final int APPLICATION_DATA = 23;
    static final int CLIENT_HELLO = 1;

    private static final int HANDSHAKE = 22;
    private static final int MESSAGE_HEADER = 4;
    private static final int RECORD_HEADER = 5;
    private static final int MAX_RECORD = 16 * 1024;
    private static final byte[] NOTHING = {};

    private final byte[] header = new byte[Math.max(RECORD_HEADER, Stranger.BYTES)]; // of the current record
    private int headerBytes;
    private int recordLeft;
    private int recordMinor = -1; // of the first record
    private byte[] message = NOTHING; // at most twice as long as what came of it
    private int length;
    private int whole = -1; // how long the message says it is, header included
    private int received;

    /** {@return how many bytes have come, those of records included} */
    public int received() {
        return received;
    }

    /**
     * Takes bytes up to the end of the ClientHello.
     *
     * @return whether it is complete; what is left in {@code bytes} has come behind it
     * @throws HelloRefusal when this is no ClientHello that anybody should answer
     */
    public boolean offer(ByteBuffer bytes) throws HelloRefusal {
        int before = bytes.remaining();
        try {
            while (bytes.hasRemaining()) {
                if (recordLeft == 0) {
                    takeHeader(bytes.get());
                } else if (length < MESSAGE_HEADER) {
                    takeMessageHeader(bytes.get());
                } else {
                    int count = Math.min(recordLeft, bytes.remaining()); // not beyond the message: that was checked
                    ensure(length + count);
                    bytes.get(message, length, count);
                    length += count;
                    recordLeft -= count;
                }
                if (length == whole) {
                    return true;
                }
            }
            return false;
        } finally {
            received += before - bytes.remaining();
        }
    }

    /**
     * {@return the ClientHello, which is complete}
     *
     * @throws HelloRefusal when it is malformed
     */
    public ReceivedHello hello(SocketAddress from) throws HelloRefusal {
        byte[] exact = message.length == length ? message : Arrays.copyOf(message, length);
        message = NOTHING;
        return new ReceivedHello(exact, recordMinor, from);
    }

    /**
     * No more comes.
     *
     * @throws HelloRefusal when what came was no TLS
     */
    public void ended() throws HelloRefusal {
        if (recordMinor < 0 && headerBytes > 0 && header[0] != HANDSHAKE) {
            check(Stranger.refusal(header, headerBytes, true));
        }
    }

    private static void check(@Nullable HelloRefusal refusal) throws HelloRefusal {
        if (refusal != null) {
            throw refusal;
        }
    }

    private void takeHeader(byte next) throws HelloRefusal {
        header[headerBytes++] = next;
        boolean first = recordMinor < 0;
        if (header[0] != HANDSHAKE) {
            if (first) {
                check(Stranger.refusal(header, headerBytes, false));
                return;
            }
            throw HelloRefusal.misbehaviour(
                    Alert.UNEXPECTED_MESSAGE, "the client hello is broken off by another kind of record");
        }
        if (headerBytes == 2 && next != 3) {
            int major = next & 0xff;
            throw first
                    ? HelloRefusal.notTls(Alert.PROTOCOL_VERSION, "not tls: the record version is " + major + ".x")
                    : HelloRefusal.misbehaviour(
                            Alert.PROTOCOL_VERSION, "a record of the client hello is of version " + major + ".x");
        }
        if (headerBytes == RECORD_HEADER) {
            beginRecord((header[3] & 0xff) << 8 | (next & 0xff));
        }
    }

    private void beginRecord(int size) throws HelloRefusal {
        if (size == 0) {
            throw HelloRefusal.misbehaviour(Alert.UNEXPECTED_MESSAGE, "a record of the client hello is empty");
        }
        if (size > MAX_RECORD) {
            throw HelloRefusal.misbehaviour(
                    Alert.RECORD_OVERFLOW, "a record of the client hello has " + size + " bytes");
        }
        if (recordMinor < 0) {
            recordMinor = header[2] & 0xff;
        }
        headerBytes = 0;
        recordLeft = size;
        checkNothingBehind();
    }

    private void takeMessageHeader(byte next) throws HelloRefusal {
        if (length == 0 && next != CLIENT_HELLO) {
            throw HelloRefusal.misbehaviour(
                    Alert.UNEXPECTED_MESSAGE,
                    "the first handshake message is of type " + (next & 0xff) + ", not a client hello");
        }
        ensure(length + 1);
        message[length++] = next;
        recordLeft--;
        if (length == MESSAGE_HEADER) {
            int size = (message[1] & 0xff) << 16 | (message[2] & 0xff) << 8 | (message[3] & 0xff);
            if (size > MAX_BYTES) {
                throw HelloRefusal.misbehaviour(
                        Alert.ILLEGAL_PARAMETER,
                        "the client hello has " + size + " bytes; at most " + MAX_BYTES + " are taken");
            }
            whole = MESSAGE_HEADER + size;
            checkNothingBehind();
        }
    }

    /** A message after which keys may change ends with its record (RFC 8446 section 5.1). */
    private void checkNothingBehind() throws HelloRefusal {
        if (whole >= 0 && recordLeft > whole - length) {
            throw HelloRefusal.misbehaviour(
                    Alert.UNEXPECTED_MESSAGE, "the record of the client hello goes on behind it");
        }
    }

    private void ensure(int needed) {
        if (needed > message.length) {
            int doubled = Math.max(needed, 2 * message.length);
            message = Arrays.copyOf(message, whole < 0 ? doubled : Math.min(doubled, whole));
        }
    }
}
