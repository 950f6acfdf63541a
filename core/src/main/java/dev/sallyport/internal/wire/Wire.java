package dev.sallyport.internal.wire;

import dev.sallyport.internal.names.AddressText;
import dev.sallyport.internal.resource.OwnedCount;
import dev.sallyport.internal.resource.Scratch;
import dev.sallyport.internal.resource.ScratchPool;
import dev.sallyport.internal.task.FaultLog;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketOption;
import java.nio.channels.NotYetConnectedException;
import org.jspecify.annotations.Nullable;

/**
 * One connected stream of bytes, registered with one event loop.
 *
 * <p>{@link #receive}, {@link #send}, {@link #shutdownOutput} and {@link #reset} never block. Their caller serialises them
 * (a connection makes them with its lock held) and makes none after {@link #release}: that is what keeps a descriptor's
 * number from being used after another connection got it. {@link #register} and {@link #release} may be called by any
 * thread; the work is done on the loop, or on the poller that the wire has moved to.
 *
 * <p>Event bits are hints: only what {@code receive} and {@code send} return decides end, reset or error. On transports
 * that tell a change only once, {@link #readReady} remembers what has not been looked at yet: every event sets it, every
 * {@code receive} clears it first, and sets it again when there is reason to look once more. {@link #writeReady} is the same
 * for sending.
 */
public abstract class Wire {
    /** Told on the polling thread, one event at a time, that something may have changed; see {@link Wire}. */
    public interface Listener {
        /** Reading may give something (bytes, the end, an error). */
        void readable();

        /** Sending may take something again. */
        void writable();
    }

    private static final Listener NOBODY = new Listener() {
        @Override
        public void readable() {}

        @Override
        public void writable() {}
    };

    private final Loop loop;
    private final SocketAddress localAddress;
    private volatile Listener listener = NOBODY;
    private volatile boolean readReady;
    private volatile boolean writeReady;
    private volatile boolean hungUp;
    private volatile boolean resetSeen;
    private boolean listenerFailed; // polling thread only
    private volatile @Nullable String broken; // why receive and send only throw from now on

    Wire(Loop loop, SocketAddress localAddress) {
        this.loop = loop;
        this.localAddress = localAddress;
        OwnedCount.DESCRIPTORS.increment();
    }

    /** {@return the loop that tells this wire's readiness} */
    public final Loop loop() {
        return loop;
    }

    /** {@return our end} */
    public final SocketAddress localAddress() {
        return localAddress;
    }

    /** {@return the peer's end} Equal each time, and not always the same object. */
    public abstract SocketAddress remoteAddress();

    /** Names who is told from now on; takes effect with the next event. */
    public final void listener(Listener listener) {
        this.listener = listener;
    }

    /** {@return whether {@link #receive} may give something although no event will say so} */
    public final boolean readReady() {
        return readReady;
    }

    /**
     * Appends what the socket has to {@code into}, at most {@code limit} bytes and its room.
     *
     * @return the bytes appended, 0 when there are none now, -1 at the end
     * @throws SocketException when the connection was reset, by the peer or by us
     */
    public final int receive(Scratch into, int limit) throws SocketException {
        int wanted = Math.min(limit, into.room());
        if (wanted <= 0) { // the system would answer 0, which is its word for the end
            throw new IllegalStateException("receive without room");
        }
        readReady = false;
        checkBroken();
        int count;
        try {
            count = receiveNow(into, wanted);
        } catch (IOException | NotYetConnectedException failure) {
            throw failed("receive", failure);
        }
        if (count > 0) {
            into.appended(count);
            if (count == wanted || hungUp) {
                readReady = true;
            }
        } else if (count < 0 && resetSeen) { // the sender was told already, and the system tells only once
            throw new SocketException(OsErrors.CONNECTION_RESET);
        }
        if (count >= 0 && !readReady) {
            drained();
        }
        return count;
    }

    /**
     * Receives and throws away, so much at most as {@code rounds} calls bring.
     *
     * @return false at the end; else {@link #readReady} tells whether it is worth going on
     * @throws SocketException as {@link #receive}
     */
    public final boolean discard(int rounds) throws SocketException {
        Scratch nowhere = ScratchPool.RECORD.take();
        try {
            for (int i = 0; i < rounds; i++) {
                int count = receive(nowhere, nowhere.room());
                if (count <= 0) {
                    return count == 0;
                }
                nowhere.clear();
            }
            return true;
        } finally {
            ScratchPool.giveBack(nowhere);
        }
    }

    /**
     * Sends from the content of {@code from} what the system takes.
     *
     * @return how many bytes were taken, 0 when none
     * @throws SocketException when the connection was reset, by the peer or by us, or sending was shut down
     */
    public final int send(Scratch from) throws SocketException {
        checkBroken();
        if (from.remaining() == 0) {
            return 0;
        }
        if (writeReady) {
            writeReady = false;
        }
        int count;
        try {
            count = sendNow(from);
        } catch (IOException | NotYetConnectedException failure) {
            throw failed("send", failure);
        }
        from.taken(count);
        if (from.remaining() > 0) {
            congested();
        }
        return count;
    }

    /**
     * {@return whether the listener was told {@code writable} since the last {@link #send} began} One who publishes only
     * after it that something is left to send looks at this next: the listener may have been told, and have seen nothing.
     */
    public final boolean writeReady() {
        return writeReady;
    }

    /** Tells the listener {@code writable} once more, in a task of the loop; see {@link #writeReady}. */
    public final void tellWritableAgain() {
        loop.execute(() -> event(false, true, false));
    }

    /** Registers with the loop; events come from now on. When that fails the connection is reset, and its listener told. */
    public abstract void register();

    /** Sends FIN. */
    public final void shutdownOutput() throws SocketException {
        checkBroken();
        try {
            shutdownOutputNow();
        } catch (IOException | NotYetConnectedException failure) {
            throw failed("shutdown", failure);
        }
    }

    /**
     * Resets the connection without giving up the descriptor's number; the peer sees RST now or at {@link #release}. From now
     * on receiving and sending throw. A Unix-domain socket knows no RST: there the peer sees the end.
     */
    public final void reset() {
        breakWith(OsErrors.CONNECTION_RESET);
    }

    /**
     * Whoever waits for this wire from now on is a virtual thread: the wire may move to a poller that wakes such threads at
     * less cost, where events then come from. Does nothing where there is none. Any thread.
     */
    public void pollForVirtualThreads() {}

    /** As {@link #release(Runnable)}, with nothing to be done afterwards. */
    public final void release() {
        release(() -> {});
    }

    /** Ends the registration, then closes the descriptor, then runs {@code afterwards}, in tasks of the loop. Once. */
    public abstract void release(Runnable afterwards);

    /**
     * Sets an option of the socket.
     *
     * @throws UnsupportedOperationException when this kind of socket has no such option
     */
    public abstract <T> void setOption(SocketOption<T> option, T value) throws IOException;

    /**
     * {@return an option of the socket}
     *
     * @throws UnsupportedOperationException when this kind of socket has no such option
     */
    public abstract <T> T getOption(SocketOption<T> option) throws IOException;

    /** {@return what the system knows of bytes that have not come to us, or not arrived; null where it does not say} */
    public @Nullable TcpMovement movement() {
        return null;
    }

    abstract int receiveNow(Scratch into, int limit) throws IOException;

    abstract int sendNow(Scratch from) throws IOException;

    abstract void shutdownOutputNow() throws IOException;

    abstract void resetNow() throws IOException;

    /** All there was has been received: a level-triggered transport asks for the next event. */
    void drained() {}

    /** Not everything could be sent: a transport that has not done so asks for an event when there is room. */
    void congested() {}

    /**
     * Passes an event on. Polling thread only. Never throws: the loop would lose the other events of its batch. A listener that
     * throws is told once more, of the reset, and then nothing.
     */
    final void event(boolean readable, boolean writable, boolean hangUp) {
        if (listenerFailed) {
            return;
        }
        if (hangUp) {
            hungUp = true;
        }
        if (!tell(readable || hangUp, writable)) {
            listenerFailed = true;
            reset(); // nobody knows what state the listener is in: whoever waits is to see the end
            tell(true, true);
        }
    }

    /** The loop polls this wire no more, against our will. Polling thread only. */
    final void lost(Exception cause) {
        if (broken != null) {
            return;
        }
        breakWith("cannot poll: " + OsErrors.reason(cause));
        Loop.LOG.log(Level.ERROR, "cannot poll the connection of " + AddressText.of(remoteAddress()), cause);
        tell(true, true);
    }

    private boolean tell(boolean readable, boolean writable) {
        try {
            Listener current = listener;
            if (readable) {
                readReady = true;
                current.readable();
            }
            if (writable) {
                writeReady = true;
                current.writable();
            }
            return true;
        } catch (Throwable failure) {
            FaultLog.EVENTS.warn(
                    "what was to be run for " + AddressText.of(remoteAddress()) + " failed; the connection is reset",
                    failure);
            return false;
        }
    }

    private void breakWith(String reason) {
        if (broken != null) {
            return;
        }
        broken = reason;
        try {
            resetNow();
        } catch (IOException | RuntimeException alreadyGone) {
            Loop.LOG.log(Level.TRACE, "reset of a connection that was gone", alreadyGone);
        }
    }

    private void checkBroken() throws SocketException {
        String reason = broken;
        if (reason != null) {
            throw new SocketException(reason);
        }
    }

    /** A reset is told to whoever asks first, then forgotten by the system; reader and writer are both to hear of it. */
    private SocketException failed(String operation, Exception cause) {
        if (broken != null || OsErrors.peerReset(cause)) {
            resetSeen = true;
        }
        if (!resetSeen) {
            return OsErrors.failed(operation, cause);
        }
        SocketException reset = new SocketException(OsErrors.CONNECTION_RESET);
        reset.initCause(cause);
        return reset;
    }
}
