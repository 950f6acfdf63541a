package dev.sallyport.testkit;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/**
 * A connection of {@link JdkTlsClient}, with the ways of ending that a well-behaved socket does not offer.
 *
 * <p>One thread may read while another one writes. Every read gives up with a {@link SocketTimeoutException} after the
 * client's deadline.
 */
public final class TlsConnection implements AutoCloseable {
    private final SSLSocket secure;
    private final WatchedSocket plain;
    private final Duration deadline;

    TlsConnection(SSLSocket secure, WatchedSocket plain, Duration deadline) {
        this.secure = secure;
        this.plain = plain;
        this.deadline = deadline;
    }

    /** {@return the TLS socket} */
    public SSLSocket socket() {
        return secure;
    }

    /** {@return what the server sends, decrypted; a FIN without close_notify looks like any other end here} */
    public InputStream in() throws IOException {
        return secure.getInputStream();
    }

    /** {@return what goes to the server} */
    public OutputStream out() throws IOException {
        return secure.getOutputStream();
    }

    /** {@return the session} */
    public SSLSession session() {
        return secure.getSession();
    }

    /** {@return the version, such as {@code "TLSv1.3"}} */
    public String protocol() {
        return session().getProtocol();
    }

    /** {@return the application protocol agreed on (ALPN), or null} */
    public @Nullable String selectedProtocol() {
        String protocol = secure.getApplicationProtocol();
        return protocol == null || protocol.isEmpty() ? null : protocol;
    }

    /** {@return the server's own certificate} */
    public X509Certificate peerCertificate() throws SSLPeerUnverifiedException {
        return (X509Certificate) session().getPeerCertificates()[0];
    }

    /** Sends these bytes. */
    public void send(byte[] bytes) throws IOException {
        out().write(bytes);
        out().flush();
    }

    /** Sends this text in UTF-8. */
    public void send(String text) throws IOException {
        send(text.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Reads exactly this many bytes.
     *
     * @throws EOFException when the stream ends first
     * @throws SocketTimeoutException when they have not all come within the deadline
     */
    public byte[] receive(int count) throws IOException {
        long end = System.nanoTime() + deadline.toNanos();
        byte[] bytes = new byte[count];
        int done = 0;
        try {
            while (done < count) {
                long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
                if (left <= 0) {
                    throw new SocketTimeoutException(
                            "got " + done + " of " + count + " bytes within " + Awaiting.inWords(deadline));
                }
                secure.setSoTimeout(Math.toIntExact(left));
                int n = in().read(bytes, done, count - done);
                if (n < 0) {
                    throw new EOFException("ended after " + done + " of " + count + " bytes");
                }
                done += n;
            }
            return bytes;
        } finally {
            if (!secure.isClosed()) {
                secure.setSoTimeout(Math.toIntExact(deadline.toMillis()));
            }
        }
    }

    /**
     * Reads to the end, which must be a close_notify.
     *
     * @throws EOFException when the server ended without close_notify
     */
    public byte[] receiveAll() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        in().transferTo(bytes);
        if (!endedWithCloseNotify()) {
            throw new EOFException("the server ended without close_notify after " + bytes.size() + " bytes");
        }
        return bytes.toByteArray();
    }

    /** {@return whether it was a close_notify that ended the stream; meaningful once a read has returned -1} */
    public boolean endedWithCloseNotify() {
        return !plain.finRead();
    }

    /** Sends close_notify and FIN; reading goes on. */
    public void shutdownOutput() throws IOException {
        secure.shutdownOutput();
    }

    /** Sends close_notify and no FIN, as other TLS libraries do for a half close; reading goes on. */
    public void sendCloseNotify() throws IOException {
        plain.holdBackFin();
        secure.shutdownOutput();
    }

    /** Sends FIN with no close_notify before it, as a process does that dies; reading goes on. */
    public void closeWithoutNotify() throws IOException {
        plain.shutdownOutput();
    }

    /** Sends RST, now. */
    public void reset() throws IOException {
        plain.setSoLinger(true, 0);
        plain.close();
    }

    /** Closes in order, unless the connection was ended some other way before. */
    @Override
    public void close() throws IOException {
        if (plain.isClosed() || plain.isOutputShutdown()) {
            plain.close();
        } else {
            secure.close();
        }
    }
}
