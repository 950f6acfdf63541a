package dev.sallyport.cli;

import static dev.sallyport.testkit.Awaiting.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.testkit.Awaiting;
import dev.sallyport.testkit.TlsConnection;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class EchoTest {
    private static final int CHUNK_BYTES = 64 * 1024;
    private static final int CHUNKS = 1024;

    private static final ProgramPerLayer PROGRAMS =
            new ProgramPerLayer(List.of("-Xmx40m", "-XX:MaxDirectMemorySize=16m"));

    @AfterAll
    static void end() {
        PROGRAMS.close();
    }

    @ParameterizedTest
    @EnumSource(Layer.class)
    void sendsBackEveryByteAndThenTheEnd(Layer layer) throws IOException {
        byte[] sent = new byte[300_001];
        new SplittableRandom(1).nextBytes(sent);
        ServingProgram program = PROGRAMS.get(layer);
        try (TlsConnection connection = program.client().connect()) {
            connection.send("x");
            assertThat(connection.receive(1)).asString().isEqualTo("x");

            CompletableFuture<Void> writer = CompletableFuture.runAsync(() -> send(connection, sent));
            assertThat(connection.receive(sent.length)).isEqualTo(sent);
            writer.join();

            connection.shutdownOutput();
            assertThat(connection.receiveAll()).isEmpty();
            assertThat(program.process().errors()).isEmpty();
        }
    }

    /** The server has less memory than is sent, so it would fail if it took everything. */
    @ParameterizedTest
    @EnumSource(Layer.class)
    void stopsReadingFromAPeerThatDoesNotRead(Layer layer) throws IOException, ExecutionException {
        ServingProgram program = PROGRAMS.get(layer);
        try (TlsConnection connection = program.client().connect()) {
            var sent = new AtomicLong();
            CompletableFuture<Void> writer = CompletableFuture.runAsync(() -> sendChunks(connection, sent));
            awaitStandstill(sent);
            assertThat(sent.get()).isLessThan((long) CHUNKS * CHUNK_BYTES / 2);

            byte[] expected = new byte[CHUNK_BYTES];
            for (int i = 0; i < CHUNKS; i++) {
                fill(expected, i);
                assertThat(connection.receive(CHUNK_BYTES)).as("chunk %d", i).isEqualTo(expected);
            }
            Awaiting.result("the writer", PATIENCE, writer);
        }
    }

    private static void sendChunks(TlsConnection connection, AtomicLong sent) {
        byte[] chunk = new byte[CHUNK_BYTES];
        for (int i = 0; i < CHUNKS; i++) {
            fill(chunk, i);
            send(connection, chunk);
            sent.addAndGet(chunk.length);
        }
    }

    private static void fill(byte[] chunk, int seed) {
        new SplittableRandom(seed).nextBytes(chunk);
    }

    private static void send(TlsConnection connection, byte[] bytes) {
        try {
            connection.send(bytes);
        } catch (IOException e) {
            throw new AssertionError("send", e);
        }
    }

    private static void awaitStandstill(AtomicLong sent) {
        long[] last = {0, System.nanoTime()};
        Awaiting.until("the writer to stand still", PATIENCE, () -> {
            long now = System.nanoTime();
            if (sent.get() != last[0]) {
                last[0] = sent.get();
                last[1] = now;
            }
            return last[0] > 0 && now - last[1] > Duration.ofMillis(300).toNanos();
        });
    }
}
