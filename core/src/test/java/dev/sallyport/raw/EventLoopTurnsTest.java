package dev.sallyport.raw;

import static dev.sallyport.testkit.Awaiting.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.PackageAccess;
import dev.sallyport.RawSecureServerSocket;
import dev.sallyport.RawSecureSocket;
import dev.sallyport.RawSocketEvent;
import dev.sallyport.SecureSocket;
import dev.sallyport.matrix.Matrix;
import dev.sallyport.matrix.Matrix.Dimension;
import dev.sallyport.matrix.Setup;
import dev.sallyport.support.ConnectedPair;
import dev.sallyport.testkit.Awaiting;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** A connection that always has something to do, on the event loop itself, does not keep the loop from the others. */
class EventLoopTurnsTest {
    @Matrix({Dimension.TRANSPORT})
    void aHandlerThatNeverReadsWhatItIsToldOfLeavesTheLoopToOthers(Setup setup) throws Exception {
        AtomicLong told = new AtomicLong();
        try (RawSecureServerSocket server = setup.openRaw(options -> options.executor(Runnable::run));
                var busy = ConnectedPair.of(server, setup.client(server.port()))) {
            busy.socket.listen((socket, event) -> told.incrementAndGet());
            busy.client.send("never read");
            Awaiting.until("the first READ", PATIENCE, () -> told.get() > 1000);
            othersAreServed(setup, server);
        }
    }

    @Matrix({Dimension.TRANSPORT})
    void aChainOfReadsByFutureLeavesTheLoopToOthers(Setup setup) throws Exception {
        AtomicLong rounds = new AtomicLong();
        try (RawSecureServerSocket server = setup.openRaw(options -> options.executor(Runnable::run));
                var busy = ConnectedPair.of(server, setup.client(server.port()))) {
            SecureSocket socket = PackageAccess.socketOf(busy.socket);
            chain(socket, rounds);
            busy.client.send("x");
            Awaiting.until("some rounds", PATIENCE, () -> rounds.get() > 1000);
            othersAreServed(setup, server);
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
    private static void othersAreServed(Setup setup, RawSecureServerSocket server) throws Exception {
        List<ConnectedPair<RawSecureSocket>> others = new ArrayList<>();
        try {
            for (int i = 0; i <= Runtime.getRuntime().availableProcessors(); i++) {
                var other = ConnectedPair.of(server, setup.client(server.port()));
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
            for (ConnectedPair<RawSecureSocket> other : others) {
                other.close();
            }
        }
    }
}
