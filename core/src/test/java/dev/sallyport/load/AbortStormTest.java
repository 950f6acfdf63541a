package dev.sallyport.load;

import static dev.sallyport.testkit.Awaiting.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.SecureServerSocket;
import dev.sallyport.SecureSocket;
import dev.sallyport.matrix.Matrix;
import dev.sallyport.matrix.Matrix.Dimension;
import dev.sallyport.matrix.Setup;
import dev.sallyport.testkit.Awaiting;
import dev.sallyport.testkit.BackgroundTask;
import dev.sallyport.testkit.JdkTlsClient;
import dev.sallyport.testkit.TlsConnection;
import java.io.IOException;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLException;

/**
 * Datapath 4: connections are aborted by both sides, from any thread, at any moment, so that the system gives their
 * descriptors to others at once; and no byte of one ever reaches another, nor does the end of one harm another.
 */
class AbortStormTest {
    private static final int CLIENTS = 4;
    private static final int CONNECTIONS_A_CLIENT = 60;
    private static final int KILLERS = 2;
    private static final int ROUNDS = 4;
    private static final int LARGEST = 20_000; // more than a record

    @Matrix({Dimension.TRANSPORT, Dimension.PROVIDER})
    void noConnectionHasToDoWithAnothersEnd(Setup setup) throws Exception {
        long seed = System.nanoTime();
        try {
            storm(setup, seed);
        } catch (Throwable failure) {
            failure.addSuppressed(new AssertionError("the seed was " + seed));
            throw failure;
        }
    }

    private static void storm(Setup setup, long seed) throws Exception {
        Storm storm = new Storm();
        int total = CLIENTS * CONNECTIONS_A_CLIENT;
        try (SecureServerSocket server = setup.open(options -> {})) {
            server.serve(storm::echo);
            List<BackgroundTask<Void>> all = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                Random random = new Random(seed + i);
                JdkTlsClient client = setup.client(server.port());
                int first = i * CONNECTIONS_A_CLIENT;
                all.add(BackgroundTask.run("a client's connections", () -> {
                    for (int number = first; number < first + CONNECTIONS_A_CLIENT; number++) {
                        storm.connect(client, number, random);
                    }
                }));
            }
            List<BackgroundTask<Void>> killers = new ArrayList<>();
            for (int i = 1; i <= KILLERS; i++) {
                Random random = new Random(seed - i);
                killers.add(BackgroundTask.run("a killer", () -> storm.killUntilOver(random)));
            }
            for (BackgroundTask<Void> one : all) {
                one.await();
            }
            storm.over.set(true);
            for (BackgroundTask<Void> killer : killers) {
                killer.await();
            }
            assertThat(storm.violations).isEmpty();
            assertThat(storm.aborted.get()).as("connections that were aborted").isPositive();
            assertThat(storm.finished.get()).as("connections that were not").isGreaterThanOrEqualTo(total / 4);
            Awaiting.until(
                    "all connections to be gone",
                    PATIENCE,
                    () -> server.statistics().connectionsOpen() == 0);
            assertThat(server.statistics().accepted()).isEqualTo(total);
        }
    }

    /** What the threads of one storm share. A connection's number is what its client sends in every four bytes. */
    private static final class Storm {
        final Collection<String> violations = new ConcurrentLinkedQueue<>();
        final AtomicInteger aborted = new AtomicInteger();
        final AtomicInteger finished = new AtomicInteger();
        final AtomicBoolean over = new AtomicBoolean();

        private final BlockingQueue<SecureSocket> victims = new LinkedBlockingQueue<>();

        /** Takes the connection's number and sends it back as often as the client sends it; odd ones may be killed. */
        void echo(SecureSocket socket) throws IOException {
            byte[] bytes = new byte[4];
            if (socket.inputStream().readNBytes(bytes, 0, 4) < 4) {
                return;
            }
            int number = ByteBuffer.wrap(bytes).getInt();
            if (isVictim(number)) {
                victims.add(socket);
            }
            byte[] block = new byte[8192];
            try {
                socket.outputStream().write(bytes);
                int offset = 0;
                for (int n = socket.inputStream().read(block);
                        n > 0;
                        n = socket.inputStream().read(block)) {
                    check("the server", number, block, n, offset);
                    socket.outputStream().write(block, 0, n);
                    offset += n;
                }
            } catch (SSLException crossed) {
                violations.add("the server's end of " + number + ": " + crossed);
            }
        }

        /** Resets what the handlers work on, under their hands, each some time within its first milliseconds. */
        void killUntilOver(Random random) throws InterruptedException {
            while (!over.get()) {
                SecureSocket victim = victims.poll(10, TimeUnit.MILLISECONDS);
                if (victim != null) {
                    for (int i = random.nextInt(20_000); i > 0; i--) {
                        Thread.onSpinWait();
                    }
                    victim.abort();
                }
            }
        }

        private static boolean isVictim(int number) {
            return number % 2 == 1;
        }

        void connect(JdkTlsClient client, int number, Random random) throws IOException {
            boolean resets = number % 4 == 2;
            int rounds = resets ? random.nextInt(ROUNDS) : ROUNDS;
            try (TlsConnection connection = client.connect()) {
                connection.send(pattern(number, 4));
                for (int round = 0; round < rounds; round++) {
                    int size = 4 * (1 + random.nextInt(LARGEST / 4));
                    connection.send(pattern(number, size));
                    byte[] answer = connection.receive(size);
                    check("the client", number, answer, size, 0);
                }
                if (resets) {
                    connection.send(pattern(number, 4 * (1 + random.nextInt(LARGEST / 4))));
                    connection.reset();
                    aborted.incrementAndGet();
                } else {
                    connection.receive(4); // the answer to the first four
                    finished.incrementAndGet();
                }
            } catch (SocketException reset) {
                aborted.incrementAndGet();
                if (!isVictim(number)) {
                    violations.add("the client's end of " + number + ", which nobody killed: " + reset);
                }
            } catch (IOException other) {
                violations.add("the client's end of " + number + ": " + other);
            }
        }

        private void check(String who, int number, byte[] bytes, int count, int offset) {
            byte[] expected = pattern(number, 4);
            for (int i = 0; i < count; i++) {
                if (bytes[i] != expected[(offset + i) % 4]) {
                    violations.add(who + " of " + number + " saw " + bytes[i] + " at " + (offset + i));
                    return;
                }
            }
        }

        private static byte[] pattern(int number, int size) {
            ByteBuffer pattern = ByteBuffer.allocate(size);
            while (pattern.hasRemaining()) {
                pattern.putInt(number);
            }
            return pattern.array();
        }
    }
}
