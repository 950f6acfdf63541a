package dev.sallyport.raw;

import static dev.sallyport.RawSocketEvent.CLOSED;
import static dev.sallyport.RawSocketEvent.READ;
import static dev.sallyport.RawSocketEvent.READ_CLOSED;
import static dev.sallyport.RawSocketEvent.WRITE;
import static dev.sallyport.raw.EventRecorder.endOf;
import static dev.sallyport.raw.EventRecorder.settle;
import static dev.sallyport.testkit.Awaiting.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.matrix.Matrix;
import dev.sallyport.matrix.Matrix.Dimension;
import dev.sallyport.matrix.Setup;
import dev.sallyport.support.ConnectedPair;
import dev.sallyport.testkit.Awaiting;
import dev.sallyport.testkit.BackgroundTask;
import dev.sallyport.testkit.Payload;
import java.io.IOException;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicLong;

/** Contract 7: a raw socket that is paused, or whose events are turned off. */
class PausedEventsTest {
    private static final int SOME = 5_000;

    /** More than two kernels and any queue of ours will hold. */
    private static final int MORE_THAN_FITS = 12 << 20;

    @Matrix({Dimension.TRANSPORT, Dimension.PROVIDER})
    void whatIsTurnedOffIsNotToldSlowsThePeerAndIsNotLost(Setup setup) throws Exception {
        try (var pair = ConnectedPair.openRaw(setup)) {
            Payload payload = Payload.of(1, MORE_THAN_FITS);
            EventRecorder recorder = new EventRecorder(100_000);
            pair.socket.readEventsEnabled(false);
            pair.socket.writeEventsEnabled(false);
            pair.socket.listen(recorder);
            AtomicLong sent = new AtomicLong();
            BackgroundTask<Void> sender = BackgroundTask.run("the client to send", () -> {
                byte[] all = payload.bytes();
                for (int i = 0; i < all.length; i += 1 << 14) {
                    pair.client.out().write(all, i, 1 << 14);
                    sent.addAndGet(1 << 14);
                }
                pair.client.sendCloseNotify();
            });
            Awaiting.stall("the client", sent::get);
            assertThat(sent.get()).isLessThan(MORE_THAN_FITS);
            assertThat(recorder.events()).isEmpty();
            pair.socket.readEventsEnabled(true);
            recorder.await(READ_CLOSED);
            sender.await();
            assertThat(recorder.bytes()).isEqualTo(payload.bytes());
            assertThat(recorder.events()).doesNotContain(WRITE);
        }
    }

    @Matrix({Dimension.TRANSPORT, Dimension.PROVIDER})
    void aHandlerThatPausesIsToldNothingMoreUntilItResumes(Setup setup) throws Exception {
        try (var pair = ConnectedPair.openRaw(setup)) {
            EventRecorder recorder = new EventRecorder(1);
            pair.socket.writeEventsEnabled(false);
            pair.socket.listen((socket, event) -> {
                recorder.handle(socket, event);
                if (event == READ) {
                    socket.pause();
                }
            });
            pair.client.send("abc");
            pair.client.sendCloseNotify();
            for (int i = 1; i <= 3; i++) {
                int expected = i;
                Awaiting.until("byte " + i, PATIENCE, () -> recorder.received() == expected);
                pair.socket.writeEventsEnabled(true);
                settle(pair.socket);
                assertThat(recorder.events()).hasSize(i).containsOnly(READ);
                pair.socket.resume(); // to READ first, and that pauses
            }
            recorder.await(READ_CLOSED);
            recorder.await(WRITE);
            assertThat(recorder.bytes()).asString().isEqualTo("abc");
        }
    }

    @Matrix({Dimension.TRANSPORT, Dimension.PROVIDER})
    void whoIsPausedIsToldThatTheConnectionIsGoneAndNothingElse(Setup setup) throws Exception {
        try (var pair = ConnectedPair.openRaw(setup)) {
            EventRecorder recorder = new EventRecorder(SOME);
            pair.socket.pause();
            pair.socket.listen(recorder);
            pair.client.send(new byte[SOME]);
            pair.client.reset();
            Awaiting.until(
                    "a write to meet the reset",
                    PATIENCE,
                    () -> fails(() -> pair.socket.write(ByteBuffer.allocate(1))));
            assertThatThrownBy(() -> endOf(pair.socket)).hasCauseInstanceOf(SocketException.class);
            assertThat(recorder.events()).containsExactly(CLOSED);
        }
    }

    private interface Call {
        void run() throws IOException;
    }

    private static boolean fails(Call call) {
        try {
            call.run();
            return false;
        } catch (IOException failure) {
            return true;
        }
    }
}
