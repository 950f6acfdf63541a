package dev.sallyport;

import dev.sallyport.internal.connection.Connection;
import dev.sallyport.internal.handshake.EstablishedConnection;
import dev.sallyport.internal.options.OptionCheck;
import dev.sallyport.internal.options.SocketOptionCheck;
import dev.sallyport.internal.stream.ReadinessEvents;
import dev.sallyport.internal.stream.SocketReader;
import dev.sallyport.internal.task.Dispatcher;
import dev.sallyport.internal.task.EventFuture;
import dev.sallyport.internal.task.SerialExecutor;
import dev.sallyport.internal.tls.KeyExporter;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * A TLS connection with calls that never block and events that say when to make them: the layer on which
 * {@link SecureSocket} is built, for those who write an event loop of their own or a protocol that wants none of the rest.
 *
 * {@snippet :
 * var unsent = ByteBuffer.allocate(16 * 1024);
 * socket.listen((connection, event) -> {
 *     if (event == RawSocketEvent.READ || event == RawSocketEvent.WRITE) {
 *         if (event == RawSocketEvent.READ) {
 *             connection.read(unsent);
 *         }
 *         connection.write(unsent.flip()); // may take a part only
 *         unsent.compact();
 *         boolean allTaken = unsent.position() == 0;
 *         connection.readEventsEnabled(allTaken); // a peer that takes nothing is not read from
 *         connection.writeEventsEnabled(!allTaken); // one WRITE, when there is room
 *     } else if (event == RawSocketEvent.READ_CLOSED) {
 *         connection.close();
 *     }
 * });
 * }
 *
 * <p>Its handshake is done. There are two ways to learn when a call that gave 0 is worth repeating: {@link #listen}, which
 * delivers events one at a time on {@link #executor()}; or, below that, {@link #whenReadable}, {@link #whenWritable} and
 * {@link #whenFlushed}, each of which runs one action once, on the event loop, where it must not block, or on the caller's
 * thread. A socket is used in one of the two ways.
 *
 * <p>Any thread may call any method, {@link #read} and {@link #write} one thread at a time. Futures that have to wait run
 * on {@link BindOptions#executor}.
 *
 * <p>Nothing is read from the network before somebody reads or listens, so a slow reader slows its peer and nobody else.
 * Everything that is not about bytes ({@link #handshake}, the addresses, {@link #session}) answers after close, too.
 *
 * <p>A buffer may view memory of an {@code Arena} (JDK 22). Of one that can be closed the bytes are copied once more, and
 * a read or write of closed memory, or of another thread's, throws what the JDK's channels throw
 * ({@link IllegalStateException}, {@code WrongThreadException}): nothing has been taken or lost, and the connection goes on.
 */
public final class RawSecureSocket implements SecureConnection {
    // fields and not objects: there are as many of these as connections
    private static final AtomicIntegerFieldUpdater<RawSecureSocket> READING =
            AtomicIntegerFieldUpdater.newUpdater(RawSecureSocket.class, "reading");
    private static final AtomicIntegerFieldUpdater<RawSecureSocket> WRITING =
            AtomicIntegerFieldUpdater.newUpdater(RawSecureSocket.class, "writing");
    private static final AtomicReferenceFieldUpdater<RawSecureSocket, @Nullable ReadinessEvents> EVENTS =
            AtomicReferenceFieldUpdater.newUpdater(RawSecureSocket.class, ReadinessEvents.class, "events");

    private static final AtomicReferenceFieldUpdater<RawSecureSocket, @Nullable EventFuture> DRAINING =
            AtomicReferenceFieldUpdater.newUpdater(RawSecureSocket.class, EventFuture.class, "draining");

    private final Connection connection;
    private final HandshakeInfo info;
    private final SSLSession session;
    private final KeyExporter exporter;
    private final Executor executor;
    private final RawSecureServerSocket server;
    private final EventFuture closed;
    private volatile @Nullable EventFuture draining; // made when somebody asks for it
    private volatile @Nullable ReadinessEvents events; // made when somebody asks for them
    private volatile int reading; // whether a thread is in read
    private volatile int writing;

    RawSecureSocket(EstablishedConnection established, RawSecureServerSocket server) {
        this.connection = established.connection();
        this.info = established.info();
        this.session = established.session().sslSession();
        this.exporter = established.session().exporter();
        this.server = server;
        this.executor = new SerialExecutor(
                new Dispatcher(connection.wire().loop(), server.options().executor(), this::rejected));
        this.closed = new EventFuture(server.options().executor());
        connection.whenGone(error -> executor.execute(() -> gone(error)));
    }

    private void rejected(Throwable full) {
        server.rejected(this, full);
    }

    /** On the serial executor. */
    private void gone(@Nullable Throwable error) {
        ReadinessEvents told = events;
        if (told != null) {
            told.gone(error);
        }
        closed.happen(error);
    }

    // ---- reading and writing

    /**
     * Reads what is there, without blocking. The bytes are put at the buffer's position, which moves; heap and direct
     * buffers will do, and the buffer is the caller's again on return.
     *
     * @return the number of bytes; 0 when there are none now, or the buffer has no room; -1 when the peer has ended its
     *     direction with close_notify
     * @throws TruncatedStreamException when the peer ended it without close_notify
     * @throws java.net.SocketException when the connection was reset
     * @throws java.nio.channels.ClosedChannelException when this side was closed, or reading was shut down
     * @throws IllegalArgumentException when the buffer is read-only
     * @throws IllegalStateException when another thread is reading, or the buffer's arena has been closed
     */
    public int read(ByteBuffer dst) throws IOException {
        SocketReader.requireWritable(dst);
        enter(READING, "read");
        try {
            return connection.read(dst);
        } finally {
            reading = 0;
        }
    }

    /**
     * Encrypts and sends, without blocking. The bytes are taken from the buffer's position, which moves; the buffer is the
     * caller's again on return. What the system does not take at once is kept, up to {@link BindOptions#maxQueuedBytes},
     * and sent when it does.
     *
     * @return the number of bytes taken; 0 when there is no room now, or the buffer was empty; never -1
     * @throws java.net.SocketException when the connection was reset
     * @throws java.nio.channels.ClosedChannelException when this side was closed, or writing was shut down
     * @throws IllegalStateException when another thread is writing, or the buffer's arena has been closed
     */
    public int write(ByteBuffer src) throws IOException {
        Objects.requireNonNull(src, "src");
        enter(WRITING, "write");
        try {
            return connection.write(src);
        } finally {
            writing = 0;
        }
    }

    private void enter(AtomicIntegerFieldUpdater<RawSecureSocket> gate, String what) {
        if (!gate.compareAndSet(this, 0, 1)) {
            throw new IllegalStateException(connection.called(what) + "another thread is in it: one at a time");
        }
    }

    /** {@return how many bytes can be read without asking the network; more may be waiting there} */
    public int available() {
        return connection.available();
    }

    /**
     * {@return whether all that was written has been handed to the operating system}
     *
     * @throws IOException when the connection has ended before that
     */
    public boolean flushed() throws IOException {
        return connection.flushed();
    }

    /**
     * Runs an action once, when {@link #read} may give something other than 0: on the caller's thread, now, when that is so
     * already, else on the event loop. It must not block, and may find that there was nothing after all. A second call
     * takes the place of a first that has not run.
     */
    public void whenReadable(Runnable action) {
        connection.whenReadable(OptionCheck.nonNull("whenReadable", "action", action));
    }

    /** Runs an action once, when {@link #write} may take something; as {@link #whenReadable}. */
    public void whenWritable(Runnable action) {
        connection.whenWritable(OptionCheck.nonNull("whenWritable", "action", action));
    }

    /** Runs an action once, when {@link #flushed} no longer gives false; as {@link #whenReadable}. */
    public void whenFlushed(Runnable action) {
        connection.whenFlushed(OptionCheck.nonNull("whenFlushed", "action", action));
    }

    // ---- events

    /**
     * Delivers events to {@code handler} from now on, one at a time, on {@link #executor()}. A handler that throws aborts
     * this connection, and the observer hears of it.
     *
     * @throws IllegalStateException when it has a handler already
     */
    public void listen(RawSocketHandler handler) {
        OptionCheck.nonNull("listen", "handler", handler);
        ReadinessEvents told = events();
        told.listen(event -> handle(handler, event));
        executor.execute(() -> tellIfGone(told)); // which it may be already, and have told nobody
    }

    private void handle(RawSocketHandler handler, RawSocketEvent event) {
        try {
            handler.handle(this, event);
        } catch (Throwable failure) {
            server.handlerFailed(this, failure);
        }
    }

    private void tellIfGone(ReadinessEvents told) {
        if (closed.isDone()) {
            closed.whenComplete((nothing, error) -> told.gone(error));
        }
    }

    private ReadinessEvents events() {
        ReadinessEvents present = events;
        if (present == null) {
            EVENTS.compareAndSet(this, null, new ReadinessEvents(connection, executor));
            present = Objects.requireNonNull(events);
        }
        return present;
    }

    /**
     * Delivers no events but CLOSED until {@link #resume}; nothing is lost, and the peer is slowed down.
     */
    public void pause() {
        events().pause();
    }

    /** Undoes {@link #pause}. */
    public void resume() {
        events().resume();
    }

    /** {@return whether READ and READ_CLOSED are delivered; on by default} */
    public boolean readEventsEnabled() {
        return events().readEnabled();
    }

    /** Turns READ and READ_CLOSED on or off; what comes meanwhile waits. */
    public void readEventsEnabled(boolean enabled) {
        events().readEnabled(enabled);
    }

    /** {@return whether the next room for writing is told of; on by default, off after each WRITE} */
    public boolean writeEventsEnabled() {
        return events().writeEnabled();
    }

    /** Arms one WRITE, delivered as soon as {@link #write} would take something, or disarms it. */
    public void writeEventsEnabled(boolean enabled) {
        events().writeEnabled(enabled);
    }

    /** {@return where events are delivered: the server's executor, one task at a time for this connection, in order} */
    public Executor executor() {
        return executor;
    }

    // ---- ending

    /**
     * Ends one direction, or both. Sending: what was taken is sent, then close_notify and FIN, and reading goes on.
     * Receiving: what the peer still sends is ignored. When both have ended the connection closes. May be repeated.
     */
    public void shutdown(SocketDirection direction) {
        OptionCheck.nonNull("shutdown", "direction", direction);
        if (direction != SocketDirection.RECEIVE) {
            connection.shutdownOutput();
        }
        if (direction != SocketDirection.SEND) {
            connection.shutdownInput();
        }
    }

    @Override
    public void shutdownOutput() {
        connection.shutdownOutput();
    }

    @Override
    public void shutdownInput() {
        connection.shutdownInput();
    }

    @Override
    public void close() {
        connection.close();
    }

    @Override
    public void abort() {
        connection.abort();
    }

    @Override
    public boolean isOpen() {
        return connection.isOpen();
    }

    @Override
    public boolean inputEnded() {
        return connection.inputEnded();
    }

    @Override
    public boolean outputEnded() {
        return connection.outputEnded();
    }

    @Override
    public CompletableFuture<Void> onClosed() {
        return closed;
    }

    @Override
    public CompletableFuture<Void> onDraining() {
        if (server.drainSignal().begun()) {
            EventFuture begun = new EventFuture(server.options().executor());
            begun.happen(null);
            return begun;
        }
        EventFuture present = draining;
        if (present == null) {
            EventFuture told = new EventFuture(server.options().executor());
            if (DRAINING.compareAndSet(this, null, told)) {
                Runnable listener = () -> executor.execute(() -> told.happen(null));
                server.drainSignal().tell(listener);
                closed.whenComplete((nothing, error) -> server.drainSignal().forget(listener));
            }
            present = Objects.requireNonNull(draining);
        }
        return present;
    }

    // ---- what it is

    @Override
    public long id() {
        return connection.id();
    }

    @Override
    public SocketAddress localAddress() {
        return connection.wire().localAddress();
    }

    @Override
    public SocketAddress remoteAddress() {
        return connection.wire().remoteAddress();
    }

    @Override
    public HandshakeInfo handshake() {
        return info;
    }

    @Override
    public SSLSession session() {
        return session;
    }

    @Override
    public byte[] exportKeyingMaterial(String label, byte @Nullable [] context, int length) throws SSLException {
        KeyExporter.check(label, context, length);
        return exporter.export(label, context, length);
    }

    @Override
    public long bytesReceived() {
        return connection.traffic().bytesReceived();
    }

    @Override
    public long bytesSent() {
        return connection.traffic().bytesSent();
    }

    // ---- its settings

    @Override
    public Duration writeTimeout() {
        return connection.writeTimeout();
    }

    @Override
    public void setWriteTimeout(Duration timeout) throws IOException {
        OptionCheck.timeout("writeTimeout", timeout);
        connection.checkOpen("setWriteTimeout");
        connection.writeTimeout(timeout);
    }

    @Override
    public <T> RawSecureSocket setOption(SocketOption<T> option, T value) throws IOException {
        connection.setOption(option, SocketOptionCheck.onSocket(option, value));
        return this;
    }

    @Override
    public <T> T getOption(SocketOption<T> option) throws IOException {
        return connection.getOption(OptionCheck.nonNull("getOption", "option", option));
    }

    // ---- what waits to be sent

    @Override
    public int queuedBytes() {
        return connection.queuedBytes();
    }

    @Override
    public boolean hasRoom() {
        return !connection.outputEnded() && connection.hasRoom();
    }

    /** {@return the peer and whether it is open} */
    @Override
    public String toString() {
        return "RawSecureSocket[" + remoteAddress() + (isOpen() ? "]" : ", closed]");
    }

    Connection connection() {
        return connection;
    }
}
