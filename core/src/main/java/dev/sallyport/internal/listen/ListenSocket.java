package dev.sallyport.internal.listen;

import dev.sallyport.Transport;
import dev.sallyport.internal.handshake.Handshake;
import dev.sallyport.internal.tls.TicketKeys;
import dev.sallyport.internal.wire.ListenWire;
import dev.sallyport.internal.wire.Loop;
import dev.sallyport.internal.wire.Wire;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One listening socket of the system and the handles that share it. Connections are taken from the kernel only while some
 * handle has demand, so that otherwise the kernel's backlog does the waiting, and are given out in turn.
 */
final class ListenSocket implements ListenWire.Listener {
    private static final System.Logger LOG = System.getLogger("dev.sallyport");
    private static final int BATCH = 64;
    private static final Duration SHORT_PAUSE = Duration.ofMillis(10); // descriptors have been made free
    private static final Duration FIRST_PAUSE = Duration.ofMillis(50);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);
    private static final Duration BETWEEN_REPORTS = Duration.ofSeconds(10);

    private final ListenWire wire;
    private final Transport transport;
    private final boolean shared;
    private final boolean v6Only;
    private final TicketKeys ticketKeys = new TicketKeys();
    private final ReentrantLock lock = new ReentrantLock();
    private final List<ListenHandle> handles = new ArrayList<>();
    private int turn;
    private boolean registered;
    private volatile boolean stalled;
    private boolean released; // loop thread only
    private @Nullable Duration pause; // loop thread only: why nothing is accepted, out of descriptors
    private boolean toldOfPause; // loop thread only
    private long toldNanos; // loop thread only

    ListenSocket(ListenWire wire, Transport transport, boolean shared, boolean v6Only) {
        this.wire = wire;
        this.transport = transport;
        this.shared = shared;
        this.v6Only = v6Only;
    }

    SocketAddress localAddress() {
        return wire.localAddress();
    }

    Loop loop() {
        return wire.loop();
    }

    Transport transport() {
        return transport;
    }

    boolean shared() {
        return shared;
    }

    boolean v6Only() {
        return v6Only;
    }

    TicketKeys ticketKeys() {
        return ticketKeys;
    }

    /** Finds out whether options can be set on connections of this socket. */
    void tryOptions(Map<SocketOption<?>, Object> options) throws IOException {
        if (!options.isEmpty()) {
            wire.tryOptions(options);
        }
    }

    void add(ListenHandle handle) {
        lock.lock();
        try {
            handles.add(handle);
        } finally {
            lock.unlock();
        }
    }

    /** Takes a handle out; returns whether it was the last. */
    boolean remove(ListenHandle handle) {
        lock.lock();
        try {
            return handles.remove(handle) && handles.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    /** Closes the socket of the system; {@code then} runs when that is done. */
    void release(Runnable then) {
        wire.loop().run(() -> {
            released = true;
            wire.release(then); // by then the address is free
        });
    }

    /** Some handle may have demand that had none. Any thread. */
    void demandMayHaveRisen() {
        boolean first = false;
        lock.lock();
        try {
            if (!registered) {
                registered = true;
                first = true;
            }
        } finally {
            lock.unlock();
        }
        try {
            if (first) {
                wire.register(this);
            } else if (stalled) {
                wire.loop().execute(this::acceptable);
            }
        } catch (RejectedExecutionException closed) {
            LOG.log(
                    System.Logger.Level.TRACE,
                    "demand for a socket that has been closed, and its loop with it",
                    closed);
        }
    }

    // ---- accepting, on the loop thread

    @Override
    public void acceptable() {
        if (released || pause != null) {
            return; // gone, or the timer goes on
        }
        stalled = false;
        for (int i = 0; i < BATCH; i++) {
            if (!anyDemand()) {
                stalled = true;
                if (!anyDemand()) { // looked at again: it may have risen before stalled was seen
                    return;
                }
                stalled = false;
            }
            try {
                Wire accepted = wire.accept();
                if (accepted == null) {
                    return;
                }
                assign(accepted);
            } catch (IOException refused) {
                pauseAccepting(refused);
                return;
            }
        }
        wire.loop().execute(this::acceptable); // established connections on this loop have their turn first
    }

    private boolean anyDemand() {
        lock.lock();
        try {
            return handles.stream().anyMatch(ListenHandle::hasDemand);
        } finally {
            lock.unlock();
        }
    }

    private void assign(Wire accepted) {
        ListenHandle handle = nextInTurn();
        if (handle == null || !handle.admits(accepted)) { // asks user code: without the lock
            accepted.release();
            return;
        }
        Handshake begun = new Handshake(accepted, handle);
        evict(handle.enter(begun));
        if (!isOneOfUs(handle)) { // it has left meanwhile, and may not have seen this one
            begun.move(handle, handle.handOver()::unread, false);
        }
        begun.start();
    }

    private static void evict(@Nullable Handshake silentLongest) {
        if (silentLongest != null) {
            silentLongest.evict("silent longest when maxSilentConnections was reached");
        }
    }

    private @Nullable ListenHandle nextInTurn() {
        lock.lock();
        try {
            ListenHandle handle = nextThatTakes();
            return handle != null || handles.isEmpty() ? handle : handles.get(0);
        } finally {
            lock.unlock();
        }
    }

    private boolean isOneOfUs(ListenHandle handle) {
        lock.lock();
        try {
            return handles.contains(handle);
        } finally {
            lock.unlock();
        }
    }

    private @Nullable ListenHandle nextWithDemand() {
        for (int i = 0; i < handles.size(); i++) {
            turn = turn % handles.size();
            ListenHandle handle = handles.get(turn++);
            if (handle.hasDemand()) {
                return handle;
            }
        }
        return null;
    }

    /** For a connection that is there already: one too many, for a handle that listens, is better than none. */
    private @Nullable ListenHandle nextThatTakes() {
        ListenHandle handle = nextWithDemand();
        return handle != null
                ? handle
                : handles.stream().filter(ListenHandle::delivers).findFirst().orElse(null);
    }

    private void pauseAccepting(IOException refused) {
        long now = System.nanoTime();
        if (!toldOfPause || now - toldNanos > BETWEEN_REPORTS.toNanos()) {
            toldOfPause = true;
            toldNanos = now;
            LOG.log(
                    System.Logger.Level.ERROR,
                    "accepting on " + localAddress() + " is paused: " + refused.getMessage());
        }
        pauseFor(makeRoom() ? SHORT_PAUSE : FIRST_PAUSE);
    }

    /** Who is silent, or stalled, holds descriptors that others need: some of them go. {@return whether there are any} */
    private boolean makeRoom() {
        List<Handshake> evicted = new ArrayList<>();
        lock.lock();
        try {
            handles.forEach(handle -> evicted.addAll(handle.outOfDescriptors()));
        } finally {
            lock.unlock();
        }
        evicted.forEach(one -> one.evict("waited longest for its peer when file descriptors ran out"));
        return !evicted.isEmpty();
    }

    private void pauseFor(Duration wait) {
        pause = wait;
        wire.loop().schedule(this::tryAgain, wait);
    }

    private void tryAgain() {
        Duration waited = pause;
        pause = null;
        if (released || waited == null || !anyDemand()) {
            acceptable();
            return;
        }
        try {
            Wire accepted = wire.accept();
            if (accepted != null) {
                assign(accepted);
            }
            acceptable();
        } catch (IOException stillRefused) {
            Duration doubled = waited.multipliedBy(2);
            Duration longer = doubled.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : doubled;
            pauseFor(makeRoom() ? SHORT_PAUSE : longer);
        }
    }

    // ---- handing over

    /** {@return the handles that deliver, those with demand first and in turn} */
    List<ListenHandle> takers() {
        lock.lock();
        try {
            Set<ListenHandle> takers = new LinkedHashSet<>();
            ListenHandle first = nextWithDemand();
            if (first != null) {
                takers.add(first);
            }
            handles.stream().filter(ListenHandle::hasDemand).forEach(takers::add);
            handles.stream().filter(ListenHandle::delivers).forEach(takers::add);
            return new ArrayList<>(takers);
        } finally {
            lock.unlock();
        }
    }

    /** Enters a connection whose ClientHello is unread with this handle. {@return whether it is still one of these} */
    boolean enter(ListenHandle handle, Handshake unread) {
        Handshake evicted;
        lock.lock();
        try {
            if (!handles.contains(handle)) {
                return false;
            }
            evicted = handle.enterAdopted(unread); // with the lock: if it leaves now, it sees this one
        } finally {
            lock.unlock();
        }
        evict(evicted);
        return true;
    }
}
