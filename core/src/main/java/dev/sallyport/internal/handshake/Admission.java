package dev.sallyport.internal.handshake;

import dev.sallyport.Limit;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Bounds what one handle has under way, each kind apart, so that none of them starves another:
 *
 * <ul>
 *   <li>connections that have not sent a whole ClientHello: cheap; beyond their bound the one silent longest goes;
 *   <li>handshakes that have begun, most of which wait for their peer: beyond their bound the one that began first of those
 *       that wait goes, once it has had {@link #PATIENCE};
 *   <li>places for work and delivery: a handshake has one only while its cryptography runs, a finished connection until it
 *       is taken. Who waits for a peer, or for code of the user, has none, and so keeps nobody out;
 *   <li>finished connections.
 * </ul>
 *
 * A handshake with something to do waits its turn here, in order, those that have begun before those that have not. Any
 * thread; handshakes are begun and ended with no lock held.
 */
public final class Admission {
    /** What a handshake may take of its peer's time before it can be made to go for another one. */
    static final Duration PATIENCE = Duration.ofSeconds(1);

    private final int maxSilent;
    private final int maxPending;
    private final int acceptQueue;
    private final int maxConnections;
    private final ReentrantLock lock = new ReentrantLock();
    private final HandshakeQueues queues; // guarded by lock
    private int lingering; // failed, and not closed yet; guarded by lock
    private int undelivered; // guarded by lock
    private int established; // guarded by lock
    private boolean lookDue; // a look at who has had its time will be taken; guarded by lock

    /** Bounds as in {@code BindOptions}. */
    public Admission(int maxSilent, int maxPending, int acceptQueue, int maxConnections) {
        this.maxSilent = maxSilent;
        this.maxPending = maxPending;
        this.queues = new HandshakeQueues(maxPending);
        this.acceptQueue = acceptQueue;
        this.maxConnections = maxConnections;
    }

    // ---- what there is

    /** {@return the bound that keeps another connection from being accepted from the kernel, or null} */
    public @Nullable Limit full() {
        lock.lock();
        try {
            int wanting = queues.wantingCount();
            if (wanting + undelivered >= acceptQueue) {
                return Limit.ACCEPT_QUEUE;
            }
            int choosing = queues.choosingCount();
            if (choosing >= maxPending) {
                return Limit.MAX_PENDING_HANDSHAKES;
            }
            return choosing + wanting + established >= maxConnections ? Limit.MAX_CONNECTIONS : null;
        } finally {
            lock.unlock();
        }
    }

    /** {@return connections without a whole ClientHello} */
    public int silentCount() {
        lock.lock();
        try {
            return queues.silentCount();
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
            return queues.pendingCount();
        } finally {
            lock.unlock();
        }
    }

    /** {@return all that are silent now, in the order of their arrival} */
    public List<Handshake> silent() {
        lock.lock();
        try {
            return queues.silent();
        } finally {
            lock.unlock();
        }
    }

    /** {@return all that have sent a whole ClientHello and are not done, those that have begun first} */
    public List<Handshake> pending() {
        lock.lock();
        try {
            return queues.pending();
        } finally {
            lock.unlock();
        }
    }

    // ---- the way of a handshake

    /** Counts a connection as silent; returns the one that has to go instead, if there are too many. */
    public @Nullable Handshake enterSilent(Handshake handshake) {
        lock.lock();
        try {
            queues.put(handshake, Place.SILENT);
            if (queues.silentCount() <= maxSilent) {
                return null;
            }
            Handshake longest = queues.longestSilent();
            queues.put(longest, Place.NONE);
            return longest;
        } finally {
            lock.unlock();
        }
    }

    /** A silent connection has spoken: its context is being chosen. False when it has to go. */
    boolean spoken(Handshake handshake) {
        return move(handshake, Place.SILENT, Place.CHOOSING);
    }

    /** A silent connection goes elsewhere. False when it is not silent. */
    boolean leaveSilent(Handshake handshake) {
        return move(handshake, Place.SILENT, Place.NONE);
    }

    /** Its context is chosen: it begins now, or when there is room. {@return the bound in its way, or null} */
    @Nullable Limit chosen(Handshake handshake) {
        Turns turns;
        Limit bound;
        lock.lock();
        try {
            if (handshake.place != Place.CHOOSING) {
                return null;
            }
            queues.put(handshake, Place.WAITING);
            bound = queues.begunCount() >= maxPending ? Limit.MAX_PENDING_HANDSHAKES : placeBound();
            turns = nextTurns();
        } finally {
            lock.unlock();
        }
        turns.take();
        return bound;
    }

    /** It waits for its peer from now on. False when it has to go. */
    boolean stalled(Handshake handshake) {
        boolean stalled = move(handshake, Place.WORKING, Place.STALLED);
        if (stalled && handshake.largeHello > 0) {
            makeRoomFor(handshake);
        }
        return stalled;
    }

    private void makeRoomFor(Handshake large) {
        List<Handshake> evicted;
        Turns turns;
        lock.lock();
        try {
            if (large.place == Place.NONE) {
                return; // it has failed just now
            }
            evicted = queues.makeRoomFor(large);
            turns = nextTurns();
        } finally {
            lock.unlock();
        }
        turns.take();
        evicted.forEach(handshake -> handshake.evict("waited longest for its peer of those with a large hello"));
    }

    /** It waits for code of the user from now on. False when it has to go. */
    boolean asking(Handshake handshake) {
        return move(handshake, Place.WORKING, Place.ASKING);
    }

    /**
     * Its peer has sent something, or the user's code has answered: it goes on now, or when there is room. {@return the bound
     * in its way, or null}
     */
    @Nullable Limit ready(Handshake handshake) {
        Turns turns;
        Limit bound;
        lock.lock();
        try {
            if (handshake.place != Place.STALLED && handshake.place != Place.ASKING) {
                return null;
            }
            queues.put(handshake, Place.READY);
            bound = placeBound();
            turns = nextTurns();
        } finally {
            lock.unlock();
        }
        turns.take();
        return bound;
    }

    /** The one that began first of those that wait for their peer may have had its time. */
    void lookAgain() {
        lock.lock();
        try {
            lookDue = false;
        } finally {
            lock.unlock();
        }
        change(0, 0);
    }

    /** It is done: its connection waits to be taken. */
    void succeeded(Handshake handshake) {
        leave(handshake, 1);
    }

    /** It has failed, wherever it stood. */
    void failed(Handshake handshake) {
        leave(handshake, 0);
    }

    private void leave(Handshake handshake, int finished) {
        Turns turns;
        lock.lock();
        try {
            if (handshake.place != Place.EVICTED) { // which it is until it has left
                queues.put(handshake, Place.NONE);
            }
            undelivered += finished;
            established += finished;
            turns = nextTurns();
        } finally {
            lock.unlock();
        }
        turns.take();
    }

    private boolean move(Handshake handshake, Place from, Place to) {
        Turns turns;
        lock.lock();
        try {
            if (handshake.place != from) {
                return false;
            }
            queues.put(handshake, to);
            turns = from == Place.WORKING ? nextTurns() : Turns.NONE;
        } finally {
            lock.unlock();
        }
        turns.take();
        return true;
    }

    // ---- the way of its connection

    /** {@return whether there is room for a finished connection from elsewhere} If so it has its place from now on. */
    public boolean adopts() {
        lock.lock();
        try {
            if (placeBound() != null) {
                return false;
            }
            undelivered++;
            established++;
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** A finished connection was taken, or closed untaken. */
    public void delivered() {
        change(-1, 0);
    }

    /** A finished connection is no more, or another handle's. */
    public void gone() {
        change(0, -1);
    }

    private void change(int undeliveredChange, int establishedChange) {
        Turns turns;
        lock.lock();
        try {
            undelivered += undeliveredChange;
            established += establishedChange;
            turns = nextTurns();
        } finally {
            lock.unlock();
        }
        turns.take();
    }

    /** {@return whether a connection that has failed may wait for its peer's end} If so, {@link #left} is told of it. */
    boolean mayLinger() {
        lock.lock();
        try {
            if (lingering >= maxSilent) {
                return false;
            }
            lingering++;
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** The connection of one that has failed is closed. */
    void left(Handshake handshake, boolean lingered) {
        lock.lock();
        try {
            lingering -= lingered ? 1 : 0;
            queues.put(handshake, Place.NONE);
        } finally {
            lock.unlock();
        }
    }

    // ---- whose turn it is

    /** With the lock held. */
    private Turns nextTurns() {
        if (!queues.someWaitForRoom() || placeBound() != null) {
            return Turns.NONE;
        }
        List<Handshake> begin = new ArrayList<>(1);
        List<Handshake> evict = new ArrayList<>(0);
        Handshake next = queues.nextReady();
        while (next != null && placeBound() == null) {
            work(next, begin);
            next = queues.nextReady();
        }
        Turns.Look look = null;
        next = queues.nextWaiting();
        while (next != null && placeBound() == null) {
            if (queues.begunCount() >= maxPending) {
                Handshake longest = queues.longestStalled();
                if (longest == null) {
                    break; // none waits for its peer; when one does, this is asked again
                }
                Duration left = PATIENCE.minusNanos(System.nanoTime() - longest.begunNanos);
                if (!left.isNegative() && !left.isZero()) {
                    look = lookDue ? null : new Turns.Look(next, left);
                    lookDue = true;
                    break;
                }
                queues.put(longest, Place.NONE);
                evict.add(longest);
            }
            work(next, begin);
            next = queues.nextWaiting();
        }
        return new Turns(begin, evict, look);
    }

    private void work(Handshake next, List<Handshake> begin) {
        if (next.place == Place.WAITING) {
            next.begunNanos = System.nanoTime();
        }
        queues.put(next, Place.WORKING);
        begin.add(next);
    }

    /** {@return what keeps the next step of a handshake from being made, or null} */
    private @Nullable Limit placeBound() {
        if (queues.workingCount() + undelivered >= acceptQueue) {
            return Limit.ACCEPT_QUEUE;
        }
        return queues.workingCount() + established >= maxConnections ? Limit.MAX_CONNECTIONS : null;
    }

    /**
     * Gives up some that hold a descriptor and wait for their peer, silent or stalled: those that came first, and nobody of the
     * half that came last, so that who has come just now does not go for those who came long before. Those who are already
     * going count. {@return those, for the caller to end with no lock held}
     */
    public List<Handshake> evictSome() {
        lock.lock();
        try {
            return queues.evictSome();
        } finally {
            lock.unlock();
        }
    }
}
