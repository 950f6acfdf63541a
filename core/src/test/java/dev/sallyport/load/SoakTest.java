package dev.sallyport.load;

import static dev.sallyport.testkit.Awaiting.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.InternetAddress;
import dev.sallyport.matrix.Matrix;
import dev.sallyport.matrix.Matrix.Dimension;
import dev.sallyport.matrix.Setup;
import dev.sallyport.testkit.Awaiting;
import dev.sallyport.testkit.BackgroundTask;
import dev.sallyport.testkit.ClientHelloBytes;
import dev.sallyport.testkit.HostileClient;
import dev.sallyport.testkit.JdkTlsClient;
import dev.sallyport.testkit.JvmProcess;
import dev.sallyport.testkit.Payload;
import dev.sallyport.testkit.ResidentMemory;
import dev.sallyport.testkit.TlsConnection;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;

/**
 * A server under everything at once for long: echoes, clients that leave, refuse, reset or do not read, resumption and new
 * contexts, on every layer in turn. {@code -Dsoak.seconds=} says for how long; what it holds and its resident memory after a
 * fifth of that time and at the end are the same, the latter within a tenth.
 */
@Tag("soak")
class SoakTest {
    private static final Duration UNTIL_QUIET = Duration.ofSeconds(60); // idle threads of pools end
    private static final int SECONDS = Integer.getInteger("soak.seconds", 600);
    private static final int THREADS = 4;
    private static final int SLOW_READERS = 5; // of each thread
    private static final int SLOW_BYTES = 1 << 20;
    private static final double TOLERANCE = 1.10;

    @Timeout(value = 5, unit = TimeUnit.HOURS)
    @Matrix(Dimension.PROVIDER)
    void residentMemoryAndWhatIsHeldStayAsTheyAre(Setup setup) throws Exception {
        long seed = Long.getLong("soak.seed", System.nanoTime());
        String options = "-Dio.netty.leakDetection.level=simple";
        try (JvmProcess program = JvmProcess.of(SoakProgram.class)
                .jvmOptions("-Xms96m", "-Xmx96m", "-XX:+AlwaysPreTouch", options)
                .arguments(setup.transport().name(), setup.provider().name())
                .start()) {
            int[] ports = Arrays.stream(program.readLine().split(" ", -1))
                    .mapToInt(Integer::parseInt)
                    .toArray();
            Load load = new Load(ports, seed);
            load.run(Duration.ZERO); // every kind once, so that all that is made once is there
            Awaiting.until("nothing to be under way", UNTIL_QUIET, () -> {
                String held = load.orders('c');
                return held.contains("SCRATCH_BUFFERS=0")
                        && held.contains("CONNECTIONS=0")
                        && held.contains("passing=0");
            });
            String heldAtFirst = load.orders('c');
            say(setup, "seed " + seed + ", at first " + heldAtFirst + ", RSS " + inMebibytes(residentBytes(program)));
            long early = 0;
            for (int fifth = 1; fifth <= 5; fifth++) {
                load.run(Duration.ofSeconds(SECONDS).dividedBy(5));
                long underLoad = residentBytes(program);
                if (fifth == 1 || fifth == 5) {
                    awaitSame(load, heldAtFirst);
                }
                long resident = residentBytes(program);
                early = fifth == 1 ? resident : early;
                say(
                        setup,
                        "after " + SECONDS * fifth / 5 + " s: " + load + ", RSS " + inMebibytes(underLoad) + ", then "
                                + inMebibytes(resident) + ", " + load.orders('c'));
                assertThat(load.violations).as("seed " + seed).isEmpty();
                if (fifth == 5) {
                    assertThat(resident / 1e6)
                            .as("resident memory, in megabytes; seed " + seed)
                            .isLessThanOrEqualTo(early * TOLERANCE / 1e6);
                }
            }
            assertThat(program.errors()).doesNotContain("SEVERE", "Exception", "LEAK");
            assertThat(program.isAlive()).isTrue();
        }
    }

    private static void awaitSame(Load load, String atFirst) throws IOException {
        String[] last = {""};
        try {
            Awaiting.until("what is held to be " + atFirst, UNTIL_QUIET, () -> {
                last[0] = load.orders('c');
                return last[0].equals(atFirst);
            });
        } catch (AssertionError failure) {
            throw new AssertionError("at first " + atFirst + ", now " + last[0], failure);
        }
    }

    private static void say(Setup setup, String what) {
        System.out.println("soak, " + setup.provider() + ": " + what);
    }

    private static String inMebibytes(long bytes) {
        return bytes == 0 ? "unknown" : String.format(Locale.ROOT, "%.1f MiB", bytes / 1048576.0);
    }

    /** {@return how much memory the process really has; 0 where the system does not tell} */
    private static long residentBytes(JvmProcess process) throws IOException {
        OptionalLong bytes = ResidentMemory.of(process.pid());
        if (bytes.isEmpty()) {
            System.err.println("SOAK INCOMPLETE: this system does not tell resident memory, so it is not looked at");
        }
        return bytes.orElse(0);
    }

    /** What one thread does to a server, once. */
    private enum Deed {
        ECHO {
            @Override
            void on(Worker worker, JdkTlsClient client) throws IOException {
                worker.echo(client, 1 + worker.random.nextInt(500));
            }
        },
        ECHO_64_KIB {
            @Override
            void on(Worker worker, JdkTlsClient client) throws IOException {
                worker.echo(client, 65_536);
            }
        },
        ECHO_WITHOUT_RESUMING {
            @Override
            void on(Worker worker, JdkTlsClient client) throws IOException {
                worker.echo(client.trustingEverybody(), 100); // which makes it forget its sessions
            }
        },
        LEAVE {
            @Override
            void on(Worker worker, JdkTlsClient client) throws IOException {
                try (HostileClient leaving = worker.hostile()) {
                    switch (worker.random.nextInt(4)) {
                        case 0 -> leaving.silent();
                        case 1 -> leaving.halfClientHello();
                        case 2 -> leaving.resetAfter(worker.random.nextInt(100));
                        default ->
                            leaving.clientHello(ClientHelloBytes.builder().build());
                    }
                }
            }
        },
        FAIL {
            @Override
            void on(Worker worker, JdkTlsClient client) throws IOException {
                if (worker.random.nextBoolean()) {
                    JdkTlsClient.to(worker.server).handshakeFailure(); // trusts another authority
                    return;
                }
                try (HostileClient hostile = worker.hostile()) {
                    switch (worker.random.nextInt(3)) {
                        case 0 -> hostile.plainHttp();
                        case 1 -> hostile.garbage(worker.random.nextLong());
                        default ->
                            hostile.clientHello(ClientHelloBytes.builder()
                                    .versions("TLSv1.1")
                                    .build());
                    }
                    hostile.fin().readAll(PATIENCE);
                }
            }
        },
        RESET {
            @Override
            void on(Worker worker, JdkTlsClient client) throws IOException {
                try (TlsConnection connection = client.connect()) {
                    connection.send(new byte[1 + worker.random.nextInt(20_000)]);
                    connection.receive(1);
                    connection.reset();
                }
            }
        },
        READ_SLOWLY {
            @Override
            void on(Worker worker, JdkTlsClient client) throws Exception {
                worker.slow.add(new SlowReader(client.connect(), worker.random.nextLong()));
                if (worker.slow.size() > SLOW_READERS) {
                    worker.load.echoed(worker.slow.remove().finish());
                }
            }
        };

        abstract void on(Worker worker, JdkTlsClient client) throws Exception;
    }

    /** A client that reads nothing before it is asked to finish, while another thread sends. */
    private static final class SlowReader {
        private final TlsConnection connection;
        private final Payload payload;
        private final BackgroundTask<Void> sent;

        SlowReader(TlsConnection connection, long seed) {
            this.connection = connection;
            this.payload = Payload.of(seed, SLOW_BYTES);
            this.sent = BackgroundTask.run("a slow reader to have sent all", () -> payload.writeTo(connection.out()));
        }

        long finish() throws IOException, ExecutionException {
            try (connection) {
                payload.assertSame(connection.in());
                sent.await();
                return payload.size();
            }
        }
    }

    /** All threads, and what they have done together. */
    private static final class Load {
        final Collection<String> violations = new ConcurrentLinkedQueue<>();
        private final AtomicLong deeds = new AtomicLong();
        private final AtomicLong bytes = new AtomicLong();
        private final int[] ports;
        private final List<Random> randoms = new ArrayList<>();

        Load(int[] ports, long seed) {
            this.ports = ports;
            for (int i = 0; i < THREADS; i++) {
                randoms.add(new Random(seed + i));
            }
        }

        /** Does things for that long, or each thing once to each server; in the meantime contexts are replaced. */
        void run(Duration length) throws Exception {
            AtomicBoolean over = new AtomicBoolean();
            List<BackgroundTask<Void>> threads = new ArrayList<>();
            for (Random random : randoms) {
                threads.add(BackgroundTask.run("the clients to finish", () -> {
                    Worker worker = new Worker(this, random);
                    worker.everythingOnce();
                    while (!over.get()) {
                        worker.something();
                    }
                    worker.finish();
                }));
            }
            long end = System.nanoTime() + length.toNanos();
            do {
                orders('r');
                Awaiting.until("the time to pass", PATIENCE.plus(length), new Ticks(end)::next);
            } while (System.nanoTime() - end < 0 && violations.isEmpty());
            over.set(true);
            for (BackgroundTask<Void> thread : threads) {
                Awaiting.result("the clients to finish", PATIENCE.multipliedBy(4), thread.outcome());
            }
        }

        String orders(char order) {
            try (Socket socket = new Socket(InternetAddress.LOOPBACK_IPV4, ports[ports.length - 1])) {
                socket.getOutputStream().write(order);
                return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            } catch (IOException e) {
                throw new AssertionError("the program does not answer", e);
            }
        }

        void echoed(long count) {
            bytes.addAndGet(count);
        }

        @Override
        public String toString() {
            return deeds + " connections, " + inMebibytes(bytes.get()) + " echoed";
        }
    }

    /** Half a second, or what is left of a run. */
    private record Ticks(long tick) {
        Ticks {
            tick = Math.min(tick - System.nanoTime(), TimeUnit.MILLISECONDS.toNanos(500)) + System.nanoTime();
        }

        boolean next() {
            return System.nanoTime() - tick >= 0;
        }
    }

    /** One thread; its clients are kept, so that they resume. */
    private static final class Worker {
        private final Load load;
        private final Random random;
        private final Deque<SlowReader> slow = new ArrayDeque<>();
        private final List<JdkTlsClient> clients = new ArrayList<>();
        private final int servers;
        private InetSocketAddress server;

        Worker(Load load, Random random) {
            this.load = load;
            this.random = random;
            this.servers = load.ports.length - 1;
            this.server = address(0);
            for (int i = 0; i < servers; i++) {
                for (String version : List.of("TLSv1.3", "TLSv1.2")) {
                    clients.add(JdkTlsClient.to(address(i))
                            .trustingEverybody()
                            .protocols(version)
                            .deadline(PATIENCE));
                }
            }
        }

        private InetSocketAddress address(int number) {
            return new InetSocketAddress(InternetAddress.LOOPBACK_IPV4, load.ports[number]);
        }

        void everythingOnce() {
            for (int i = 0; i < clients.size(); i++) {
                for (Deed deed : Deed.values()) {
                    perform(deed, i);
                }
            }
        }

        void something() {
            Deed[] deeds = Deed.values();
            perform(deeds[random.nextInt(3) == 0 ? 0 : random.nextInt(deeds.length)], random.nextInt(clients.size()));
        }

        private void perform(Deed deed, int client) {
            server = address(client / 2);
            try {
                deed.on(this, clients.get(client));
            } catch (Exception | AssertionError failure) {
                load.violations.add(
                        deed + " on " + SoakProgram.LAYERS.get(client / 2) + ", client " + client % 2 + ": " + failure);
            }
            load.deeds.incrementAndGet();
        }

        void echo(JdkTlsClient client, int size) throws IOException {
            Payload payload = Payload.of(random.nextLong(), size);
            try (TlsConnection connection = client.connect()) {
                payload.writeTo(connection.out());
                payload.assertSame(connection.in());
            }
            load.echoed(size);
        }

        HostileClient hostile() throws IOException {
            return HostileClient.to(server);
        }

        void finish() throws IOException, ExecutionException {
            while (!slow.isEmpty()) {
                load.echoed(slow.remove().finish());
            }
        }
    }
}
