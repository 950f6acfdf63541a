package dev.sallyport.internal.connection;

import dev.sallyport.internal.names.AddressText;
import dev.sallyport.internal.wire.Loop;
import dev.sallyport.internal.wire.TcpMovement;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * The bounds in time of one connection: no progress in writing, nothing at all, and the close. Called with the
 * connection's lock held; what they start runs on the loop. A timer is not moved with every byte: when it rings it looks at
 * the clock of the last byte and goes back to sleep for the rest.
 */
final class Timers {
    private static final Duration CLOSE = Duration.ofSeconds(5);
    private static final Duration CLOSE_AFTER_FAILED_HANDSHAKE = Duration.ofSeconds(1);

    private final Connection connection;
    private final Loop loop;
    private volatile Duration writeTimeout;
    private Duration idleTimeout;
    private volatile long progressNanos;
    private boolean waiting; // something waits for the kernel
    private Duration closeBound = CLOSE;
    private volatile long activeNanos; // when bytes moved last, of any kind, in either direction
    private long acknowledged; // as the idle timer saw it last
    private @Nullable Future<?> writeTimer;
    private @Nullable Future<?> otherTimer; // idle while open, close afterwards

    Timers(Connection connection, Loop loop, ConnectionSettings settings) {
        this.connection = connection;
        this.loop = loop;
        this.writeTimeout = settings.writeTimeout();
        this.idleTimeout = settings.idleTimeout();
    }

    /** An established connection has other bounds from now on. */
    void settings(ConnectionSettings settings) {
        cancel();
        writeTimeout = settings.writeTimeout();
        idleTimeout = settings.idleTimeout();
        established();
        if (waiting && !writeTimeout.isZero()) {
            writeTimer = loop.schedule(this::writeTimerRang, writeTimeout);
        }
    }

    Duration writeTimeout() {
        return writeTimeout;
    }

    void writeTimeout(Duration timeout) {
        writeTimeout = timeout;
    }

    void established() {
        if (!idleTimeout.isZero()) {
            activeNanos = System.nanoTime();
            otherTimer = loop.schedule(this::idleTimerRang, idleTimeout);
        }
    }

    /** Something moved. */
    void active() {
        if (!idleTimeout.isZero()) {
            activeNanos = System.nanoTime();
        }
    }

    /** So much waits for the kernel now, which took some of it or of what waited before. */
    void queued(int bytes, boolean progress) {
        boolean before = waiting;
        waiting = bytes > 0;
        if (before ? progress : waiting) {
            progressNanos = System.nanoTime();
        }
        if (progress) {
            active();
        }
        if (waiting && !writeTimeout.isZero() && writeTimer == null) {
            writeTimer = loop.schedule(this::writeTimerRang, writeTimeout);
        }
    }

    void closing(boolean established) {
        cancelOther();
        progressNanos = System.nanoTime();
        closeBound = established ? CLOSE : CLOSE_AFTER_FAILED_HANDSHAKE;
        otherTimer = loop.schedule(connection::closeExpired, closeBound);
    }

    /** The time for a close is over: false unless the kernel has taken something meanwhile, which gives it more. */
    boolean closeGoesOn() {
        Duration left = left(closeBound, progressNanos);
        if (left.isZero()) {
            return false;
        }
        otherTimer = loop.schedule(connection::closeExpired, left);
        return true;
    }

    void cancel() {
        cancelOther();
        if (writeTimer != null) {
            writeTimer.cancel(false);
            writeTimer = null;
        }
    }

    private void cancelOther() {
        if (otherTimer != null) {
            otherTimer.cancel(false);
            otherTimer = null;
        }
    }

    /** {@return what is left of a bound that began then; zero when it is over} */
    private static Duration left(Duration bound, long beganNanos) {
        Duration left = bound.minusNanos(System.nanoTime() - beganNanos);
        return left.isNegative() ? Duration.ZERO : left;
    }

    private void writeTimerRang() {
        connection.locked(() -> {
            Duration timeout = writeTimeout;
            if (writeTimer == null) {
                return; // cancelled while it rang
            }
            writeTimer = null;
            if (connection.queuedBytes() == 0 || timeout.isZero()) {
                return;
            }
            Duration left = left(timeout, progressNanos);
            if (left.isZero()) {
                connection.expired(new SocketTimeoutException(
                        "write " + AddressText.of(connection.wire().remoteAddress()) + ": the peer took nothing for "
                                + timeout + " (writeTimeout)"));
            } else {
                writeTimer = loop.schedule(this::writeTimerRang, left);
            }
        });
    }

    private void idleTimerRang() {
        connection.locked(() -> {
            if (!connection.isOpen()) {
                return;
            }
            Duration left = left(idleTimeout, movedNanos());
            if (left.isZero()) {
                connection.idled(new SocketTimeoutException(
                        "connection " + AddressText.of(connection.wire().remoteAddress()) + ": nothing moved for "
                                + idleTimeout + " (idleTimeout)"));
            } else {
                otherTimer = loop.schedule(this::idleTimerRang, left);
            }
        });
    }

    /**
     * {@return when bytes moved last} That may be between the system and the peer: what a client sends to one who does not
     * read, and what it takes of what was sent long ago. A peer that confirms nothing new has not moved.
     */
    private long movedNanos() {
        TcpMovement movement = connection.wire().movement();
        if (movement == null) {
            return activeNanos;
        }
        long now = System.nanoTime();
        long age = Math.min(now - activeNanos, movement.nanosSinceReceived());
        if (movement.bytesAcknowledged() != acknowledged) {
            acknowledged = movement.bytesAcknowledged();
            age = Math.min(age, movement.nanosSinceAcknowledged());
        }
        return now - age;
    }
}
