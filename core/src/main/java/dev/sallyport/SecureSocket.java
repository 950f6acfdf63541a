package dev.sallyport;

import dev.sallyport.internal.options.OptionCheck;
import dev.sallyport.internal.stream.IncomingPublisher;
import dev.sallyport.internal.stream.PublisherWriter;
import dev.sallyport.internal.stream.SocketReader;
import dev.sallyport.internal.stream.SocketStreams;
import dev.sallyport.internal.stream.SocketWriter;
import dev.sallyport.internal.task.ExecutorFuture;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.locks.ReentrantLock;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * A TLS connection whose handshake is done. It is read and written in three ways: by blocking streams, which are at their
 * best on virtual threads; by futures; and by {@link Flow}. One way of reading at a time, while a read is pending; the
 * same for writing.
 *
 * {@snippet :
 * socket.setReadTimeout(Duration.ofSeconds(30));
 * var lines = new BufferedReader(new InputStreamReader(socket.inputStream(), StandardCharsets.UTF_8));
 * var answer = "hello " + lines.readLine() + "\n";
 * socket.outputStream().write(answer.getBytes(StandardCharsets.UTF_8));
 * }
 *
 * <p>Any thread may call any method. Nothing is read from the network before somebody reads, so a slow reader slows its
 * peer and nobody else. Futures that cannot be answered at once complete on {@link BindOptions#executor}, in the order of
 * the connection's events. {@code cancel}, {@code orTimeout} and their like on a future withdraw the operation: a read
 * that is withdrawn has not moved its buffer and loses no byte, a write that had not begun is not sent.
 *
 * <p>Everything that is not about bytes ({@link #handshake}, the addresses, {@link #session}) answers after close, too.
 */
public final class SecureSocket implements SecureConnection {
    private final RawSecureSocket raw;
    private final SocketReader reader;
    private final SocketWriter writer;
    private @Nullable InputStream input; // guarded by reader; made when asked for
    private @Nullable OutputStream output; // guarded by writer

    /** The stream view of a raw connection, which nobody else uses from now on. */
    SecureSocket(RawSecureSocket raw) {
        this.raw = raw;
        ReentrantLock lock = new ReentrantLock(); // one will do: what it guards waits for the connection's anyway
        this.reader = new SocketReader(raw.connection(), raw.executor(), lock);
        this.writer = new SocketWriter(raw.connection(), raw.executor(), lock);
    }

    // ---- blocking

    /**
     * {@return the stream of what the peer sends: blocking, unbuffered, always the same object} Closing it closes the
     * socket. It ends (-1) with the peer's close_notify; a connection that breaks off without one is a
     * {@link TruncatedStreamException}. A read that takes longer than {@link #readTimeout()} throws
     * {@link java.net.SocketTimeoutException} and may be repeated. Interrupting a blocked thread aborts the connection and
     * throws {@link java.io.InterruptedIOException}.
     */
    public InputStream inputStream() {
        synchronized (reader) {
            if (input == null) {
                input = new SocketStreams.Input(raw.connection(), reader);
            }
            return input;
        }
    }

    /**
     * {@return the stream to the peer: blocking, unbuffered, always the same object} Closing it closes the socket. Each
     * write is sent at once, as one or more TLS records, so wrap it in a {@link java.io.BufferedOutputStream} for small
     * pieces. A write blocks while {@link BindOptions#maxQueuedBytes} wait for the system; {@code flush} waits until the
     * system has taken everything. Several threads may write, one after the other.
     */
    public OutputStream outputStream() {
        synchronized (writer) {
            if (output == null) {
                output = new SocketStreams.Output(raw.connection(), writer);
            }
            return output;
        }
    }

    /** {@return how long a blocking read waits; zero, the default, for ever} */
    public Duration readTimeout() {
        return reader.timeout();
    }

    /**
     * Sets {@link #readTimeout()} for reads that begin later; zero turns it off.
     *
     * @throws java.nio.channels.ClosedChannelException when the connection has ended
     */
    public void setReadTimeout(Duration timeout) throws IOException {
        OptionCheck.timeout("readTimeout", timeout);
        raw.connection().checkOpen("setReadTimeout");
        reader.timeout(timeout);
    }

    // ---- by future

    /**
     * Reads what is there, at most what fits between the buffer's position and limit, waiting for the first byte.
     *
     * @param dst heap or direct; its position has moved when the future completes, and until then it is the socket's
     * @return the number of bytes; 0 when the buffer has no room; -1 when the peer has ended its direction. Fails as a
     *     blocking read does, with {@link IllegalStateException} when another read is pending, or when the memory is that
     *     of an {@code Arena} (JDK 22) that was closed meanwhile: no byte is lost then, and the next read gets them; and with
     *     {@link IllegalArgumentException} for memory of a confined arena, which other threads must not touch
     */
    public CompletableFuture<Integer> readAsync(ByteBuffer dst) {
        return reader.readAsync(dst);
    }

    /**
     * Writes the whole buffer. Several writes may be pending; they are sent in the order of the calls.
     *
     * @param src heap or direct; it is the socket's until the future completes, and nothing of it is copied meanwhile
     * @return completes when all of it has been handed to the operating system. Fails with {@link IllegalStateException}
     *     when the memory is that of an {@code Arena} (JDK 22) that has been closed. Where that was before this call, nothing
     *     is sent and the connection goes on; where the write was pending or partly sent, the connection is reset,
     *     because the peer would take what came after it for the rest. Fails with {@link IllegalArgumentException} for
     *     memory of a confined arena, which other threads must not touch
     */
    public CompletableFuture<Void> writeAsync(ByteBuffer src) {
        return writer.writeAsync(src);
    }

    // ---- by Flow

    /**
     * {@return what the peer sends, for one subscriber: fresh heap buffers of at most 16 KiB, the subscriber's own, read
     * only as far as it has asked for} Completes with the peer's close_notify. Cancelling ends reading and nothing else.
     */
    public Flow.Publisher<ByteBuffer> incoming() {
        return new IncomingPublisher(raw.connection(), raw.executor(), reader);
    }

    /**
     * Writes all that a publisher gives, each buffer when the one before has been handed to the operating system. The end
     * of the publisher does not end the connection.
     *
     * @return the number of bytes; fails when writing or the publisher does, also when there was nothing to write and the
     *     socket is closed; cancelling it cancels the subscription
     */
    public CompletableFuture<Long> writeAll(Flow.Publisher<? extends ByteBuffer> source) {
        OptionCheck.nonNull("writeAll", "source", source);
        CompletableFuture<Long> done = new ExecutorFuture<>(raw.executor());
        try {
            raw.connection().checkWritable(); // the source may have nothing to write
            source.subscribe(new PublisherWriter(writer, raw.executor(), done));
        } catch (IOException closed) {
            done.completeExceptionally(closed);
        }
        return done;
    }

    // ---- what it is

    @Override
    public long id() {
        return raw.id();
    }

    @Override
    public SocketAddress localAddress() {
        return raw.localAddress();
    }

    @Override
    public SocketAddress remoteAddress() {
        return raw.remoteAddress();
    }

    @Override
    public HandshakeInfo handshake() {
        return raw.handshake();
    }

    @Override
    public SSLSession session() {
        return raw.session();
    }

    @Override
    public byte[] exportKeyingMaterial(String label, byte @Nullable [] context, int length) throws SSLException {
        return raw.exportKeyingMaterial(label, context, length);
    }

    @Override
    public long bytesReceived() {
        return raw.bytesReceived();
    }

    @Override
    public long bytesSent() {
        return raw.bytesSent();
    }

    // ---- its settings

    @Override
    public Duration writeTimeout() {
        return raw.writeTimeout();
    }

    @Override
    public void setWriteTimeout(Duration timeout) throws IOException {
        raw.setWriteTimeout(timeout);
    }

    @Override
    public <T> SecureSocket setOption(SocketOption<T> option, T value) throws IOException {
        raw.setOption(option, value);
        return this;
    }

    @Override
    public <T> T getOption(SocketOption<T> option) throws IOException {
        return raw.getOption(option);
    }

    // ---- what waits to be sent

    @Override
    public int queuedBytes() {
        return raw.queuedBytes();
    }

    /** {@inheritDoc} False also while a {@link #writeAsync} waits for room. */
    @Override
    public boolean hasRoom() {
        return writer.hasRoom();
    }

    // ---- ending

    @Override
    public boolean isOpen() {
        return raw.isOpen();
    }

    @Override
    public boolean inputEnded() {
        return raw.inputEnded();
    }

    @Override
    public boolean outputEnded() {
        return raw.outputEnded();
    }

    @Override
    public void shutdownOutput() {
        raw.shutdownOutput();
    }

    @Override
    public void shutdownInput() {
        raw.shutdownInput();
    }

    @Override
    public void close() {
        raw.close();
    }

    @Override
    public void abort() {
        raw.abort();
    }

    @Override
    public CompletableFuture<Void> onClosed() {
        return raw.onClosed();
    }

    @Override
    public CompletableFuture<Void> onDraining() {
        return raw.onDraining();
    }

    /** {@return the peer and whether it is open} */
    @Override
    public String toString() {
        return "SecureSocket[" + remoteAddress() + (isOpen() ? "]" : ", closed]");
    }
}
