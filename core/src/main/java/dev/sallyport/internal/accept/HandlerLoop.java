package dev.sallyport.internal.accept;

import dev.sallyport.SecureConnection;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Gives the connections of a server to a handler, one at a time, on the executor of the options. Any thread.
 *
 * @param <S> the form in which the handler gets them
 */
public final class HandlerLoop<S extends SecureConnection> {
    private final Deliveries<S> deliveries;
    private final AtomicReference<@Nullable ConnectionHandling<? super S>> handler = new AtomicReference<>();
    private final AtomicBoolean delivering = new AtomicBoolean(); // or waiting for a connection to deliver

    /** A loop without a handler, which does nothing. */
    public HandlerLoop(Deliveries<S> deliveries) {
        this.deliveries = deliveries;
    }

    /** {@return whether a handler was given} */
    public boolean hasHandler() {
        return handler.get() != null;
    }

    /** Names the handler; {@link #arm} must follow. */
    public void listen(ConnectionHandling<? super S> first) {
        if (!handler.compareAndSet(null, first)) {
            throw new IllegalStateException(deliveries.called("listen") + "this server has a handler already");
        }
    }

    /** Sees to it that the next connection is delivered, unless that is under way: the handler is called one at a time. */
    public void arm() {
        if (hasHandler()
                && !deliveries.handle().isPaused()
                && deliveries.areToCome()
                && delivering.compareAndSet(false, true)) {
            deliveries.whenAcceptable(this::dispatchNext);
        }
    }

    private void dispatchNext() {
        deliveries
                .dispatcher()
                .later(
                        this::deliver,
                        full -> { // later: one after the other, not one inside the other
                            refuseNext(full);
                            delivered();
                        });
    }

    private void deliver() {
        ConnectionHandling<? super S> current = handler.get();
        S connection = deliveries.handle().isPaused() || current == null ? null : deliveries.next();
        if (connection != null && current != null) {
            try {
                current.handle(connection);
            } catch (Throwable failure) {
                deliveries.handlerFailed(connection, failure);
            }
        }
        delivered();
    }

    private void delivered() {
        delivering.set(false);
        arm(); // also when it was resumed meanwhile
    }

    private void refuseNext(Throwable full) {
        S refused = deliveries.next();
        if (refused != null) {
            deliveries.rejected(refused, full);
        }
    }
}
