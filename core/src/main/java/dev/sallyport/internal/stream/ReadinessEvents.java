package dev.sallyport.internal.stream;

import dev.sallyport.RawSocketEvent;
import dev.sallyport.internal.connection.Connection;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import org.jspecify.annotations.Nullable;

/**
 * Turns the readiness of one connection into four events, for one handler. All but the setters runs on the connection's
 * serial executor, so there is one event at a time and no lock.
 */
public final class ReadinessEvents {
    /** Who is told; must not throw. */
    @FunctionalInterface
    public interface Listener {
        /** Something has happened, or is there. */
        void tell(RawSocketEvent event);
    }

    private static final int READS_IN_A_ROW = 16;
    private static final AtomicReferenceFieldUpdater<ReadinessEvents, @Nullable Listener> HANDLER =
            AtomicReferenceFieldUpdater.newUpdater(ReadinessEvents.class, Listener.class, "handler");
    private static final AtomicIntegerFieldUpdater<ReadinessEvents> READ_WAITS =
            AtomicIntegerFieldUpdater.newUpdater(ReadinessEvents.class, "readWaits");

    private final Connection connection;
    private final Executor executor;
    private volatile @Nullable Listener handler;
    private final Runnable readLater = this::readLater;
    private final Runnable readable = this::readable;
    private volatile int readWaits; // for its turn on the serial executor
    private volatile boolean paused;
    private volatile boolean readEnabled = true;
    private volatile boolean writeEnabled = true;
    private boolean readClosed; // serial executor only
    private boolean closed; // serial executor only

    /** Those of a connection, told on the executor, which runs one task at a time. */
    public ReadinessEvents(Connection connection, Executor executor) {
        this.connection = connection;
        this.executor = executor;
    }

    /** Names who is told. */
    public void listen(Listener added) {
        if (!HANDLER.compareAndSet(this, null, added)) {
            throw new IllegalStateException(connection.called("listen") + "this socket has a handler already");
        }
        armRead();
        armWrite();
    }

    /** Tells nothing but CLOSED until {@link #resume}. */
    public void pause() {
        paused = true;
    }

    /** Undoes {@link #pause}. */
    public void resume() {
        paused = false;
        armRead();
        armWrite();
    }

    /** {@return whether READ and READ_CLOSED are told} */
    public boolean readEnabled() {
        return readEnabled;
    }

    /** Turns READ and READ_CLOSED on or off; what comes meanwhile waits. */
    public void readEnabled(boolean enabled) {
        readEnabled = enabled;
        armRead();
    }

    /** {@return whether the next room for writing is told of} */
    public boolean writeEnabled() {
        return writeEnabled;
    }

    /** Arms one WRITE, or disarms it. */
    public void writeEnabled(boolean enabled) {
        writeEnabled = enabled;
        armWrite();
    }

    private boolean readsWanted() {
        return handler != null && readEnabled && !paused;
    }

    private void armRead() {
        if (readsWanted()) {
            connection.whenReadable(readLater);
        }
    }

    private void armWrite() {
        if (handler != null && writeEnabled && !paused) {
            connection.whenWritable(() -> executor.execute(this::writable));
        }
    }

    /** Reading waits for its turn once, however often it was turned on: other tasks want theirs, too. */
    private void readLater() {
        if (READ_WAITS.compareAndSet(this, 0, 1)) {
            executor.execute(readable);
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
            if (!connection.mayRead()) {
                armRead();
                return;
            }
        }
        readLater();
    }

    /** {@return plaintext there is, 0 for none now, -1 when there will be none any more, for whatever reason} */
    private int decrypt() {
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
        if (writeEnabled && !paused && !closed && !connection.outputShut()) {
            if (connection.isOpen() && !connection.hasRoom()) { // an older wake-up, and what was free is full again
                armWrite();
                return;
            }
            writeEnabled = false;
            if (connection.isOpen()) {
                tell(RawSocketEvent.WRITE);
            }
        }
    }

    /** The connection has ended, early when there is an error: tells the handler, if there is one yet, once. */
    public void gone(@Nullable Throwable error) {
        if (!closed && handler != null) {
            closed = true;
            if (error != null && readsWanted()) {
                closeRead();
            }
            tell(RawSocketEvent.CLOSED);
        }
    }

    private void tell(RawSocketEvent event) {
        Listener current = handler;
        if (current != null) {
            current.tell(event);
        }
    }
}
