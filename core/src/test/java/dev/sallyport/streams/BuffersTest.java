package dev.sallyport.streams;

import static dev.sallyport.testkit.Awaiting.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.SecureSocket;
import dev.sallyport.matrix.Matrix;
import dev.sallyport.matrix.Matrix.Dimension;
import dev.sallyport.matrix.Setup;
import dev.sallyport.support.ConnectedPair;
import dev.sallyport.testkit.Awaiting;
import dev.sallyport.testkit.Payload;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.IntFunction;

/** Buffers of every kind, and of each only the part between its position and its limit. */
class BuffersTest {
    private static final int MARGIN = 7;
    private static final byte UNTOUCHED = 0x55;

    /** More than a record, so that one buffer takes several steps. */
    private static final int SIZE = 40_000;

    private static final List<IntFunction<ByteBuffer>> KINDS = List.of(
            ByteBuffer::allocate,
            ByteBuffer::allocateDirect,
            size -> ByteBuffer.allocate(size + 3).position(3).slice(),
            size -> ByteBuffer.allocateDirect(size + 3).position(3).slice());

    @Matrix({Dimension.PROVIDER, Dimension.VERSION})
    void onlyWhatIsBetweenPositionAndLimitIsWritten(Setup setup) throws Exception {
        try (var pair = ConnectedPair.open(setup)) {
            for (ByteBuffer src : sources(Payload.of(1, SIZE))) {
                CompletableFuture<Void> write = pair.socket.writeAsync(src);
                assertThat(pair.client.receive(SIZE))
                        .isEqualTo(Payload.of(1, SIZE).bytes());
                Awaiting.result("the write of " + src, PATIENCE, write);
                assertThat(src.position()).isEqualTo(MARGIN + SIZE);
                assertThat(src.limit()).isEqualTo(MARGIN + SIZE);
            }
        }
    }

    @Matrix({Dimension.PROVIDER, Dimension.VERSION})
    void rawWritesMoveThePositionByWhatTheyReturn(Setup setup) throws Exception {
        try (var pair = ConnectedPair.openRaw(setup)) {
            for (ByteBuffer src : sources(Payload.of(2, SIZE))) {
                int taken = pair.socket.write(src);
                assertThat(taken).isPositive();
                assertThat(src.position()).isEqualTo(MARGIN + taken);
                assertThat(pair.client.receive(taken))
                        .isEqualTo(Arrays.copyOf(Payload.of(2, SIZE).bytes(), taken));
            }
        }
    }

    @Matrix({Dimension.PROVIDER, Dimension.VERSION})
    void onlyWhatIsBetweenPositionAndLimitIsFilled(Setup setup) throws Exception {
        try (var pair = ConnectedPair.open(setup)) {
            for (IntFunction<ByteBuffer> kind : KINDS) {
                for (int room : new int[] {1, 5000, 16_384, SIZE}) {
                    fill(pair, kind, room);
                }
            }
        }
    }

    @Matrix(Dimension.PROVIDER)
    void aBufferWithoutRoomReadsNothingAndAnEmptyOneWritesNothing(Setup setup) throws Exception {
        try (var pair = ConnectedPair.open(setup)) {
            pair.client.send("abc");
            ByteBuffer full = ByteBuffer.allocate(0);
            assertThat(Awaiting.result("the read", PATIENCE, pair.socket.readAsync(full)))
                    .isZero();
            Awaiting.result("the write", PATIENCE, pair.socket.writeAsync(full));
            assertThat(pair.socket.inputStream().read(new byte[0])).isZero();
            pair.socket.outputStream().write(new byte[0]);
            assertThat(pair.socket.inputStream().readNBytes(3)).asString().isEqualTo("abc");
        }
    }

    @Matrix(Dimension.PROVIDER)
    void aReadOnlyBufferIsRefusedAndLosesNothing(Setup setup) throws Exception {
        try (var pair = ConnectedPair.open(setup)) {
            pair.client.send("abc");
            for (IntFunction<ByteBuffer> kind : KINDS) {
                ByteBuffer readOnly = kind.apply(3).asReadOnlyBuffer();
                assertThatThrownBy(() -> pair.socket.readAsync(readOnly))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("read-only");
                assertThat(readOnly).isEqualTo(ByteBuffer.allocate(3));
            }
            assertThat(pair.socket.inputStream().readNBytes(3)).asString().isEqualTo("abc");
        }
    }

    /** Fills a window of the buffer, by as many reads as it takes, and looks at what is around it. */
    private static void fill(ConnectedPair<SecureSocket> pair, IntFunction<ByteBuffer> kind, int room)
            throws IOException, ExecutionException {
        ByteBuffer dst = kind.apply(room + 2 * MARGIN);
        while (dst.hasRemaining()) {
            dst.put(UNTOUCHED);
        }
        dst.position(MARGIN).limit(MARGIN + room);
        byte[] sent = Payload.of(room, room).bytes();
        pair.client.send(sent);
        while (dst.hasRemaining()) {
            int before = dst.position();
            int count = Awaiting.result("a read", PATIENCE, pair.socket.readAsync(dst));
            assertThat(count).isPositive();
            assertThat(dst.position()).isEqualTo(before + count);
        }
        assertThat(dst.limit()).isEqualTo(MARGIN + room);
        assertThat(dst.slice(MARGIN, room)).isEqualTo(ByteBuffer.wrap(sent));
        dst.clear();
        for (int i = 0; i < MARGIN; i++) {
            assertThat(dst.get(i)).isEqualTo(UNTOUCHED);
            assertThat(dst.get(MARGIN + room + i)).isEqualTo(UNTOUCHED);
        }
    }

    private static List<ByteBuffer> sources(Payload payload) {
        List<ByteBuffer> sources = new ArrayList<>();
        for (IntFunction<ByteBuffer> kind : KINDS) {
            ByteBuffer src = kind.apply(SIZE + 2 * MARGIN);
            src.position(MARGIN).put(payload.bytes()).flip().position(MARGIN);
            sources.add(src);
            sources.add(src.asReadOnlyBuffer());
        }
        return sources;
    }
}
