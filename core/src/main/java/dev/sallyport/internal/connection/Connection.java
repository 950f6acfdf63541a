package dev.sallyport.internal.connection;

import dev.sallyport.internal.names.AddressText;
import dev.sallyport.internal.tls.TlsDriver;
import dev.sallyport.internal.tls.TlsSession;
import dev.sallyport.internal.wire.Wire;
import java.io.IOException;
import java.net.SocketException;
import java.net.SocketOption;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * One TLS connection from its ClientHello to its end: the state machine over a {@link Wire} and a {@link TlsDriver}, in
 * three parts ({@link ReadSide}, {@link WriteSide}, {@link Ending}) that this class puts behind one lock.
 *
 * <p>Any thread may call any method; none blocks. The lock is held for at most a few records, and every native call and
 * every system call is made with it held: so it is also the count of calls in flight, and once the connection is dead
 * nothing native is touched again. Waiters are woken, and the owner is told, with no lock held.
 */
public final class Connection implements Wire.Listener {
    private static final AtomicLong IDS = new AtomicLong();
    private final long id = IDS.incrementAndGet();
    private final StateLock lock = new StateLock();
    private final Wire wire;
    private final TlsDriver driver;
    private final ReadSide reading;
    private final WriteSide writing;
    private final Ending ending;
    private final Timers timers;
    private final Traffic traffic = new Traffic();
    private final WakeupSlots waiters = new WakeupSlots();

    /** A connection whose ClientHello, and what came with it, is {@code hello}. */
    public Connection(Wire wire, TlsDriver driver, byte[] hello, ConnectionSettings settings) {
        this.wire = wire;
        this.driver = driver;
        this.writing = new WriteSide(wire, driver, settings.maxQueuedBytes());
        this.reading = new ReadSide(wire, driver, writing, settings.allowTruncation(), hello);
        this.timers = new Timers(this, wire.loop(), settings);
        this.ending = new Ending(this, driver, reading, writing, timers);
    }

    /** Names which part of the library is told of the end, in place of the one before; now if that has come. */
    public void owner(CloseListener owner) {
        ending.listeners().library(owner);
    }

    /** Names who is told of the end after the owner, on the user's behalf; now if that has come. */
    public void whenGone(CloseListener user) {
        ending.listeners().user(user);
    }

    /** {@return the wire, for its addresses and its loop} */
    public Wire wire() {
        return wire;
    }

    /** {@return which connection of this process it is} */
    public long id() {
        return id;
    }

    /** {@return plaintext counts} */
    public Traffic traffic() {
        return traffic;
    }

    /** {@return a call and whose connection it is on, for messages} */
    public String call(String what) {
        return AddressText.call(what, wire.remoteAddress());
    }

    /** {@return the beginning of a message about a call} */
    public String called(String what) {
        return AddressText.called(what, wire.remoteAddress());
    }

    // ---- handshake

    /** Carries the handshake as far as what can be received allows. */
    public TlsDriver.Progress handshake() throws IOException {
        return lock.asking(() -> {
            ending.checkHandshaking();
            return reading.handshake();
        });
    }

    /** {@return the task that the handshake waits for: run without the lock, then {@link #handshakeTaskDone}} */
    public Runnable takeHandshakeTask() throws IOException {
        return lock.asking(() -> {
            ending.checkHandshaking();
            return driver.takeTask();
        });
    }

    /** The task has been run. */
    public void handshakeTaskDone() {
        locked(driver::taskDone);
    }

    /**
     * The handshake is done: returns what was negotiated, and lets the bounds of an established connection begin. Tickets
     * wait for the first write, or for {@link #writable}, which the caller has the loop call in the end.
     */
    public TlsSession established() throws IOException {
        return lock.asking(() -> {
            ending.checkHandshaking();
            TlsSession session = driver.session();
            timers.established();
            return session;
        });
    }

    // ---- reading

    /** Reads what is there: bytes into {@code dst}, 0 when nothing is, -1 at the end. */
    public int read(ByteBuffer dst) throws IOException {
        lock.lock();
        try {
            ending.checkReadable();
            int count = reading.read(dst);
            if (count > 0) {
                traffic.received(count);
                timers.active(); // though it may have been received before
            } else if (count < 0) {
                ending.closeIfBothSidesEnded();
            }
            return count;
        } catch (IOException failure) {
            throw ending.failedReading(failure);
        } finally {
            watchQueue();
            lock.unlock();
        }
    }

    /** Decrypts ahead, at most one record: returns the plaintext there is, 0 for none, -1 at the end. */
    public int decrypt() throws IOException {
        lock.lock();
        try {
            ending.checkReadable();
            int available = reading.decrypt();
            if (available < 0) {
                ending.closeIfBothSidesEnded();
            }
            return available;
        } catch (IOException failure) {
            throw ending.failedReading(failure);
        } finally {
            watchQueue();
            lock.unlock();
        }
    }

    /** {@return the plaintext that is there without receiving} */
    public int available() {
        lock.lock();
        try {
            return ending.isOpen() && !ending.inputShut() ? reading.available() : 0;
        } finally {
            lock.unlock();
        }
    }

    /** {@return whether reading may give something other than 0} */
    public boolean mayRead() {
        return !ending.isOpen() || ending.inputShut() || reading.mayProgress();
    }

    /**
     * Runs {@code wakeup} once when reading may give something other than 0: at once on the caller's thread when that is
     * so already, else on the loop thread. One waiter at a time: a second takes the first's place.
     */
    public void whenReadable(Runnable wakeup) {
        waiters.armRead(wakeup);
        if (mayRead()) {
            waiters.fireRead();
        }
    }

    // ---- writing

    /** Seals and sends from {@code src}: returns the bytes taken, 0 when the queue is full. */
    public int write(ByteBuffer src) throws IOException {
        lock.lock();
        try {
            ending.checkWritable();
            if (!src.hasRemaining()) {
                return 0;
            }
            int count = writing.write(src);
            if (count > 0) {
                traffic.sent(count);
                timers.active(); // though the kernel may have taken nothing
            }
            return count;
        } catch (IOException failure) {
            throw ending.failedWriting(failure);
        } finally {
            watchQueue();
            lock.unlock();
        }
    }

    /** Fails as a write of nothing would. */
    public void checkWritable() throws IOException {
        lock.trying(ending::checkWritable);
    }

    /** {@return whether {@link #write} may take something} */
    public boolean hasRoom() {
        return writing.hasRoom();
    }

    /** Runs {@code wakeup} once when {@link #write} may take something; see {@link #whenReadable}. */
    public void whenWritable(Runnable wakeup) {
        waiters.armWrite(wakeup);
        if (!ending.isOpen() || ending.outputShut() || writing.hasRoom()) {
            waiters.fireWrite();
        }
    }

    /**
     * {@return whether the kernel has taken everything}
     *
     * @throws IOException when the connection has ended before it had
     */
    public boolean flushed() throws IOException {
        if (writing.queuedBytes() > 0) {
            return false;
        }
        return lock.asking(() -> {
            ending.checkSent();
            return writing.queuedBytes() == 0;
        });
    }

    /** Runs {@code wakeup} once when the kernel has taken everything, or the end has come; see {@link #whenReadable}. */
    public void whenFlushed(Runnable wakeup) {
        waiters.armFlush(wakeup);
        if (ending.isDead() || writing.queuedBytes() == 0) {
            waiters.fireFlush();
        }
    }

    /** A call may have received something, and left something that the kernel did not take. */
    private void watchQueue() {
        if (!ending.isDead()) {
            timers.queued(writing.queuedBytes(), writing.takeProgress());
            if (reading.takeProgress()) {
                timers.active();
            }
        }
    }

    // ---- ending

    /** {@return whether neither {@link #close} nor {@link #abort} was called and nothing has ended the connection} */
    public boolean isOpen() {
        return ending.isOpen();
    }

    /** {@return whether writing was ended by {@link #shutdownOutput}} */
    public boolean outputShut() {
        return ending.outputShut();
    }

    /** {@return whether nothing more can be read} */
    public boolean inputEnded() {
        lock.lock();
        try {
            return !ending.isOpen() || ending.inputShut() || reading.ended();
        } finally {
            lock.unlock();
        }
    }

    /** {@return whether nothing more can be written} */
    public boolean outputEnded() {
        return !ending.isOpen() || ending.outputShut();
    }

    /** Ends reading: what the peer still sends is not looked at. */
    public void shutdownInput() {
        locked(ending::shutInput);
        waiters.fireRead();
    }

    /** Ends writing: what was taken is sent, then close_notify and FIN. Reading goes on. */
    public void shutdownOutput() {
        locked(ending::shutOutput);
        waiters.fireWrite();
    }

    /** Begins the orderly close: what was taken, close_notify, FIN; reset when that takes too long. */
    public void close() {
        locked(ending::closeByUser);
        waiters.fireAll();
    }

    /** Ends a handshake that failed: the alert, FIN; no close_notify. */
    public void closeAfterFailedHandshake() {
        locked(ending::closeFailedHandshake);
        waiters.fireAll();
    }

    /** Resets the connection now. */
    public void abort() {
        abort(null);
    }

    /** Resets the connection now, because of {@code error}: pending calls fail with it. */
    public void abort(@Nullable IOException error) {
        locked(() -> ending.abort(error));
        waiters.fireAll();
    }

    // ---- events, on the loop thread

    @Override
    public void readable() {
        if (ending.isClosing()) {
            proceedWithEnd();
        } else {
            waiters.fireRead();
        }
    }

    /** Goes on with an end that is under way. */
    void proceedWithEnd() {
        locked(ending::proceed);
    }

    /** Gives the descriptor back, in a task of the loop; then wakes whoever waits, and runs {@code told}. */
    void release(Runnable told) {
        wire.loop()
                .execute(() -> wire.release(() -> {
                    waiters.fireAll();
                    told.run();
                }));
    }

    @Override
    public void writable() {
        if (writing.queuedBytes() > 0 || ending.finDue()) {
            locked(this::flushQueue);
        } // else a read has sent what was queued: whoever waits for that is woken all the same
        if (!ending.isOpen() || writing.hasRoom()) {
            waiters.fireWrite();
        }
        if (ending.isDead() || writing.queuedBytes() == 0) {
            waiters.fireFlush();
        }
    }

    private void flushQueue() {
        if (ending.isDead()) {
            return;
        }
        try {
            writing.flush();
            timers.queued(writing.queuedBytes(), writing.takeProgress());
            ending.proceed();
        } catch (IOException failure) {
            ending.failedFlushing(failure);
        }
    }

    /** The time for an orderly close is over. On the loop thread. */
    void closeExpired() {
        locked(ending::closeExpired);
    }

    /** A bound in time was reached: resets the connection; those who wait are woken by the loop. With the lock held. */
    void expired(IOException error) {
        ending.abort(error);
    }

    /** Nothing has moved for too long: an orderly close, and pending calls fail with {@code error}. With the lock held. */
    void idled(IOException error) {
        ending.closeBecause(error);
        wire.loop().execute(waiters::fireAll);
    }

    /** {@return records that the kernel has not taken yet, in bytes; none once the connection is dead} */
    public int queuedBytes() {
        return writing.queuedBytes();
    }

    /** Runs a step with the lock held. */
    void locked(Runnable step) {
        lock.holding(step);
    }

    // ---- settings

    /** The bounds that hold from now on. Before anybody was given the connection: what has been read or queued stays. */
    public void settings(ConnectionSettings settings) {
        locked(() -> {
            writing.maxQueuedBytes(settings.maxQueuedBytes());
            reading.allowTruncation(settings.allowTruncation());
            if (ending.isOpen()) {
                timers.settings(settings);
            }
        });
    }

    /** {@return how long the kernel may take nothing before the connection is given up; zero for ever} */
    public Duration writeTimeout() {
        return timers.writeTimeout();
    }

    /** Sets {@link #writeTimeout}; holds from the next time that something waits. */
    public void writeTimeout(Duration timeout) {
        timers.writeTimeout(timeout);
    }

    /** Sets an option of the socket. */
    public <T> void setOption(SocketOption<T> option, T value) throws IOException {
        option("setOption", option, () -> {
            wire.setOption(option, value);
            return value;
        });
    }

    /** {@return an option of the socket} */
    public <T> T getOption(SocketOption<T> option) throws IOException {
        return option("getOption", option, () -> wire.getOption(option));
    }

    private <T> T option(String call, SocketOption<T> option, StateLock.Question<T> question) throws IOException {
        try {
            return lock.asking(() -> {
                ending.checkOpen(call + "(" + option.name() + ")");
                return question.ask();
            });
        } catch (SocketException refused) {
            throw Failures.named(call, wire.remoteAddress(), refused);
        }
    }

    /** Refuses a setting that would have no effect any more. */
    public void checkOpen(String call) throws IOException {
        lock.trying(() -> ending.checkOpen(call));
    }
}
