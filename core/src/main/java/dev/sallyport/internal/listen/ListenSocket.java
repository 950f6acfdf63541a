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
import java.util.List;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * One listening socket of the system and the handles that share it. Connections are taken from the kernel only while some
 * handle has demand, so that otherwise the kernel's backlog does the waiting, and are given out in turn.
 */
final class ListenSocket implements ListenWire.Listener {
    private static final System.Logger LOG = System.getLogger("dev.sallyport");
    private static final int BATCH = 64;

    private final ListenWire wire;
    private final Transport transport;
    private final boolean shared;
    private final boolean v6Only;
    private final TicketKeys ticketKeys = new TicketKeys();
    private final SharedHandles handles = new SharedHandles();
    private final AcceptPause pause;
    private final AtomicBoolean registered = new AtomicBoolean();
    private volatile boolean stalled;
    private boolean released; // loop thread only

    ListenSocket(ListenWire wire, Transport transport, boolean shared, boolean v6Only) {
        this.wire = wire;
        this.transport = transport;
        this.shared = shared;
        this.v6Only = v6Only;
        this.pause = new AcceptPause(wire, this::tryAgain);
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
        handles.add(handle);
    }

    /** Takes a handle out; returns whether it was the last. */
    boolean remove(ListenHandle handle) {
        return handles.remove(handle);
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
        try {
            if (registered.compareAndSet(false, true)) {
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
        if (released || pause.isOn()) {
            return; // gone, or the timer goes on
        }
        stalled = false;
        for (int i = 0; i < BATCH; i++) {
            if (!handles.anyDemand()) {
                stalled = true;
                if (!handles.anyDemand()) { // looked at again: it may have risen before stalled was seen
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

    private void assign(Wire accepted) {
        ListenHandle handle = handles.nextInTurn();
        if (handle == null || !handle.admits(accepted)) { // asks user code: without the lock
            accepted.release();
            return;
        }
        Handshake begun = new Handshake(accepted, handle);
        evict(handle.enter(begun));
        if (!handles.contains(handle)) { // it has left meanwhile, and may not have seen this one
            begun.move(handle, handle.handOver()::unread, false);
        }
        begun.start();
    }

    private static void evict(@Nullable Handshake silentLongest) {
        if (silentLongest != null) {
            silentLongest.evict("silent longest when maxSilentConnections was reached");
        }
    }

    private void pauseAccepting(IOException refused) {
        pause.report(refused);
        pause.begin(makeRoom());
    }

    /** Who is silent, or stalled, holds descriptors that others need: some of them go. {@return whether there are any} */
    private boolean makeRoom() {
        List<Handshake> evicted = handles.outOfDescriptors();
        evicted.forEach(one -> one.evict("waited longest for its peer when file descriptors ran out"));
        return !evicted.isEmpty();
    }

    private void tryAgain() {
        Duration waited = pause.end();
        if (released || waited == null || !handles.anyDemand()) {
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
            pause.goOn(waited, makeRoom());
        }
    }

    // ---- handing over

    /** {@return the handles that deliver, those with demand first and in turn} */
    List<ListenHandle> takers() {
        return handles.takers();
    }

    /** Enters a connection whose ClientHello is unread with this handle. {@return whether it is still one of these} */
    boolean enter(ListenHandle handle, Handshake unread) {
        SharedHandles.Entry entry = handles.enter(handle, unread);
        evict(entry.evicted());
        return entry.entered();
    }
}
