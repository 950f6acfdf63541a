package dev.sallyport.internal.wire;

import io.netty.channel.IoHandle;
import io.netty.channel.IoOps;
import io.netty.channel.IoRegistration;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One handle's registration with a poller: begun once, ended once, both on the polling thread, in whatever order they are
 * asked for. A handle that has ended is never registered, since its descriptor's number may be another's by then.
 */
final class PollerRegistration {
    private final Poller poller;
    private @Nullable IoRegistration registration; // polling thread only
    private boolean ended; // polling thread only

    PollerRegistration(Poller poller) {
        this.poller = poller;
    }

    /** {@return with what} */
    Poller poller() {
        return poller;
    }

    /** Registers and states the interest. Any thread; {@code failed} runs on the polling thread. */
    void begin(IoHandle handle, Consumer<Exception> failed, IoOps... interest) {
        poller.run(() -> {
            if (ended) {
                return;
            }
            try {
                registration = poller.register(handle);
            } catch (IOException | RuntimeException failure) {
                failed.accept(failure);
                return;
            }
            ask(failed, interest);
        });
    }

    /** As {@link #submit}, where the system may refuse. */
    void ask(Consumer<Exception> failed, IoOps... interest) {
        try {
            submit(interest);
        } catch (UncheckedIOException refused) {
            failed.accept(refused.getCause());
        } catch (RuntimeException failure) {
            failed.accept(failure);
        }
    }

    /** Changes what is asked for. Polling thread only; nothing happens before {@link #begin} and after {@link #end}. */
    void submit(IoOps... operations) {
        IoRegistration current = registration;
        if (current != null && current.isValid()) {
            for (IoOps operation : operations) {
                current.submit(operation);
            }
        }
    }

    /** {@return whether {@link #end} was called} Polling thread only. */
    boolean ended() {
        return ended;
    }

    /** Ends the registration: true the first time. Polling thread only; the descriptor may be closed afterwards. */
    boolean end(IoOps... withdrawal) {
        if (ended) {
            return false;
        }
        submit(withdrawal);
        ended = true; // before cancel, which calls the handle back
        if (registration != null) {
            registration.cancel();
        }
        return true;
    }
}
