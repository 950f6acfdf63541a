package dev.sallyport.internal.connection;

import dev.sallyport.HandshakeException.Reason;
import dev.sallyport.TruncatedStreamException;
import dev.sallyport.internal.resource.Scratch;
import dev.sallyport.internal.resource.ScratchPool;
import dev.sallyport.internal.tls.TlsDriver;
import dev.sallyport.internal.tls.TlsException;
import dev.sallyport.internal.wire.ClosableMemory;
import dev.sallyport.internal.wire.Wire;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The socket to records to plaintext. Nothing is received before somebody reads; what was received and not yet decrypted
 * stays in the scratch it came in, and no more is received before that is empty. With the connection's lock held, except
 * {@link #mayProgress}.
 */
final class ReadSide {
    private static final int RECORD_PLAINTEXT = 16 * 1024;

    private final Wire wire;
    private final TlsDriver driver;
    private final WriteSide answers;
    private boolean allowTruncation;
    private @Nullable Scratch received;
    private byte @Nullable [] hello; // until the handshake begins
    private boolean needsCiphertext; // the driver can do no more with what it was given
    private boolean lastReceiveWasFull; // with a record's worth or more, so that the next may be, too
    private boolean progress; // something was received since takeProgress
    private int lastReadRoom; // the room of the last read's buffer
    private boolean ended;
    private boolean truncated;
    private @Nullable TlsException postponed; // found behind plaintext that was delivered first
    private @Nullable Scratch undelivered; // plaintext that the buffer it was read for did not take
    private volatile boolean drained;

    ReadSide(Wire wire, TlsDriver driver, WriteSide answers, boolean allowTruncation, byte[] hello) {
        this.wire = wire;
        this.driver = driver;
        this.answers = answers;
        this.allowTruncation = allowTruncation;
        this.hello = hello;
    }

    void allowTruncation(boolean allow) {
        allowTruncation = allow;
    }

    /** {@return whether a read that gave 0 before might give something now} Any thread. */
    boolean mayProgress() {
        return !drained || wire.readReady();
    }

    /** {@return whether the peer has said that it sends no more, or has gone} */
    boolean ended() {
        return (ended || truncated) && undelivered == null;
    }

    /** {@return whether anything has been received since this was asked last} */
    boolean takeProgress() {
        boolean received = progress;
        progress = false;
        return received;
    }

    /** {@return plaintext that is there without receiving} */
    int available() {
        Scratch waiting = undelivered;
        return waiting == null ? driver.available() : waiting.remaining() + driver.available();
    }

    /** Carries the handshake as far as what can be received allows. */
    TlsDriver.Progress handshake() throws IOException {
        try {
            for (; ; ) {
                if (hello != null) {
                    take(hello.length > ScratchPool.RECORD_BYTES ? ScratchPool.BULK : ScratchPool.RECORD)
                            .fill(hello);
                    hello = null;
                }
                Scratch input = received == null ? take(ScratchPool.RECORD) : received;
                TlsDriver.Progress progress = driver.handshake(input, answers);
                answers.flush();
                drained(progress == TlsDriver.Progress.WANT_INPUT);
                if (!drained) {
                    if (progress == TlsDriver.Progress.DONE) {
                        driver.giveTickets(answers);
                        answers.hold();
                    }
                    return progress;
                }
                int count = wire.readReady() ? receive() : 0;
                if (count == 0) {
                    return TlsDriver.Progress.WANT_INPUT;
                }
                if (count < 0) {
                    throw new EOFException("the peer closed the connection during the handshake");
                }
            }
        } catch (TlsException failure) {
            answers.flushAlert(failure);
            throw failure;
        } finally {
            tidy();
        }
    }

    /**
     * Decrypts into {@code dst} what one receive gives, or two if the first was cut off by a buffer for one record: bytes, 0
     * when nothing is there, -1 at the end.
     */
    int read(ByteBuffer dst) throws IOException {
        return undelivered != null || ClosableMemory.isViewedBy(dst) ? readByCopy(dst) : readDirectly(dst);
    }

    /** The driver never sees {@code dst}: should its memory be gone, what was decrypted waits for the next read. */
    private int readByCopy(ByteBuffer dst) throws IOException {
        Scratch plain = undelivered;
        if (!dst.hasRemaining()) {
            return plain == null ? readDirectly(dst) : 0;
        }
        if (plain == null) {
            ClosableMemory.check(dst); // before anything is received for it
            plain = readAhead(dst.remaining());
            if (plain == null) {
                return ended ? -1 : 0;
            }
            undelivered = plain;
            drained(false);
        }
        int count = Math.min(plain.remaining(), dst.remaining());
        ClosableMemory.copy(plain.bytes.slice(plain.bytes.position(), count), dst);
        plain.taken(count);
        if (plain.remaining() == 0) {
            giveUndeliveredBack();
        }
        return count;
    }

    private @Nullable Scratch readAhead(int wanted) throws IOException {
        Scratch plain = (wanted > RECORD_PLAINTEXT ? ScratchPool.BULK : ScratchPool.RECORD).take();
        int count = 0;
        try {
            count = readDirectly(plain.bytes.limit(Math.min(wanted, plain.capacity())));
        } finally {
            plain.bytes.flip();
            if (count <= 0) {
                ScratchPool.giveBack(plain);
            }
        }
        return count > 0 ? plain : null;
    }

    private int readDirectly(ByteBuffer dst) throws IOException {
        if (foundEnd()) {
            return -1;
        }
        if (!dst.hasRemaining()) {
            return 0; // and nothing was looked at
        }
        lastReadRoom = dst.remaining();
        int total = 0;
        boolean mayReceiveTwice = true; // and no more, or who sends little at a time would keep this going
        try {
            while (dst.hasRemaining()) {
                int count = needsCiphertext() ? 0 : driver.read(received, dst, answers);
                if (count > 0) {
                    total += count;
                } else if (count == TlsDriver.ENDED) {
                    ended = true;
                    break;
                } else {
                    needsCiphertext = true;
                    boolean enough = total > 0 && !(mayReceiveTwice && lastReceiveWasFull && total <= RECORD_PLAINTEXT);
                    mayReceiveTwice = total == 0;
                    if (enough || !receiveMore(dst.remaining())) {
                        break;
                    }
                }
            }
            drained(!ended && needsCiphertext());
            if (total == 0 || !answers.holds()) { // else with what may be written next
                answers.flush();
            }
            return total == 0 && ended ? -1 : total;
        } catch (TlsException failure) {
            answers.flushAlert(failure);
            if (total == 0) {
                throw failure;
            }
            postponed = failure;
            drained(false);
            return total;
        } finally {
            tidy();
        }
    }

    /** Makes sure that plaintext is there if any can be had: returns how much, or -1 at the end. */
    int decrypt() throws IOException {
        if (undelivered != null) {
            return available();
        }
        if (foundEnd()) {
            return -1;
        }
        try {
            for (; ; ) {
                int available = needsCiphertext() ? 0 : driver.decrypt(received, answers);
                if (available == TlsDriver.ENDED) {
                    ended = true;
                }
                needsCiphertext = available == 0;
                if (available != 0 || !receiveMore(lastReceiveWasFull ? lastReadRoom : RECORD_PLAINTEXT)) {
                    drained(available == 0);
                    answers.flush();
                    return ended ? -1 : available;
                }
            }
        } catch (TlsException failure) {
            answers.flushAlert(failure);
            throw failure;
        } finally {
            tidy();
        }
    }

    /** {@return whether the end was found before; a bad end is thrown} Touches nothing that may be gone by now. */
    private boolean foundEnd() throws IOException {
        if (truncated) {
            throw truncation();
        }
        if (postponed != null) {
            throw postponed;
        }
        return ended;
    }

    /** {@return whether there is something to decrypt now, or the end was found} */
    private boolean receiveMore(int wanted) throws IOException {
        if (answers.overflows()) {
            throw new TlsException(
                    Reason.PEER_MISBEHAVED, "the client asks for ever more answers and does not read them");
        }
        if (!wire.readReady()) { // an event will say so when there is
            return false;
        }
        if (wanted > RECORD_PLAINTEXT) {
            takeBulk();
        }
        int count = receive();
        if (count >= 0) {
            return count > 0;
        }
        if (!allowTruncation) {
            truncated = true;
            drained(false); // the end can be asked for again
            throw truncation();
        }
        ended = true;
        return false;
    }

    /** {@return whether the driver has nothing to give before more is received} Asking it would cost as much as a record. */
    private boolean needsCiphertext() {
        return needsCiphertext || ((received == null || received.remaining() == 0) && driver.available() == 0);
    }

    private void drained(boolean now) {
        if (drained != now) {
            drained = now;
        }
    }

    private static TruncatedStreamException truncation() {
        return new TruncatedStreamException(
                "the peer closed the connection without close_notify: what it sent may be incomplete");
    }

    private Scratch take(ScratchPool pool) {
        Scratch scratch = pool.take();
        received = scratch;
        return scratch;
    }

    private void takeBulk() {
        Scratch small = received;
        if (small == null) {
            take(ScratchPool.BULK);
        } else if (small.capacity() < ScratchPool.BULK_BYTES) {
            take(ScratchPool.BULK).fill(small.bytes);
            ScratchPool.giveBack(small);
        }
    }

    private int receive() throws IOException {
        Scratch into = received == null ? take(ScratchPool.RECORD) : received;
        into.compact();
        int count = wire.receive(into, into.room());
        if (count > 0) {
            needsCiphertext = false;
            progress = true;
        }
        lastReceiveWasFull = count > 0 && into.remaining() >= RECORD_PLAINTEXT;
        return count;
    }

    /** Receives and throws away, for a connection that is closing: returns false at the end. */
    boolean discard(int rounds) throws IOException {
        release();
        return wire.discard(rounds);
    }

    private void tidy() {
        if (received != null && received.remaining() == 0) {
            release();
        }
    }

    /** Gives the buffers back. */
    void release() {
        giveUndeliveredBack();
        if (received != null) {
            ScratchPool.giveBack(received);
            received = null;
        }
    }

    private void giveUndeliveredBack() {
        if (undelivered != null) {
            ScratchPool.giveBack(undelivered);
            undelivered = null;
        }
    }
}
