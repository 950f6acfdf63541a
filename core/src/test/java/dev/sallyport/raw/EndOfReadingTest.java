package dev.sallyport.raw;

import static dev.sallyport.RawSocketEvent.CLOSED;
import static dev.sallyport.RawSocketEvent.READ;
import static dev.sallyport.RawSocketEvent.READ_CLOSED;
import static dev.sallyport.raw.EventRecorder.endOf;
import static dev.sallyport.raw.EventRecorder.settle;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.RawSecureSocket;
import dev.sallyport.SocketDirection;
import dev.sallyport.TruncatedStreamException;
import dev.sallyport.matrix.Matrix;
import dev.sallyport.matrix.Matrix.Dimension;
import dev.sallyport.matrix.Setup;
import dev.sallyport.support.ConnectedPair;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.Consumer;

/** Contract 7: READ_CLOSED and CLOSED, each once, after everything that came before. */
class EndOfReadingTest {
    private static final int SOME = 5_000;

    @Matrix
    void theEndOfReadingIsToldOnceAfterTheLastByte(Setup setup) throws Exception {
        try (var pair = ConnectedPair.openRaw(setup)) {
            EventRecorder recorder = new EventRecorder(1);
            pair.client.send(new byte[SOME]);
            pair.client.sendCloseNotify();
            pair.socket.listen(recorder);
            recorder.await(READ_CLOSED);
            assertThat(recorder.received()).isEqualTo(SOME);
            assertThat(recorder.events()).doesNotContain(CLOSED);
            for (int i = 0; i < 3; i++) {
                assertThat(pair.socket.read(ByteBuffer.allocate(1))).isEqualTo(-1);
            }
            pair.socket.close();
            endOf(pair.socket);
            assertThat(recorder.events()).containsOnlyOnce(READ_CLOSED, CLOSED).endsWith(CLOSED);
            assertThat(recorder.after(READ_CLOSED)).doesNotContain(READ);
        }
    }

    @Matrix
    void anEndWithoutCloseNotifyIsTheEndOfReadingAndReadSaysWhichEnd(Setup setup) throws Exception {
        try (var pair = ConnectedPair.openRaw(setup)) {
            EventRecorder recorder = new EventRecorder(SOME);
            pair.socket.listen(recorder);
            pair.client.send(new byte[SOME]);
            pair.client.closeWithoutNotify();
            recorder.await(READ_CLOSED);
            assertThat(recorder.received()).isEqualTo(SOME);
            for (int i = 0; i < 3; i++) {
                assertThatThrownBy(() -> pair.socket.read(ByteBuffer.allocate(1)))
                        .isInstanceOf(TruncatedStreamException.class);
            }
            assertThat(pair.socket.isOpen()).isTrue();
            pair.socket.close();
            endOf(pair.socket);
            assertThat(recorder.events()).containsOnlyOnce(READ_CLOSED, CLOSED).endsWith(CLOSED);
        }
    }

    @Matrix
    void aResetIsTheEndOfReadingAndOfTheConnection(Setup setup) throws Exception {
        try (var pair = ConnectedPair.openRaw(setup)) {
            EventRecorder recorder = new EventRecorder(SOME);
            pair.socket.writeEventsEnabled(false);
            pair.socket.listen(recorder);
            pair.client.reset();
            assertThatThrownBy(() -> endOf(pair.socket)).hasCauseInstanceOf(SocketException.class);
            assertThat(recorder.events()).containsExactly(READ_CLOSED, CLOSED);
        }
    }

    @Matrix({Dimension.TRANSPORT, Dimension.PROVIDER})
    void anEndOfOurOwnIsNoEndOfReading(Setup setup) throws Exception {
        for (Consumer<RawSecureSocket> end : List.<Consumer<RawSecureSocket>>of(RawSecureSocket::abort, socket -> {
            socket.shutdown(SocketDirection.RECEIVE);
            settle(socket);
            socket.abort();
        })) {
            try (var pair = ConnectedPair.openRaw(setup)) {
                EventRecorder recorder = new EventRecorder(SOME);
                pair.socket.writeEventsEnabled(false);
                pair.socket.listen(recorder);
                end.accept(pair.socket);
                endOf(pair.socket);
                assertThat(recorder.events()).containsExactly(CLOSED);
            }
        }
    }

    @Matrix(Dimension.TRANSPORT)
    void aHandlerThatComesAfterTheEndIsToldOfItAndOfNothingElse(Setup setup) throws Exception {
        try (var pair = ConnectedPair.openRaw(setup)) {
            pair.client.send("unread");
            pair.socket.abort();
            endOf(pair.socket);
            EventRecorder recorder = new EventRecorder(SOME);
            pair.socket.listen(recorder);
            recorder.await(CLOSED);
            settle(pair.socket);
            assertThat(recorder.events()).containsExactly(CLOSED);
            assertThatThrownBy(() -> pair.socket.listen(new EventRecorder(1)))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("handler");
        }
    }
}
