package dev.sallyport.raw;

import static dev.sallyport.RawSocketEvent.WRITE;
import static dev.sallyport.raw.EventRecorder.settle;
import static dev.sallyport.testkit.Awaiting.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.RawSecureSocket;
import dev.sallyport.matrix.Matrix;
import dev.sallyport.matrix.Matrix.Dimension;
import dev.sallyport.matrix.Setup;
import dev.sallyport.support.ConnectedPair;
import dev.sallyport.testkit.Awaiting;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;

/** Contract 7: WRITE, which tells a handler of room for what the handler wants to send. */
class RoomEventsTest {
    private static final int SOME = 5_000;

    /** More than two kernels and any queue of ours will hold. */
    private static final int MORE_THAN_FITS = 12 << 20;

    @Matrix(Dimension.TRANSPORT)
    void roomIsToldOfOnceEachTimeItIsAskedFor(Setup setup) throws Exception {
        try (var pair = ConnectedPair.openRaw(setup)) {
            assertThat(pair.socket.readEventsEnabled()).isTrue();
            assertThat(pair.socket.writeEventsEnabled()).isTrue();
            EventRecorder recorder = new EventRecorder(SOME);
            pair.socket.listen(recorder);
            settle(pair.socket);
            assertThat(recorder.events()).containsExactly(WRITE);
            assertThat(pair.socket.writeEventsEnabled()).isFalse();
            pair.client.send(new byte[SOME]);
            Awaiting.until("the data", PATIENCE, () -> recorder.received() == SOME);
            pair.socket.writeEventsEnabled(true);
            settle(pair.socket);
            assertThat(recorder.count(WRITE)).isEqualTo(2);
            assertThat(pair.socket.writeEventsEnabled()).isFalse();
            pair.socket.writeEventsEnabled(false);
            settle(pair.socket);
            assertThat(recorder.count(WRITE)).isEqualTo(2);
        }
    }

    @Matrix({Dimension.TRANSPORT, Dimension.PROVIDER})
    void roomIsNotToldOfBeforeThereIsSome(Setup setup) throws Exception {
        try (var pair = ConnectedPair.openRaw(setup)) {
            RawSecureSocket socket = pair.socket;
            AtomicLong written = new AtomicLong();
            CompletableFuture<Void> all = new CompletableFuture<>();
            socket.listen((told, event) -> {
                if (event == WRITE) {
                    int taken = told.write(piece(written));
                    if (taken == 0) {
                        all.completeExceptionally(new AssertionError("told of room after " + written + ", but no"));
                    }
                    written.addAndGet(taken);
                    if (written.get() < MORE_THAN_FITS) {
                        told.writeEventsEnabled(true);
                    } else {
                        all.complete(null);
                    }
                }
            });
            Awaiting.stall("the writer", written::get);
            assertThat(written.get()).isLessThan(MORE_THAN_FITS);
            assertThat(socket.writeEventsEnabled()).isTrue();
            assertThat(pair.client.receive(MORE_THAN_FITS)).isEqualTo(new byte[MORE_THAN_FITS]);
            Awaiting.result("everything to be written", PATIENCE, all);
        }
    }

    private static ByteBuffer piece(AtomicLong written) {
        return ByteBuffer.allocate((int) Math.min(10_000, MORE_THAN_FITS - written.get()));
    }
}
