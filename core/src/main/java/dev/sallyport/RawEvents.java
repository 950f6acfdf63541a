package dev.sallyport;

import dev.sallyport.internal.connection.Connection;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import org.jspecify.annotations.Nullable;

/**
 * Turns the readiness of one connection into the four events of a {@link RawSocketHandler}. All but the setters runs on the
 * socket's serial executor, so there is one event at a time and no lock.
 */
final class RawEvents {
    private static final int READS_IN_A_ROW = 16;
    private static final AtomicReferenceFieldUpdater<RawEvents, @Nullable RawSocketHandler> HANDLER =
            AtomicReferenceFieldUpdater.newUpdater(RawEvents.class, RawSocketHandler.class, "handler");
    private static final AtomicIntegerFieldUpdater<RawEvents> READ_WAITS =
            AtomicIntegerFieldUpdater.newUpdater(RawEvents.class, "readWaits");

    private final RawSecureSocket socket;
    private final RawSecureServerSocket server;
    private volatile @Nullable RawSocketHandler handler;
    private final Runnable readLater = this::readLater;
    private final Runnable readable = this::readable;
    private volatile int readWaits; // for its turn on the serial executor
    private volatile boolean paused;
    private volatile boolean readEnabled = true;
    private volatile boolean writeEnabled = true;
    private boolean readClosed; // serial executor only
    private boolean closed; // serial executor only

    RawEvents(RawSecureSocket socket, RawSecureServerSocket server) {
        this.socket = socket;
        this.server = server;
    }

    void listen(RawSocketHandler added) {
        if (!HANDLER.compareAndSet(this, null, added)) {
            throw new IllegalStateException(socket.connection().called("listen") + "this socket has a handler already");
        }
        armRead();
        armWrite();
    }

    void pause() {
        paused = true;
    }

    void resume() {
        paused = false;
        armRead();
        armWrite();
    }

    boolean readEnabled() {
        return readEnabled;
    }

    void readEnabled(boolean enabled) {
        readEnabled = enabled;
        armRead();
    }

    boolean writeEnabled() {
        return writeEnabled;
    }

    void writeEnabled(boolean enabled) {
        writeEnabled = enabled;
        armWrite();
    }

    private boolean readsWanted() {
        return handler != null && readEnabled && !paused;
    }

    private void armRead() {
        if (readsWanted()) {
            socket.connection().whenReadable(readLater);
        }
    }

    private void armWrite() {
        if (handler != null && writeEnabled && !paused) {
            socket.connection().whenWritable(() -> socket.executor().execute(this::writable));
        }
    }

    /** Reading waits for its turn once, however often it was turned on: other tasks want theirs, too. */
    private void readLater() {
        if (READ_WAITS.compareAndSet(this, 0, 1)) {
            socket.executor().execute(readable);
        }
    }

    private void readable() {
        readWaits = 0; // before looking, so that what comes from now on is looked at
        for (int i = 0; i < READS_IN_A_ROW; i++) {
            if (!readsWanted() || readClosed || closed) {
                return; // armed again by whoever turns it on
            }
            int available = decrypt();
            if (available < 0) {
                closeRead();
                return;
            }
            if (available > 0) {
                tell(RawSocketEvent.READ);
            }
            if (!socket.connection().mayRead()) {
                armRead();
                return;
            }
        }
        readLater();
    }

    /** {@return plaintext there is, 0 for none now, -1 when there will be none any more, for whatever reason} */
    private int decrypt() {
        Connection connection = socket.connection();
        try {
            return connection.decrypt();
        } catch (ClosedChannelException ours) {
            readClosed = true; // we have ended it ourselves, which is no event
            return 0;
        } catch (IOException failure) {
            return -1; // read() says it again where the connection lives on, onClosed() where it does not
        }
    }

    private void closeRead() {
        if (!readClosed) {
            readClosed = true;
            tell(RawSocketEvent.READ_CLOSED);
        }
    }

    private void writable() {
        if (writeEnabled && !paused && !closed && !socket.connection().outputShut()) {
            if (socket.isOpen()
                    && !socket.connection().hasRoom()) { // an older wake-up, and what was free is full again
                armWrite();
                return;
            }
            writeEnabled = false;
            if (socket.isOpen()) {
                tell(RawSocketEvent.WRITE);
            }
        }
    }

    /** The connection has ended, early when there is an error: tells the handler, if there is one yet, once. */
    void gone(@Nullable Throwable error) {
        if (!closed && handler != null) {
            closed = true;
            if (error != null && readsWanted()) {
                closeRead();
            }
            tell(RawSocketEvent.CLOSED);
        }
    }

    private void tell(RawSocketEvent event) {
        RawSocketHandler current = handler;
        if (current == null) {
            return;
        }
        try {
            current.handle(socket, event);
        } catch (Throwable failure) {
            socket.abort();
            server.handlerFailed(observer -> observer.handlerFailed(socket, failure));
        }
    }
}
