package dev.sallyport.internal.connection;

import dev.sallyport.internal.resource.Scratch;
import dev.sallyport.internal.resource.ScratchPool;
import dev.sallyport.internal.tls.RecordSink;
import dev.sallyport.internal.tls.TlsDriver;
import dev.sallyport.internal.tls.TlsException;
import dev.sallyport.internal.wire.ClosableMemory;
import dev.sallyport.internal.wire.Wire;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Plaintext to records to the socket, and the queue of records that the kernel has not taken yet. All ciphertext of a
 * connection goes through the tail of this queue, also what reading produces, so that records reach the peer in the order
 * in which they were sealed. With the connection's lock held, except {@link #queuedBytes}.
 */
final class WriteSide implements RecordSink {
    private static final int RECORD_PLAINTEXT = 16 * 1024;
    private static final int RECORDS_A_WRITE = 4; // what one BULK scratch holds, and the longest the lock is held

    /** What reading may add to what a writer leaves in the queue: thousands of answers to KeyUpdates. */
    private static final int MAX_ANSWER_BYTES = 128 * 1024;

    private final Wire wire;
    private final TlsDriver driver;
    private volatile int maxQueuedBytes;
    private @Nullable Scratch tail; // the newest buffer; those before it are in older
    private @Nullable ArrayDeque<Scratch> older;
    private volatile int queuedBytes;
    private boolean held; // what waits has not been offered to the kernel, and will be in the loop's next turn
    private boolean progress; // since takeProgress
    private int wantedBytes = ScratchPool.RECORD_BYTES;

    WriteSide(Wire wire, TlsDriver driver, int maxQueuedBytes) {
        this.wire = wire;
        this.driver = driver;
        this.maxQueuedBytes = maxQueuedBytes;
    }

    void maxQueuedBytes(int bytes) {
        maxQueuedBytes = bytes;
    }

    /** {@return how much sealed ciphertext waits for the kernel} Any thread. */
    int queuedBytes() {
        return queuedBytes;
    }

    /** {@return whether more waits than writing alone could have left} What this read has added is in no flush yet. */
    boolean overflows() {
        return waitingBytes() - ScratchPool.BULK_BYTES - MAX_ANSWER_BYTES > maxQueuedBytes;
    }

    /** {@return whether {@link #write} would take something} Any thread. */
    boolean hasRoom() {
        return queuedBytes < maxQueuedBytes;
    }

    /** Seals up to 64 KiB of {@code src} and sends what the kernel takes; returns the bytes sealed, 0 without room. */
    int write(ByteBuffer src) throws IOException {
        return ClosableMemory.isViewedBy(src) ? writeCopy(src) : writeDirectly(src);
    }

    /** The driver never sees {@code src}: should its memory be gone, nothing has been sealed. */
    private int writeCopy(ByteBuffer src) throws IOException {
        ClosableMemory.check(src); // fails alike with and without room
        if (!hasRoom()) {
            return 0;
        }
        int count = Math.min(src.remaining(), RECORDS_A_WRITE * RECORD_PLAINTEXT);
        Scratch plain = (count > RECORD_PLAINTEXT ? ScratchPool.BULK : ScratchPool.RECORD).take();
        try {
            ClosableMemory.copy(src.slice(src.position(), count), plain.bytes.clear());
            int taken = writeDirectly(plain.bytes.flip());
            src.position(src.position() + taken);
            return taken;
        } finally {
            ScratchPool.giveBack(plain);
        }
    }

    private int writeDirectly(ByteBuffer src) throws IOException {
        if (!hasRoom()) {
            return 0;
        }
        int taken = 0;
        if (src.remaining() > RECORD_PLAINTEXT) {
            wantedBytes = ScratchPool.BULK_BYTES;
        }
        try {
            for (int record = 0; record < RECORDS_A_WRITE && src.hasRemaining(); record++) {
                taken += driver.write(src, this);
            }
        } finally {
            wantedBytes = ScratchPool.RECORD_BYTES;
        }
        flush();
        return taken;
    }

    void closeNotify() {
        driver.closeNotify(this);
    }

    /** Leaves what waits to the next flush: in one send with what is written until then. The caller sees to that flush. */
    void hold() {
        held = tail != null;
        count();
    }

    /** {@return whether something is held} */
    boolean holds() {
        return held;
    }

    /** {@return whether the kernel has taken anything since this was asked last} */
    boolean takeProgress() {
        boolean taken = progress;
        progress = false;
        return taken;
    }

    /** Sends until the queue is empty or the kernel takes no more. */
    void flush() throws IOException {
        held = false;
        try {
            for (Scratch head = head(); head != null; head = head()) {
                if (head.remaining() > 0) {
                    progress |= wire.send(head) > 0;
                    if (head.remaining() > 0) {
                        break;
                    }
                }
                dropHead(head);
            }
            gather();
        } finally {
            count(); // what a failure leaves behind was not sent
        }
        if (queuedBytes > 0 && wire.writeReady()) {
            wire.tellWritableAgain(); // the loop was told of room before it could see that something waits for it
        }
    }

    /** A driver that wants room for a whole record whatever it seals would leave a buffer behind for each byte written. */
    private void gather() {
        Scratch newest = tail;
        ArrayDeque<Scratch> waiting = older;
        Scratch before = waiting == null ? null : waiting.peekLast();
        if (waiting != null && newest != null && before != null && before.room() >= newest.remaining()) {
            int count = newest.remaining();
            int end = before.bytes.limit();
            before.bytes.duplicate().limit(end + count).position(end).put(newest.bytes);
            before.appended(count);
            ScratchPool.giveBack(newest);
            tail = waiting.pollLast();
        }
    }

    /** Gives all buffers back. */
    void release() {
        for (Scratch head = head(); head != null; head = head()) {
            dropHead(head);
        }
        queuedBytes = 0;
    }

    @Override
    public Scratch room(int bytes) {
        Scratch current = tail;
        if (current != null) {
            if (current.room() >= bytes) {
                return current;
            }
        }
        boolean bulk = Math.max(bytes, wantedBytes) > ScratchPool.RECORD_BYTES;
        Scratch fresh =
                (bulk ? ScratchPool.BULK : ScratchPool.RECORD).take(); // which may fail: nothing has changed yet
        if (current != null) {
            if (older == null) {
                older = new ArrayDeque<>();
            }
            older.add(current);
        }
        tail = fresh;
        return fresh;
    }

    private @Nullable Scratch head() {
        return older == null || older.isEmpty() ? tail : older.peek();
    }

    private void dropHead(Scratch head) {
        if (head == tail) {
            tail = null;
        } else if (older != null) {
            older.remove();
        }
        ScratchPool.giveBack(head);
    }

    private void count() {
        int bytes = waitingBytes();
        if (queuedBytes != bytes) {
            queuedBytes = bytes;
        }
    }

    private int waitingBytes() {
        int bytes = tail == null ? 0 : tail.remaining();
        if (older != null) {
            for (Scratch scratch : older) {
                bytes += scratch.remaining();
            }
        }
        return bytes;
    }

    /** Sends what a failing driver has left, as far as the kernel takes it at once. */
    void flushAlert(TlsException failure) {
        try {
            flush();
        } catch (IOException gone) {
            failure.addSuppressed(gone);
        }
    }
}
