package dev.sallyport;

import java.io.Closeable;
import java.io.IOException;
import java.net.SocketOption;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * A TLS connection whose handshake is done: what a {@link SecureSocket} and a {@link RawSecureSocket} have in common, which
 * is all but the way to read and write bytes. {@link #handshake}, the addresses, {@link #session} and the counts can be read
 * after close, too.
 *
 * <p>Any thread may call any method; none blocks. Futures complete on {@link BindOptions#executor}.
 */
public sealed interface SecureConnection extends ConnectionInfo, Closeable permits SecureSocket, RawSecureSocket {
    // ---- what it is

    /** {@return the client's certificate, or null when it sent none} */
    default @Nullable X509Certificate peerCertificate() {
        List<X509Certificate> chain = peerCertificateChain();
        return chain.isEmpty() ? null : chain.get(0);
    }

    /** {@return the client's certificates, leaf first; empty when it sent none; unmodifiable} */
    default List<X509Certificate> peerCertificateChain() {
        return handshake().peerCertificateChain();
    }

    /** {@return the ALPN protocol agreed on (RFC 7301), or null} */
    default @Nullable String selectedProtocol() {
        return handshake().selectedProtocol();
    }

    /** {@return the host name the client asked for (RFC 6066 section 3), in lower case, or null} */
    default @Nullable String serverName() {
        return handshake().serverName();
    }

    /** {@return whether an earlier session was resumed} */
    default boolean resumed() {
        return handshake().resumed();
    }

    /** {@return what was negotiated, for code that expects the JDK's type} */
    SSLSession session();

    /**
     * Derives key material that both ends of this connection have in common and nobody else knows (RFC 5705, RFC 8446
     * section 7.5), for a protocol of yours: to bind a login to the connection, or to encrypt something else. Who the
     * peer is it does not say.
     *
     * <p>Only when the context was built with {@link SecurityContext.Builder#keyingMaterialExport}. Any thread, also after
     * close: the secret that it is derived from is kept as long as this object.
     *
     * @param label what it is for, as registered with IANA, or beginning with {@code EXPERIMENTAL}: ASCII, 1 to 249
     *     characters, and none of the labels of TLS itself
     * @param context mixed in, at most 65,535 bytes, which are not changed or kept; null for none, which is in TLS 1.3 the
     *     same as an empty one and in TLS 1.2 something else
     * @param length the number of bytes wanted, 1 to 8,160
     * @return that many bytes, the caller's own; the same for the same arguments
     * @throws SSLException when the client speaks TLS 1.2 without the extended master secret (RFC 7627 section 5.4), or the
     *     provider refuses
     * @throws IllegalArgumentException when an argument is outside its range
     * @throws IllegalStateException when the context was built without {@code keyingMaterialExport(true)}
     */
    byte[] exportKeyingMaterial(String label, byte @Nullable [] context, int length) throws SSLException;

    // ---- its settings

    /** {@return how long the peer may take nothing of what waits to be sent before the connection is reset; zero for ever} */
    Duration writeTimeout();

    /**
     * Sets {@link #writeTimeout()} for what is written from now on.
     *
     * @param timeout zero for none
     * @throws java.nio.channels.ClosedChannelException when the connection has ended
     * @throws IllegalArgumentException when it is negative
     */
    void setWriteTimeout(Duration timeout) throws IOException;

    /**
     * Sets an option of the TCP socket, such as {@link java.net.StandardSocketOptions#SO_KEEPALIVE}.
     *
     * @param option which; not SO_LINGER, SO_REUSEADDR or SO_REUSEPORT, which would change what is promised elsewhere
     * @param value what it is set to
     * @return this connection
     * @throws IllegalArgumentException when the option cannot be set, or not to this value
     * @throws UnsupportedOperationException when the transport does not have the option
     * @throws java.nio.channels.ClosedChannelException when the connection has ended
     */
    <T> SecureConnection setOption(SocketOption<T> option, T value) throws IOException;

    /**
     * {@return an option of the TCP socket}
     *
     * @param option which
     * @throws UnsupportedOperationException when the transport does not have the option
     * @throws java.nio.channels.ClosedChannelException when the connection has ended
     */
    <T> T getOption(SocketOption<T> option) throws IOException;

    // ---- what waits to be sent

    /** {@return how many bytes, encrypted, were taken from the writer and not yet by the operating system} */
    int queuedBytes();

    /**
     * {@return whether a write would be taken, in part at least, without waiting for the peer: what is queued is less than
     * {@link BindOptions#maxQueuedBytes}} A sender to many, which must not wait for a slow one, asks before it writes.
     */
    boolean hasRoom();

    // ---- ending

    /**
     * {@return whether the connection is there: this side has neither closed nor aborted it, and it has not gone} It is while
     * one direction is left; {@link #inputEnded()} and {@link #outputEnded()} tell which.
     */
    boolean isOpen();

    /** {@return whether nothing more can be read: the peer's end has been read, or this side or an error has ended reading} */
    boolean inputEnded();

    /** {@return whether nothing more can be written: this side has ended writing, or the connection has ended} */
    boolean outputEnded();

    /** Ends our direction: what was written is sent, then close_notify and FIN. Reading goes on. May be repeated. */
    void shutdownOutput();

    /** Ends reading: what the peer still sends is ignored. Writing goes on. May be repeated. */
    void shutdownInput();

    /**
     * Begins the orderly end, without waiting: what was written is sent, then close_notify and FIN. A peer that takes nothing
     * for 5 s is reset; one that has taken all and does not end its own direction for 5 s is left to the system. Reads and
     * writes fail from now on, those that wait with {@link java.nio.channels.AsynchronousCloseException}. May be repeated.
     */
    @Override
    void close();

    /** Ends the connection now, with a reset: what was written and not sent is lost. May be repeated. */
    void abort();

    /** {@return completes when the connection is gone: normally, or with the error that ended it} */
    CompletableFuture<Void> onClosed();

    /** {@return completes when the server begins to shut down: finish what you are doing} */
    CompletableFuture<Void> onDraining();
}
