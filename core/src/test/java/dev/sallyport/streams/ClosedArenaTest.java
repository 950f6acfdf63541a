package dev.sallyport.streams;

import static dev.sallyport.testkit.Awaiting.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.RawSecureSocket;
import dev.sallyport.SecureSocket;
import dev.sallyport.SocketDirection;
import dev.sallyport.matrix.Matrix;
import dev.sallyport.matrix.Matrix.Dimension;
import dev.sallyport.matrix.Setup;
import dev.sallyport.support.ConnectedPair;
import dev.sallyport.testkit.Awaiting;
import dev.sallyport.testkit.BackgroundTask;
import dev.sallyport.testkit.Payload;
import dev.sallyport.testkit.RequiresJdk;
import dev.sallyport.testkit.TlsConnection;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.SubmissionPublisher;

/**
 * Buffers of an arena's memory, which its owner may give back to the system at any moment: whoever used the address then
 * would send what is there now, or end the process.
 */
@RequiresJdk(value = 22, what = "java.lang.foreign.Arena")
class ClosedArenaTest {
    /** So large that the system unmaps it: who touches the address then does not survive it. */
    private static final int MANY = 1 << 20;

    private static final Payload PAYLOAD = Payload.of(5, MANY);
    private static final Payload MORE_THAN_FITS = Payload.of(6, 12 << 20);
    private static final int RACES = 30;

    @Matrix({Dimension.PROVIDER, Dimension.VERSION})
    void memoryOfEveryKindOfArenaIsReadAndWritten(Setup setup) throws Exception {
        byte[] expected = PAYLOAD.bytes();
        try (var pair = ConnectedPair.openRaw(setup)) {
            for (String kind : List.of("global", "ofAuto", "ofShared", "ofConfined")) {
                Arenas arena = Arenas.of(kind);
                BackgroundTask<Void> reading =
                        BackgroundTask.run("the client to read", () -> PAYLOAD.assertSame(pair.client.in()));
                writeAll(pair.socket, arena.allocate(expected));
                reading.await();
                BackgroundTask<Void> sender =
                        BackgroundTask.run("the client to send", () -> PAYLOAD.writeTo(pair.client.out()));
                ByteBuffer dst = arena.allocate(MANY);
                readAll(pair.socket, dst);
                sender.await();
                assertThat(dst.flip()).as(kind).isEqualTo(ByteBuffer.wrap(expected));
            }
        }
    }

    @Matrix({Dimension.TRANSPORT, Dimension.PROVIDER})
    void aCallWithAClosedArenaFailsAndTheConnectionGoesOn(Setup setup) throws Exception {
        ByteBuffer gone = gone();
        try (var pair = ConnectedPair.openRaw(setup)) {
            RawSecureSocket socket = pair.socket;
            assertThatThrownBy(() -> socket.write(gone)).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> socket.read(gone)).isInstanceOf(IllegalStateException.class);
            pair.client.send("ping");
            Awaiting.until("bytes", PATIENCE, () -> failsAndTakesNothing(socket, gone));
            assertThat(gone.position()).isZero();
            writeAll(socket, ByteBuffer.wrap(new byte[] {1, 2, 3}));
            assertThat(pair.client.receive(3)).containsExactly(1, 2, 3);
        }
    }

    /** Tries the closed one, then one that takes all: {@return whether the client's bytes were there} */
    private static boolean failsAndTakesNothing(RawSecureSocket socket, ByteBuffer gone) {
        assertThatThrownBy(() -> socket.read(gone)).isInstanceOf(IllegalStateException.class);
        ByteBuffer dst = ByteBuffer.allocate(4);
        try {
            socket.read(dst);
        } catch (IOException failure) {
            throw new AssertionError(failure);
        }
        assertThat(new String(dst.array(), 0, dst.position(), StandardCharsets.US_ASCII))
                .isIn("", "ping");
        return !dst.hasRemaining();
    }

    @Matrix(Dimension.PROVIDER)
    void memoryOfAnotherThreadIsRefused(Setup setup) throws Exception {
        CompletableFuture<ByteBuffer> confined = new CompletableFuture<>();
        BackgroundTask.run(
                        "the owner of the memory",
                        () -> confined.complete(Arenas.of("ofConfined").allocate(5)))
                .await();
        ByteBuffer others = Awaiting.result("the buffer", PATIENCE, confined);
        try (var pair = ConnectedPair.openRaw(setup)) {
            RawSecureSocket socket = pair.socket;
            assertThatThrownBy(() -> socket.write(others)).satisfies(ClosedArenaTest::isOfAnotherThread);
            assertThatThrownBy(() -> socket.read(others)).satisfies(ClosedArenaTest::isOfAnotherThread);
            assertThat(socket.isOpen()).isTrue();
        }
    }

    @Matrix(Dimension.PROVIDER)
    void futuresRefuseMemoryOfOneThread(Setup setup) throws Exception {
        try (var pair = ConnectedPair.open(setup);
                Arenas confined = Arenas.of("ofConfined")) {
            ByteBuffer buffer = confined.allocate(5);
            assertThatThrownBy(() -> result(pair.socket.writeAsync(buffer)))
                    .hasCauseInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("src is memory of a confined arena");
            assertThatThrownBy(() -> result(pair.socket.readAsync(buffer)))
                    .hasCauseInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("dst is memory of a confined arena");
            assertThat(buffer.position()).isZero();
            pair.client.send("x");
            assertThat(result(pair.socket.readAsync(ByteBuffer.allocate(5)))).isEqualTo(1);
        }
    }

    @Matrix({Dimension.TRANSPORT, Dimension.PROVIDER})
    void aReadWhoseArenaIsClosedWhileItWaitsFailsAndLosesNothing(Setup setup) throws Exception {
        Arenas arena = Arenas.of("ofShared");
        try (var pair = ConnectedPair.open(setup)) {
            CompletableFuture<Integer> read = pair.socket.readAsync(arena.allocate(MANY));
            assertThat(read).isNotDone();
            arena.close();
            pair.client.send("ping");
            assertThatThrownBy(() -> result(read)).hasCauseInstanceOf(IllegalStateException.class);
            assertThat(pair.socket.inputStream().readNBytes(4)).asString().isEqualTo("ping");
        }
    }

    @Matrix({Dimension.TRANSPORT, Dimension.PROVIDER})
    void aWriteWhoseArenaIsClosedWhileItWaitsEndsTheConnection(Setup setup) throws Exception {
        Arenas arena = Arenas.of("ofShared");
        try (var pair = ConnectedPair.open(setup)) {
            SecureSocket socket = pair.socket;
            CompletableFuture<Void> write = socket.writeAsync(arena.allocate(MORE_THAN_FITS.bytes()));
            CompletableFuture<Void> after = socket.writeAsync(ByteBuffer.allocate(100));
            assertThat(write).isNotDone();
            arena.close();
            assertReceivesOnly(MORE_THAN_FITS, pair.client);
            assertThatThrownBy(() -> result(write)).hasCauseInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> result(after)).hasCauseInstanceOf(IOException.class);
            assertThatThrownBy(() -> result(socket.onClosed()))
                    .hasRootCauseInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("write: a buffer failed before all of it was sent");
        }
    }

    /** What came after it was given to be sent after it: the peer must not take that for all there was. */
    @Matrix(Dimension.PROVIDER)
    void aWriteThatHasNotBegunEndsTheConnectionToo(Setup setup) throws Exception {
        Arenas arena = Arenas.of("ofShared");
        try (var pair = ConnectedPair.open(setup)) {
            SecureSocket socket = pair.socket;
            socket.writeAsync(ByteBuffer.wrap(MORE_THAN_FITS.bytes()));
            CompletableFuture<Void> write = socket.writeAsync(arena.allocate(100));
            CompletableFuture<Void> after = socket.writeAsync(ByteBuffer.allocate(100));
            arena.close();
            assertReceivesOnly(MORE_THAN_FITS, pair.client);
            assertThatThrownBy(() -> result(write)).hasCauseInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> result(after)).hasCauseInstanceOf(IOException.class);
        }
    }

    @Matrix(Dimension.PROVIDER)
    void aPublisherOfAClosedArenaFailsAndTheConnectionGoesOn(Setup setup) throws Exception {
        try (var pair = ConnectedPair.open(setup);
                SubmissionPublisher<ByteBuffer> source = new SubmissionPublisher<>()) {
            CompletableFuture<Long> writing = pair.socket.writeAll(source);
            source.submit(gone());
            assertThatThrownBy(() -> result(writing)).hasCauseInstanceOf(IllegalStateException.class);
            result(pair.socket.writeAsync(ByteBuffer.wrap(new byte[] {7})));
            assertThat(pair.client.receive(1)).containsExactly(7);
        }
    }

    @Matrix({Dimension.PROVIDER, Dimension.VERSION})
    void nothingForeignIsSentWhileSomebodyClosesTheArena(Setup setup) throws Exception {
        byte[] pattern = new byte[MANY];
        Arrays.fill(pattern, (byte) 0x33);
        try (var pair = ConnectedPair.openRaw(setup)) {
            BackgroundTask<Void> reading = BackgroundTask.run("the client to read", () -> {
                long received = 0;
                byte[] piece = new byte[16 * 1024];
                for (int n = 0; n >= 0; n = pair.client.in().read(piece)) {
                    assertThat(Arrays.mismatch(piece, 0, n, pattern, 0, n)).isNegative();
                    received += n;
                }
                assertThat(received).isPositive();
            });
            for (int race = 0; race < RACES; race++) {
                Arenas arena = Arenas.of("ofShared");
                ByteBuffer src = arena.allocate(pattern);
                BackgroundTask<Void> closing = closing(arena, race);
                try {
                    while (true) {
                        pair.socket.write(src);
                        src.position(src.hasRemaining() ? src.position() : 0);
                    }
                } catch (IllegalStateException closed) {
                    closing.await();
                }
            }
            pair.socket.close();
            reading.await();
        }
    }

    @Matrix({Dimension.PROVIDER, Dimension.VERSION})
    void nothingIsLostWhileSomebodyClosesTheArena(Setup setup) throws Exception {
        for (int race = 0; race < RACES; race++) {
            try (var pair = ConnectedPair.openRaw(setup)) {
                Arenas arena = Arenas.of("ofShared");
                BackgroundTask<Void> sender = BackgroundTask.run("the client to send", () -> {
                    PAYLOAD.writeTo(pair.client.out());
                    pair.client.sendCloseNotify();
                });
                ByteBuffer dst = arena.allocate(MANY);
                int read = readUntilClosed(pair.socket, dst, closing(arena, race));
                ByteBuffer rest = ByteBuffer.allocateDirect(MANY - read + 1);
                pair.socket.shutdown(SocketDirection.SEND);
                boolean more = true;
                while (more) {
                    more = pair.socket.read(rest) >= 0;
                }
                byte[] expected = PAYLOAD.bytes();
                assertThat(rest.flip()).isEqualTo(ByteBuffer.wrap(expected, read, MANY - read));
                sender.await();
            }
        }
    }

    private static int readUntilClosed(RawSecureSocket socket, ByteBuffer dst, BackgroundTask<Void> closing)
            throws Exception {
        int read = 0;
        try {
            while (true) {
                dst.clear();
                int count = socket.read(dst);
                if (count < 0) {
                    break;
                }
                read += count;
            }
        } catch (IllegalStateException closed) {
            assertThat(closed).hasMessageContaining("closed");
        }
        closing.await();
        return read;
    }

    /** Closes it after some turns of a loop: how many differs, so that the close comes at different points. */
    private static BackgroundTask<Void> closing(Arenas arena, int race) throws InterruptedException {
        CountDownLatch started = new CountDownLatch(1);
        BackgroundTask<Void> closing = BackgroundTask.run("to close the arena", () -> {
            started.countDown();
            for (int i = 0; i < race * 20_000; i++) {
                Thread.onSpinWait();
            }
            arena.close();
        });
        started.await();
        return closing;
    }

    private static ByteBuffer gone() throws ReflectiveOperationException {
        Arenas arena = Arenas.of("ofShared");
        ByteBuffer buffer = arena.allocate(MANY);
        arena.close();
        return buffer;
    }

    private static void isOfAnotherThread(Throwable failure) {
        assertThat(failure.getClass().getName()).isEqualTo("java.lang.WrongThreadException"); // of JDK 19
    }

    private static void assertReceivesOnly(Payload payload, TlsConnection client) {
        Payload.Comparison comparison = payload.comparison();
        assertThatThrownBy(() -> client.in().transferTo(comparison)).isInstanceOf(IOException.class);
    }

    private static void writeAll(RawSecureSocket socket, ByteBuffer src) throws Exception {
        while (src.hasRemaining()) {
            if (socket.write(src) == 0) {
                CompletableFuture<Boolean> room = new CompletableFuture<>();
                socket.whenWritable(() -> room.complete(true));
                Awaiting.result("room", PATIENCE, room);
            }
        }
    }

    private static void readAll(RawSecureSocket socket, ByteBuffer dst) throws Exception {
        while (dst.hasRemaining()) {
            int count = socket.read(dst);
            assertThat(count).isNotNegative();
            if (count == 0) {
                CompletableFuture<Boolean> bytes = new CompletableFuture<>();
                socket.whenReadable(() -> bytes.complete(true));
                Awaiting.result("bytes", PATIENCE, bytes);
            }
        }
    }

    private static <T> T result(CompletableFuture<T> future) throws ExecutionException {
        return Awaiting.result("the future", PATIENCE, future);
    }
}
