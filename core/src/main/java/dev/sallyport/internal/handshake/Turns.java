package dev.sallyport.internal.handshake;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Those whose turn has come, those that go for them, and the one that is to look again for its turn, if one is. */
record Turns(
        List<Handshake> begun,
        List<Handshake> evicted,
        @Nullable Look look) {
    static final Turns NONE = new Turns(List.of(), List.of(), null);

    /** One that waits for room, and when the one that would go for it has had its time. */
    record Look(Handshake waiting, Duration in) {}

    /** With no lock held. */
    void take() {
        begun.forEach(Handshake::begin);
        evicted.forEach(
                handshake -> handshake.evict("waited longest for its peer when maxPendingHandshakes was reached"));
        if (look != null) {
            look.waiting().lookAgain(look.in());
        }
    }
}
