package dev.sallyport.streams;

import static dev.sallyport.testkit.Awaiting.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.RawSocketEvent;
import dev.sallyport.matrix.Matrix;
import dev.sallyport.matrix.Matrix.Dimension;
import dev.sallyport.matrix.Setup;
import dev.sallyport.support.ConnectedPair;
import dev.sallyport.testkit.Awaiting;
import dev.sallyport.testkit.BackgroundTask;
import dev.sallyport.testkit.Payload;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.IntSupplier;
import org.junit.jupiter.api.Tag;

/** The bytes stay the same in whatever pieces they are written and read, whatever records they travel in. */
class PiecesTest {
    private static final Payload TEN_KIBIBYTES = Payload.of(1, 10 * 1024);
    private static final Payload SIXTEEN_MEBIBYTES = Payload.of(2, 16 << 20);
    private static final Payload SOME = Payload.of(3, 300_000);

    // ---- reading

    @Matrix({Dimension.PROVIDER, Dimension.VERSION, Dimension.WIRE})
    void aStreamReadsTenKibibytesThreeBytesAtATime(Setup setup) throws Exception {
        streamReads(setup, TEN_KIBIBYTES, () -> 3);
    }

    @Matrix({Dimension.PROVIDER, Dimension.VERSION, Dimension.WIRE})
    void futuresReadTenKibibytesThreeBytesAtATime(Setup setup) throws Exception {
        futuresRead(setup, TEN_KIBIBYTES, () -> 3);
    }

    @Matrix({Dimension.PROVIDER, Dimension.VERSION, Dimension.WIRE})
    void eventsReadTenKibibytesThreeBytesAtATime(Setup setup) throws Exception {
        eventsRead(setup, TEN_KIBIBYTES, () -> 3);
    }

    @Matrix({Dimension.TRANSPORT, Dimension.PROVIDER, Dimension.WIRE})
    void aStreamReadsPiecesOfAnySize(Setup setup) throws Exception {
        streamReads(setup, SOME, anySize(5));
    }

    @Matrix({Dimension.TRANSPORT, Dimension.PROVIDER, Dimension.WIRE})
    void futuresReadPiecesOfAnySize(Setup setup) throws Exception {
        futuresRead(setup, SOME, anySize(6));
    }

    @Matrix({Dimension.TRANSPORT, Dimension.PROVIDER, Dimension.WIRE})
    void eventsReadPiecesOfAnySize(Setup setup) throws Exception {
        eventsRead(setup, SOME, anySize(7));
    }

    @Matrix({Dimension.PROVIDER, Dimension.WIRE})
    @Tag("slow")
    void oneBufferHoldsSixteenMebibytes(Setup setup) throws Exception {
        futuresRead(setup, SIXTEEN_MEBIBYTES, () -> 16 << 20);
    }

    /** More than one record lies in what one receive brings, and what is not read of it must not be lost. */
    @Matrix({Dimension.TRANSPORT, Dimension.PROVIDER, Dimension.WIRE})
    void thirtyKilobytesReceivedAtOnceAreReadThreeBytesAtATime(Setup setup) throws Exception {
        try (var pair = ConnectedPair.open(setup)) {
            Payload payload = Payload.of(11, 30_000);
            byte[] all = payload.bytes();
            for (int record = 0; record < 3; record++) {
                pair.client.send(Arrays.copyOfRange(all, record * 10_000, (record + 1) * 10_000));
            }
            Payload.Comparison comparison = payload.comparison();
            byte[] piece = new byte[3];
            while (comparison.remaining() > 0) {
                comparison.write(piece, 0, pair.socket.inputStream().read(piece));
            }
        }
    }

    // ---- writing

    @Matrix({Dimension.PROVIDER, Dimension.VERSION, Dimension.WIRE})
    void aStreamWritesTenKibibytesByteByByte(Setup setup) throws Exception {
        streamWrites(setup, TEN_KIBIBYTES, () -> 1);
    }

    @Matrix({Dimension.PROVIDER, Dimension.VERSION, Dimension.WIRE})
    void futuresWriteTenKibibytesByteByByteAllPendingAtOnce(Setup setup) throws Exception {
        futuresWrite(setup, TEN_KIBIBYTES, () -> 1);
    }

    @Matrix({Dimension.PROVIDER, Dimension.VERSION, Dimension.WIRE})
    void eventsWriteTenKibibytesByteByByte(Setup setup) throws Exception {
        eventsWrite(setup, TEN_KIBIBYTES, () -> 1);
    }

    @Matrix({Dimension.TRANSPORT, Dimension.PROVIDER, Dimension.WIRE})
    void aStreamWritesPiecesOfAnySize(Setup setup) throws Exception {
        streamWrites(setup, SOME, anySize(8));
    }

    @Matrix({Dimension.TRANSPORT, Dimension.PROVIDER, Dimension.WIRE})
    void futuresWritePiecesOfAnySize(Setup setup) throws Exception {
        futuresWrite(setup, SOME, anySize(9));
    }

    @Matrix({Dimension.TRANSPORT, Dimension.PROVIDER, Dimension.WIRE})
    void eventsWritePiecesOfAnySize(Setup setup) throws Exception {
        eventsWrite(setup, SOME, anySize(10));
    }

    @Matrix({Dimension.PROVIDER, Dimension.WIRE})
    void oneStreamWriteTakesSixteenMebibytes(Setup setup) throws Exception {
        streamWrites(setup, SIXTEEN_MEBIBYTES, () -> 16 << 20);
    }

    @Matrix({Dimension.PROVIDER, Dimension.WIRE})
    void oneFutureWritesSixteenMebibytes(Setup setup) throws Exception {
        futuresWrite(setup, SIXTEEN_MEBIBYTES, () -> 16 << 20);
    }

    @Matrix({Dimension.TRANSPORT, Dimension.WIRE})
    void eventsWriteSixteenMebibytesFromOneBuffer(Setup setup) throws Exception {
        eventsWrite(setup, SIXTEEN_MEBIBYTES, () -> 16 << 20);
    }

    // ---- how

    /** Mostly small, often around the size of a record or of four. */
    private static IntSupplier anySize(long seed) {
        Random random = new Random(seed);
        int[] around = {16 * 1024, 64 * 1024};
        return () -> random.nextInt(4) == 0
                ? around[random.nextInt(around.length)] + random.nextInt(5) - 2
                : 1 + random.nextInt(1 << random.nextInt(15));
    }

    private static void streamReads(Setup setup, Payload payload, IntSupplier sizes)
            throws IOException, ExecutionException {
        try (var pair = ConnectedPair.open(setup)) {
            BackgroundTask<Void> sender = clientSends(pair.client::out, payload);
            InputStream in = pair.socket.inputStream();
            Payload.Comparison comparison = payload.comparison();
            while (comparison.remaining() > 0) {
                byte[] piece = new byte[sizes.getAsInt()];
                int count = in.read(piece);
                assertThat(count).isPositive();
                comparison.write(piece, 0, count);
            }
            sender.await();
        }
    }

    private static void futuresRead(Setup setup, Payload payload, IntSupplier sizes)
            throws IOException, ExecutionException {
        try (var pair = ConnectedPair.open(setup)) {
            BackgroundTask<Void> sender = clientSends(pair.client::out, payload);
            Payload.Comparison comparison = payload.comparison();
            while (comparison.remaining() > 0) {
                ByteBuffer piece = ByteBuffer.allocate(sizes.getAsInt());
                int count = Awaiting.result("a read", PATIENCE, pair.socket.readAsync(piece));
                assertThat(count).isPositive().isEqualTo(piece.position());
                comparison.accept(piece.flip());
            }
            sender.await();
        }
    }

    private static void eventsRead(Setup setup, Payload payload, IntSupplier sizes)
            throws IOException, ExecutionException {
        try (var pair = ConnectedPair.openRaw(setup)) {
            Payload.Comparison comparison = payload.comparison();
            CompletableFuture<Void> done = new CompletableFuture<>();
            pair.socket.listen((socket, event) -> {
                try {
                    if (event == RawSocketEvent.READ) {
                        assertThat(socket.available()).isPositive();
                        ByteBuffer piece = ByteBuffer.allocate(sizes.getAsInt());
                        assertThat(socket.read(piece)).isPositive();
                        comparison.accept(piece.flip());
                    }
                    if (comparison.remaining() == 0) {
                        done.complete(null);
                    }
                } catch (Throwable failure) {
                    done.completeExceptionally(failure);
                    throw failure;
                }
            });
            BackgroundTask<Void> sender = clientSends(pair.client::out, payload);
            Awaiting.result("the handler to read everything", PATIENCE, done);
            sender.await();
        }
    }

    private static void streamWrites(Setup setup, Payload payload, IntSupplier sizes)
            throws IOException, ExecutionException {
        try (var pair = ConnectedPair.open(setup)) {
            OutputStream out = pair.socket.outputStream();
            BackgroundTask<Void> sender = BackgroundTask.run("the server to write", () -> {
                ByteBuffer all = ByteBuffer.wrap(payload.bytes());
                while (all.hasRemaining()) {
                    int size = Math.min(sizes.getAsInt(), all.remaining());
                    out.write(all.array(), all.position(), size);
                    all.position(all.position() + size);
                }
                out.flush();
            });
            payload.assertSame(pair.client.in());
            sender.await();
        }
    }

    private static void futuresWrite(Setup setup, Payload payload, IntSupplier sizes)
            throws IOException, ExecutionException {
        try (var pair = ConnectedPair.open(setup)) {
            ByteBuffer all = ByteBuffer.wrap(payload.bytes());
            CompletableFuture<Void> last = CompletableFuture.completedFuture(null);
            while (all.hasRemaining()) {
                int size = Math.min(sizes.getAsInt(), all.remaining());
                last = pair.socket.writeAsync(all.slice(all.position(), size));
                all.position(all.position() + size);
            }
            payload.assertSame(pair.client.in());
            Awaiting.result("the last write", PATIENCE, last);
        }
    }

    private static void eventsWrite(Setup setup, Payload payload, IntSupplier sizes)
            throws IOException, ExecutionException {
        try (var pair = ConnectedPair.openRaw(setup)) {
            ByteBuffer all = ByteBuffer.wrap(payload.bytes());
            pair.socket.listen((socket, event) -> {
                if (event == RawSocketEvent.WRITE) {
                    int taken = 1;
                    while (all.hasRemaining() && taken > 0) {
                        int size = Math.min(sizes.getAsInt(), all.remaining());
                        taken = socket.write(all.slice(all.position(), size));
                        all.position(all.position() + taken);
                    }
                    socket.writeEventsEnabled(all.hasRemaining());
                }
            });
            payload.assertSame(pair.client.in());
        }
    }

    private interface Output {
        OutputStream get() throws IOException;
    }

    private static BackgroundTask<Void> clientSends(Output out, Payload payload) {
        return BackgroundTask.run("the client to send " + payload, () -> payload.writeTo(out.get()));
    }
}
