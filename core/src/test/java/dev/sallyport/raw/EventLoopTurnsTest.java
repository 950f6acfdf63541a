package dev.sallyport.raw;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.PackageAccess;
import dev.sallyport.RawSocketEvent;
import dev.sallyport.SecureSocket;
import dev.sallyport.matrix.Matrix;
import dev.sallyport.matrix.Matrix.Dimension;
import dev.sallyport.matrix.Setup;
import dev.sallyport.support.RawPair;
import dev.sallyport.testkit.Awaiting;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** A connection that always has something to do, on the event loop itself, does not keep the loop from the others. */
class EventLoopTurnsTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    @Matrix({Dimension.TRANSPORT})
    void aHandlerThatNeverReadsWhatItIsToldOfLeavesTheLoopToOthers(Setup setup) throws Exception {
        AtomicLong told = new AtomicLong();
        try (RawPair busy = RawPair.of(setup, options -> options.executor(Runnable::run))) {
            busy.socket.listen((socket, event) -> told.incrementAndGet());
            busy.client.send("never read");
            Awaiting.until("the first READ", LIMIT, () -> told.get() > 1000);
            othersAreServed(setup, busy);
        }
    }

    @Matrix({Dimension.TRANSPORT})
    void aChainOfReadsByFutureLeavesTheLoopToOthers(Setup setup) throws Exception {
        AtomicLong rounds = new AtomicLong();
        try (RawPair busy = RawPair.of(setup, options -> options.executor(Runnable::run))) {
            SecureSocket socket = PackageAccess.socketOf(busy.socket);
            chain(socket, rounds);
            busy.client.send("x");
            Awaiting.until("some rounds", LIMIT, () -> rounds.get() > 1000);
            othersAreServed(setup, busy);
        }
    }

    /** After a first byte, reads into no room, which is done at once, and begins again. */
    private static void chain(SecureSocket socket, AtomicLong rounds) {
        socket.readAsync(ByteBuffer.allocate(rounds.getAndIncrement() == 0 ? 1 : 0))
                .thenAccept(count -> {
                    if (socket.isOpen()) {
                        chain(socket, rounds);
                    }
                });
    }

    /** One of them at least is on the loop of the busy one. */
    private static void othersAreServed(Setup setup, RawPair busy) throws Exception {
        List<RawPair> others = new ArrayList<>();
        try {
            for (int i = 0; i <= Runtime.getRuntime().availableProcessors(); i++) {
                RawPair other = busy.another(setup);
                others.add(other);
                other.socket.listen((socket, event) -> {
                    ByteBuffer bytes = ByteBuffer.allocate(100);
                    if (event == RawSocketEvent.READ && socket.read(bytes) > 0) {
                        socket.write(bytes.flip());
                    }
                });
                other.client.send("turn");
                assertThat(new String(other.client.receive(4), StandardCharsets.UTF_8))
                        .isEqualTo("turn");
            }
        } finally {
            for (RawPair other : others) {
                other.socket.abort();
                other.client.close();
            }
        }
    }
}
