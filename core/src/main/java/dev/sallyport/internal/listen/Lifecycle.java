package dev.sallyport.internal.listen;

import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** How far a handle is on its way from bind to close, and whether it pauses. Any thread. */
final class Lifecycle {
    private enum Phase {
        BOUND,
        LISTENING,
        DRAINING,
        CLOSED
    }

    private record State(Phase phase, boolean paused) {
        State in(Phase next) {
            return new State(next, paused);
        }

        State paused(boolean pause) {
            return new State(phase, pause);
        }

        State listening() {
            return phase == Phase.BOUND ? in(Phase.LISTENING) : this;
        }

        boolean mayListen() {
            return phase == Phase.BOUND || phase == Phase.LISTENING;
        }
    }

    private final AtomicReference<State> state = new AtomicReference<>(new State(Phase.BOUND, false));
    private @Nullable Runnable whenClosed; // set once, before anybody else has the handle

    void listen() {
        if (state.get().phase() == Phase.BOUND) {
            state.updateAndGet(State::listening);
        }
    }

    void pause() {
        state.updateAndGet(now -> now.paused(true));
    }

    void resume() {
        state.updateAndGet(now -> now.paused(false).listening());
    }

    boolean isPaused() {
        return state.get().paused();
    }

    boolean isListening() {
        return state.get().phase() == Phase.LISTENING;
    }

    /** {@return whether connections are to be taken from the kernel} */
    boolean takes() {
        State now = state.get();
        return now.phase() == Phase.LISTENING && !now.paused();
    }

    /** {@return whether it listens, or could} */
    boolean mayListen() {
        return state.get().mayListen();
    }

    boolean isClosed() {
        return state.get().phase() == Phase.CLOSED;
    }

    /** {@return whether it could listen until now} */
    boolean drain() {
        return state.getAndUpdate(now -> now.mayListen() ? now.in(Phase.DRAINING) : now)
                .mayListen();
    }

    /** What a call of {@link #close} has changed. */
    enum Closed {
        /** Nothing: it was closed before. */
        BEFORE,
        /** It was draining, and has left its socket. */
        WHILE_DRAINING,
        /** It could listen until now. */
        WHILE_LISTENING
    }

    Closed close() {
        State before = state.getAndUpdate(now -> now.in(Phase.CLOSED));
        if (before.phase() == Phase.CLOSED) {
            return Closed.BEFORE;
        }
        return before.mayListen() ? Closed.WHILE_LISTENING : Closed.WHILE_DRAINING;
    }

    /** Names what runs when the listening part has been given back. */
    void whenClosed(Runnable closed) {
        whenClosed = closed;
    }

    /** The listening part has been given back. */
    void givenBack() {
        Runnable closed = whenClosed;
        if (closed != null) {
            closed.run();
        }
    }
}
