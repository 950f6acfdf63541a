package dev.sallyport.internal.tls;

import dev.sallyport.internal.resource.Scratch;
import java.nio.ByteBuffer;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * One TLS connection of one implementation: turns ciphertext into plaintext and back, and touches no socket. Every method
 * is called with the connection's lock held and after {@link #free} none is, with one exception: the task of
 * {@link #takeTask} runs without the lock, and {@code free} waits for {@link #taskDone}.
 *
 * <p>Ciphertext comes in through a {@link Scratch} whose content the driver takes as far as it can; what it leaves there
 * stays the connection's, to be offered again together with what is received next. A driver may itself keep the plaintext
 * of one record. Ciphertext goes out through a {@link RecordSink}: also by calls that read, which may owe an alert or a
 * post-handshake message.
 */
public interface TlsDriver {
    /** What a handshake needs to go on. */
    enum Progress {
        /** More of the peer's bytes; all that was offered has been looked at. */
        WANT_INPUT,
        /** That {@link TlsDriver#takeTask} is run, and then another call. */
        WANT_TASK,
        /** Nothing: it is done. */
        DONE
    }

    /** {@link #read} and {@link #decrypt}: the peer has said that it sends no more (close_notify). */
    int ENDED = -1;

    /**
     * Carries the handshake as far as the input allows.
     *
     * @throws TlsException when it has failed; the alert to send, if there is one, is in {@code out}
     */
    Progress handshake(Scratch in, RecordSink out) throws TlsException;

    /** {@return the work that {@link Progress#WANT_TASK} announced: run once, without the lock, then {@link #taskDone}} */
    Runnable takeTask();

    /** The task has been run: with the lock held. Frees what {@link #free} had to leave. */
    void taskDone();

    /** Seals the tickets that the client may resume with, if the handshake has not. Once, after {@link Progress#DONE}. */
    void giveTickets(RecordSink out) throws TlsException;

    /** {@return what was negotiated; after {@link Progress#DONE}} */
    TlsSession session() throws SSLException;

    /**
     * Decrypts into {@code dst}, heap or direct, from at most one record.
     *
     * @return the bytes put there; 0 when more ciphertext is needed; {@link #ENDED}
     */
    int read(@Nullable Scratch in, ByteBuffer dst, RecordSink out) throws TlsException;

    /** Decrypts at most one record and keeps it, so that {@link #available} tells; returns that, or {@link #ENDED}. */
    int decrypt(@Nullable Scratch in, RecordSink out) throws TlsException;

    /** {@return how many decrypted bytes are kept} */
    int available();

    /** Encrypts one record of at most 16 KiB from {@code src}, heap or direct; returns the bytes taken. */
    int write(ByteBuffer src, RecordSink out) throws TlsException;

    /** Ends our direction: close_notify. Once, after the handshake. */
    void closeNotify(RecordSink out);

    /** {@return whether this TLS cannot send any more because the peer has ended its direction} */
    boolean outboundClosedByPeer();

    /** Gives back all that is native. Once; the driver is dead afterwards. */
    void free();
}
