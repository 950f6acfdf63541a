package dev.sallyport.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.SecureSocket;
import dev.sallyport.matrix.Matrix;
import dev.sallyport.matrix.Setup;
import dev.sallyport.support.ConnectedPair;
import dev.sallyport.testkit.Awaiting;
import dev.sallyport.testkit.BackgroundTask;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;

/** The echo that everyone writes, which does the next operation when one is done, fills no stack, and no heap where it keeps nothing itself. */
class AsyncEchoTest {
    private static final Duration WHOLE_ECHO = Duration.ofSeconds(50);
    private static final int MANY = 30_000;
    private static final int VERY_MANY = 1_000_000;

    /** One that grew with the echoes would have several frames for each. */
    private static final int FRAMES = 3_000;

    /** One that kept something of each echo would keep more. */
    private static final long GROWTH_BYTES = 2 << 20;

    @Matrix({})
    void composedEchoesKeepAFlatStackOnTheDefaultExecutor(Setup setup) throws Exception {
        try (var pair = ConnectedPair.open(setup)) {
            echo(pair, new Composed(pair.socket), MANY);
        }
    }

    @Matrix({})
    void composedEchoesKeepAFlatStackOnTheLoop(Setup setup) throws Exception {
        try (var pair = ConnectedPair.open(setup, options -> options.executor(Runnable::run))) {
            echo(pair, new Composed(pair.socket), MANY);
        }
    }

    @Matrix({})
    void rearmedEchoesKeepAFlatStackOnTheDefaultExecutor(Setup setup) throws Exception {
        try (var pair = ConnectedPair.open(setup)) {
            echo(pair, new Rearmed(pair.socket), MANY);
        }
    }

    @Matrix({})
    void rearmedEchoesKeepAFlatStackOnTheLoop(Setup setup) throws Exception {
        try (var pair = ConnectedPair.open(setup, options -> options.executor(Runnable::run))) {
            echo(pair, new Rearmed(pair.socket), MANY);
        }
    }

    @Tag("slow")
    @Matrix(Matrix.Dimension.PROVIDER)
    void aMillionEchoesOnTheDefaultExecutor(Setup setup) throws Exception {
        try (var pair = ConnectedPair.open(setup)) {
            echo(pair, new Composed(pair.socket), VERY_MANY);
        }
    }

    @Tag("slow")
    @Matrix(Matrix.Dimension.PROVIDER)
    void aMillionEchoesOnTheLoop(Setup setup) throws Exception {
        try (var pair = ConnectedPair.open(setup, options -> options.executor(Runnable::run))) {
            echo(pair, new Rearmed(pair.socket), VERY_MANY);
        }
    }

    /** One byte is one echo. The client sends ahead, so that some reads are answered at once and some have to wait. */
    private static void echo(ConnectedPair<SecureSocket> pair, Echo server, int count) throws Exception {
        OutputStream out = pair.client.out();
        BackgroundTask<Void> sender = BackgroundTask.run("the client to send", () -> {
            byte[] piece = new byte[1000];
            for (int sent = 0; sent < count; sent += piece.length) {
                for (int i = 0; i < piece.length; i++) {
                    piece[i] = value(sent + i);
                }
                out.write(piece);
            }
        });
        CompletableFuture<?> end = server.start();
        InputStream in = pair.client.in();
        byte[] piece = new byte[16 * 1024];
        long early = 0;
        for (int received = 0; received < count; ) {
            if (early == 0 && received > count / 10) {
                early = heapBytes();
            }
            int n = in.read(piece);
            for (int i = 0; i < n; i++) {
                if (piece[i] != value(received + i)) {
                    throw new AssertionError("echo " + (received + i) + " is wrong");
                }
            }
            received += n;
        }
        sender.await();
        if (server.keepsNothing()) {
            assertThat(heapBytes() - early).as("growth of the heap").isLessThan(GROWTH_BYTES);
        }
        pair.client.shutdownOutput();
        Awaiting.result("the echo to end", WHOLE_ECHO, end);
        assertThat(server.deepest).isPositive().isLessThan(FRAMES);
    }

    private static long heapBytes() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    private static byte value(int index) {
        return (byte) (index % 251);
    }

    private abstract static class Echo {
        final SecureSocket socket;
        final ByteBuffer chunk = ByteBuffer.allocate(1);
        volatile int deepest;
        private int rounds;

        Echo(SecureSocket socket) {
            this.socket = socket;
        }

        abstract CompletableFuture<?> start();

        abstract boolean keepsNothing();

        /** Looks at every hundredth round only, since that takes longer than the round. */
        @SuppressWarnings("NonAtomicVolatileUpdate") // one round at a time
        void round() {
            if (++rounds % 97 == 0) {
                deepest = Math.max(deepest, new Throwable().getStackTrace().length);
            }
        }
    }

    private static final class Composed extends Echo {
        Composed(SecureSocket socket) {
            super(socket);
        }

        /** The JDK keeps a future for each round until the last one. */
        @Override
        boolean keepsNothing() {
            return false;
        }

        @Override
        CompletableFuture<?> start() {
            round();
            return socket.readAsync(chunk.clear())
                    .thenCompose(count -> count < 0
                            ? CompletableFuture.completedFuture(null)
                            : socket.writeAsync(chunk.flip()).thenCompose(written -> start()));
        }
    }

    private static final class Rearmed extends Echo {
        private final CompletableFuture<Void> end = new CompletableFuture<>();

        Rearmed(SecureSocket socket) {
            super(socket);
        }

        @Override
        boolean keepsNothing() {
            return true;
        }

        @Override
        CompletableFuture<?> start() {
            read();
            return end;
        }

        private void read() {
            round();
            socket.readAsync(chunk.clear()).whenComplete((count, failure) -> {
                if (failure != null) {
                    end.completeExceptionally(failure);
                } else if (count < 0) {
                    end.complete(null);
                } else {
                    write();
                }
            });
        }

        private void write() {
            socket.writeAsync(chunk.flip()).whenComplete((nothing, failure) -> {
                if (failure != null) {
                    end.completeExceptionally(failure);
                } else {
                    read();
                }
            });
        }
    }
}
