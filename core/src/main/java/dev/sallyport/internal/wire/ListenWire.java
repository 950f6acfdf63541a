package dev.sallyport.internal.wire;

import dev.sallyport.internal.names.AddressText;
import dev.sallyport.internal.resource.OwnedCount;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A listening socket on one event loop. All methods but {@link #register} and {@link #release}, which any thread may call,
 * on the loop thread. As with {@link Wire}, an event comes only after {@link #accept} has returned null.
 */
public abstract class ListenWire {
    /** Told on the loop thread that {@link #accept} may give something. */
    public interface Listener {
        /** Connections may be waiting; accept until there is none, since no new event may come for those already there. */
        void acceptable();
    }

    /** What every accepted connection is wrapped in before anybody sees it: nothing, but in tests. */
    static volatile UnaryOperator<Wire> wrapping = UnaryOperator.identity();

    private final Loop loop;
    private final SocketAddress localAddress;
    private @Nullable Exception lost; // loop thread only

    ListenWire(Loop loop, SocketAddress localAddress) {
        this.loop = loop;
        this.localAddress = localAddress;
        OwnedCount.DESCRIPTORS.increment();
    }

    /** {@return the loop this socket is polled by} */
    public final Loop loop() {
        return loop;
    }

    /** {@return the address bound, with the port the system chose} */
    public final SocketAddress localAddress() {
        return localAddress;
    }

    /** Registers with the loop; events come from now on. When that fails the listener is told, and {@link #accept} throws. */
    public abstract void register(Listener listener);

    /**
     * Takes the next connection of the kernel's queue; skips those that are gone already.
     *
     * @return the connection, not yet registered, or null when none waits
     * @throws OutOfDescriptorsException when there is no descriptor for it: try again later, since no event will come
     * @throws IOException when this socket can accept no more
     */
    public final @Nullable Wire accept() throws IOException {
        if (lost != null) {
            throw new IOException("accept " + AddressText.of(localAddress) + ": cannot poll", lost);
        }
        Wire accepted = acceptNow();
        return accepted == null ? null : wrapping.apply(accepted);
    }

    /**
     * Sets options on a socket like those that {@link #accept} gives, to know before there is one. Any thread.
     *
     * @throws UnsupportedOperationException when such a socket does not have one of them
     */
    public abstract void tryOptions(Map<SocketOption<?>, Object> options) throws IOException;

    /** Ends the registration, then closes the socket, in a task of the loop. Once. */
    public final void release() {
        release(() -> {});
    }

    /** Does {@link #release()}; then, on the loop thread, {@code done}: by then the address is free. */
    public abstract void release(Runnable done);

    abstract @Nullable Wire acceptNow() throws IOException;

    /** Passes an event on. Loop thread only. Never throws: the loop would lose the other events of its batch. */
    final void event(@Nullable Listener listener) {
        try {
            if (listener != null) {
                listener.acceptable();
            }
        } catch (Throwable failure) {
            Loop.LOG.log(Level.ERROR, "accepting on " + AddressText.of(localAddress) + " failed", failure);
        }
    }

    /** The loop polls this socket no more, against our will. Loop thread only. */
    final void lost(@Nullable Listener listener, Exception cause) {
        if (lost == null) {
            lost = cause;
            Loop.LOG.log(Level.ERROR, "cannot poll the listening socket " + AddressText.of(localAddress), cause);
            event(listener);
        }
    }
}
