package dev.sallyport.internal.handshake;

import dev.sallyport.Limit;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Bounds what one handle has under way, in four places, so that none of them starves another: connections that have not
 * sent a whole ClientHello (cheap; when there are too many, the one silent longest goes), handshakes whose cryptography
 * runs, finished connections that nobody has taken, and all finished ones. A client with a whole ClientHello waits its
 * turn here, in order. Any thread; a handshake is begun with no lock held.
 */
public final class Admission {
    private final int maxSilent;
    private final int maxPending;
    private final int acceptQueue;
    private final int maxConnections;
    private final ReentrantLock lock = new ReentrantLock();
    private final LinkedHashSet<Handshake> silent = new LinkedHashSet<>();
    private final LinkedHashSet<Handshake> choosing = new LinkedHashSet<>(); // their contexts
    private final ArrayDeque<Handshake> waiting = new ArrayDeque<>();
    private final LinkedHashSet<Handshake> running = new LinkedHashSet<>();
    private int undelivered;
    private int established;

    /** Bounds as in {@code BindOptions}. */
    public Admission(int maxSilent, int maxPending, int acceptQueue, int maxConnections) {
        this.maxSilent = maxSilent;
        this.maxPending = maxPending;
        this.acceptQueue = acceptQueue;
        this.maxConnections = maxConnections;
    }

    /** {@return whether another connection may be accepted from the kernel} */
    public boolean hasRoom() {
        lock.lock();
        try {
            return running.size() + waiting.size() + undelivered < acceptQueue;
        } finally {
            lock.unlock();
        }
    }

    /** {@return connections without a whole ClientHello} */
    public int silentCount() {
        lock.lock();
        try {
            return silent.size();
        } finally {
            lock.unlock();
        }
    }

    /** {@return finished connections that nobody has taken} */
    public int undeliveredCount() {
        lock.lock();
        try {
            return undelivered;
        } finally {
            lock.unlock();
        }
    }

    /** {@return connections with a whole ClientHello whose handshake is not done} */
    public int pendingCount() {
        lock.lock();
        try {
            return choosing.size() + running.size() + waiting.size();
        } finally {
            lock.unlock();
        }
    }

    /** {@return all that are silent now, in the order of their arrival} */
    public List<Handshake> silent() {
        lock.lock();
        try {
            return new ArrayList<>(silent);
        } finally {
            lock.unlock();
        }
    }

    /** {@return all that have sent a whole ClientHello and are not done, those that run first} */
    public List<Handshake> pending() {
        lock.lock();
        try {
            List<Handshake> pending = new ArrayList<>(running);
            pending.addAll(waiting);
            pending.addAll(choosing);
            return pending;
        } finally {
            lock.unlock();
        }
    }

    /** Counts a connection as silent; returns the one that has to go instead, if there are too many. */
    public @Nullable Handshake enterSilent(Handshake handshake) {
        lock.lock();
        try {
            silent.add(handshake);
            if (silent.size() <= maxSilent) {
                return null;
            }
            Handshake longest = silent.iterator().next();
            silent.remove(longest);
            return longest;
        } finally {
            lock.unlock();
        }
    }

    /** A silent connection has spoken: its context is being chosen. */
    void spoken(Handshake handshake) {
        lock.lock();
        try {
            silent.remove(handshake);
            choosing.add(handshake);
        } finally {
            lock.unlock();
        }
    }

    /** A connection has gone, or goes elsewhere, before it came to waiting for its turn. */
    void leaveEarly(Handshake handshake) {
        lock.lock();
        try {
            silent.remove(handshake);
            choosing.remove(handshake);
        } finally {
            lock.unlock();
        }
    }

    /** {@return null when the handshake may run now; else the bound that it waits for here, to be begun later} */
    @Nullable Limit mayRun(Handshake handshake) {
        lock.lock();
        try {
            choosing.remove(handshake);
            waiting.add(handshake);
            Limit bound = bound();
            if (bound == null) {
                running.add(waiting.remove()); // this one: with room left, nobody else waits
            }
            return bound;
        } finally {
            lock.unlock();
        }
    }

    /** {@return what keeps the next handshake from running, or null} */
    private @Nullable Limit bound() {
        if (running.size() >= maxPending) {
            return Limit.MAX_PENDING_HANDSHAKES;
        }
        if (running.size() + undelivered >= acceptQueue) {
            return Limit.ACCEPT_QUEUE;
        }
        return running.size() + established >= maxConnections ? Limit.MAX_CONNECTIONS : null;
    }

    /** A handshake that waited will not run; returns false when it is running already. */
    boolean leaveWaiting(Handshake handshake) {
        lock.lock();
        try {
            return waiting.remove(handshake);
        } finally {
            lock.unlock();
        }
    }

    /** A handshake that ran is over; its connection waits to be taken if it succeeded. */
    void finished(Handshake handshake, boolean succeeded) {
        int one = succeeded ? 1 : 0;
        change(handshake, one, one);
    }

    /** A finished connection arrived from elsewhere, without a handshake here. */
    public void adopted() {
        change(null, 1, 1);
    }

    /** A finished connection was taken, or closed untaken. */
    public void delivered() {
        change(null, -1, 0);
    }

    /** A finished connection is no more, or another handle's. */
    public void gone() {
        change(null, 0, -1);
    }

    private void change(@Nullable Handshake done, int undeliveredChange, int establishedChange) {
        List<Handshake> begun = List.of();
        lock.lock();
        try {
            if (done != null) {
                running.remove(done);
            }
            undelivered += undeliveredChange;
            established += establishedChange;
            while (!waiting.isEmpty() && bound() == null) {
                if (begun.isEmpty()) {
                    begun = new ArrayList<>();
                }
                Handshake next = waiting.remove();
                begun.add(next);
                running.add(next);
            }
        } finally {
            lock.unlock();
        }
        begun.forEach(Handshake::begin);
    }
}
