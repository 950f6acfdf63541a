package dev.sallyport.internal.tls.jsse;

import dev.sallyport.HandshakeException.Reason;
import dev.sallyport.TlsVersion;
import dev.sallyport.internal.tls.FailureReasons;
import dev.sallyport.internal.tls.TlsException;
import java.nio.ByteBuffer;
import javax.net.ssl.SSLEngineResult;
import org.jspecify.annotations.Nullable;

/** Refuses the records of one client that the JDK's engine would take, pass over, or wait for without end. */
final class JsseRecordCheck {
    private static final int HEADER_BYTES = 5;
    private static final int ALERT_RECORD = 21;
    private static final int HANDSHAKE_RECORD = 22;
    private static final int DATA_RECORD = 23;

    /** The largest record of any suite here; the engine itself would wait for one of 33,093 bytes. */
    private static final int MAX_RECORD_BYTES = 16_709;

    /** What such a record may hold at most; the engine would give out more. */
    private static final int MAX_PLAINTEXT_BYTES = 16 * 1024;

    /** Records without data that a client may send in a row, each of which is work; BoringSSL's limit, too. */
    private static final int MAX_EMPTY_RECORDS = 32;

    /** Records of a handshake, among which the engine passes over any number of warnings; a hello may come in many. */
    private static final int MAX_HANDSHAKE_RECORDS = 4096;

    /** A record without data counts once more for each so many bytes: the engine takes all messages that are in one. */
    private static final int EMPTY_RECORD_BYTES = 256;

    private @Nullable TlsVersion established;
    private int emptyRecords;
    private int handshakeRecords;

    /** The handshake is done. */
    void established(TlsVersion version) {
        established = version;
    }

    boolean isEstablished() {
        return established != null;
    }

    /** The next record goes to the engine, of which the header may be there, during the handshake. */
    void beforeHandshake(ByteBuffer record) throws TlsException {
        before(record);
        if (handshakeRecords > MAX_HANDSHAKE_RECORDS) {
            throw refusal("more than " + MAX_HANDSHAKE_RECORDS + " records in a handshake");
        }
    }

    /** The engine has taken a record of the handshake. */
    void afterHandshake() {
        handshakeRecords++;
    }

    /** The next record goes to the engine, of which the header may be there: what it already says. */
    void before(ByteBuffer record) throws TlsException {
        if (record.remaining() < HEADER_BYTES) {
            return;
        }
        int start = record.position();
        int bytes = HEADER_BYTES + (record.getShort(start + 3) & 0xFFFF);
        if (bytes > MAX_RECORD_BYTES && record.get(start + 1) == 3) {
            throw refusal("a record of " + bytes + " bytes, at most " + MAX_RECORD_BYTES + " are allowed");
        }
        int major = record.get(start + 1) & 0xFF;
        if (handshakeRecords > 0 && major != 3) {
            throw refusal("a record of version " + major + ".x"); // the engine would wait for the rest of anything
        }
        if (established != null) {
            checkEstablished(established, record.get(start));
        } else if (record.get(start) == HANDSHAKE_RECORD && bytes == HEADER_BYTES) {
            throw refusal("a handshake record without content"); // the engine would wait for ever more of them
        }
    }

    /** The engine would pass over a ChangeCipherSpec. */
    private static void checkEstablished(TlsVersion version, int type) throws TlsException {
        if (version == TlsVersion.TLS_1_2 && type == HANDSHAKE_RECORD) {
            throw refusal("renegotiation is not allowed"); // there is nothing else it could be for now
        }
        if (type != DATA_RECORD && (version != TlsVersion.TLS_1_2 || type != ALERT_RECORD)) {
            throw refusal("a record of type " + (type & 0xFF) + ", which has no place after the handshake");
        }
    }

    /** The engine has taken a record of an established connection. {@return the data in it, in bytes} */
    int after(SSLEngineResult result) throws TlsException {
        if (result.bytesProduced() > MAX_PLAINTEXT_BYTES) {
            throw refusal("a record with " + result.bytesProduced() + " bytes of data");
        }
        if (result.bytesProduced() > 0) {
            emptyRecords = 0;
            return result.bytesProduced();
        }
        emptyRecords += 1 + result.bytesConsumed() / EMPTY_RECORD_BYTES;
        if (emptyRecords > MAX_EMPTY_RECORDS) {
            throw refusal("more than " + MAX_EMPTY_RECORDS + " records without data in a row");
        }
        return 0;
    }

    /** {@return a refusal on our account} */
    static TlsException refusal(String why) {
        return new TlsException(Reason.PEER_MISBEHAVED, FailureReasons.problem(Reason.PEER_MISBEHAVED, why));
    }
}
