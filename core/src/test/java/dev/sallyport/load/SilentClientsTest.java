package dev.sallyport.load;

import static dev.sallyport.testkit.Awaiting.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.UnixOperatingSystemMXBean;
import dev.sallyport.BindOptions;
import dev.sallyport.InternetAddress;
import dev.sallyport.matrix.Matrix;
import dev.sallyport.matrix.Matrix.Dimension;
import dev.sallyport.matrix.Setup;
import dev.sallyport.testkit.Awaiting;
import dev.sallyport.testkit.BackgroundTask;
import dev.sallyport.testkit.ClientHelloBytes;
import dev.sallyport.testkit.JdkTlsClient;
import dev.sallyport.testkit.JvmProcess;
import dev.sallyport.testkit.TlsConnection;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.lang.management.OperatingSystemMXBean;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;

/**
 * What clients cost that connect and then say nothing, or half a hello, and what they do to those who speak; see
 * {@link SilentClientsProgram}. Bounded is the memory, after a collection; times and what the system has given to the
 * process are printed.
 */
class SilentClientsTest {
    private static final int MOST_BYTES_EACH = 10 * 1024;
    private static final int REHEARSAL = 400;

    /** The server's memory at one moment. */
    private record Figures(int silent, int open, long heap, long direct, long resident) {
        static Figures parse(String line) {
            String[] parts = line.split(" ", -1);
            return new Figures(
                    Integer.parseInt(parts[1]),
                    Integer.parseInt(parts[2]),
                    Long.parseLong(parts[3]),
                    Long.parseLong(parts[4]),
                    Long.parseLong(parts[5]));
        }

        /** {@return heap and direct memory of each silent connection} */
        long bytesEach(Figures before) {
            return (heap - before.heap + direct - before.direct) / silent;
        }

        String since(Figures before) {
            return silent + " silent of " + open + " open connections: of each " + (heap - before.heap) / silent
                    + " B heap, " + (direct - before.direct) / silent + " B direct memory, resident "
                    + (resident - before.resident) / silent + " B";
        }
    }

    @Matrix(Dimension.TRANSPORT)
    void aFewHundredCostLittleAndThoseWhoSpeakAreServed(Setup setup) throws Exception {
        measure(setup, 1_000, 600);
    }

    @Matrix(Dimension.TRANSPORT)
    @Tag("slow")
    void thriceTheirBoundCostNoMore(Setup setup) throws Exception {
        measure(setup, 600, 1_800);
    }

    @Matrix(Dimension.TRANSPORT)
    @Tag("slow")
    void fiveThousandCostLittleAndThoseWhoSpeakAreServed(Setup setup) throws Exception {
        measure(setup, BindOptions.defaults().maxSilentConnections(), 5_000);
    }

    @Matrix(Dimension.TRANSPORT)
    @Tag("slow")
    void thriceABoundOfFiveThousandCostNoMore(Setup setup) throws Exception {
        measure(setup, 5_000, 15_000);
    }

    private static void measure(Setup setup, int bound, int silent) throws Exception {
        requireDescriptors(silent + 500);
        try (JvmProcess server = JvmProcess.of(SilentClientsProgram.class)
                        .arguments(setup.transport().name(), Integer.toString(bound))
                        .start();
                Silent clients = new Silent(Integer.parseInt(server.readLine()))) {
            JdkTlsClient client = setup.client(clients.port).trustingEverybody().deadline(PATIENCE);
            try (TlsConnection control = client.connect()) {
                try (Silent few = new Silent(clients.port)) { // for what is loaded and made once
                    few.connect(REHEARSAL);
                    good(setup, "at first", client, CompletableFuture.completedFuture(null), false);
                }
                Figures before = awaitSilent(server, control, 0, 0);
                BackgroundTask<Void> coming =
                        BackgroundTask.run("the silent ones to connect", () -> clients.connect(silent));
                good(setup, "while they come", client, coming.outcome(), silent > bound);
                // a good client is silent at first, too, and at the bound has taken the place of one
                Figures after = awaitSilent(server, control, Math.min(silent, bound - 1), bound);
                System.out.println(
                        setup.transport() + ", " + silent + " of at most " + bound + ": " + after.since(before));
                good(setup, "while they wait", client, CompletableFuture.completedFuture(null), false);
                assertThat(after.bytesEach(before))
                        .as("bytes of heap and direct memory of each; %s, %s", before, after)
                        .isLessThanOrEqualTo(MOST_BYTES_EACH);
            }
        }
    }

    private static void requireDescriptors(int needed) {
        OperatingSystemMXBean system = ManagementFactory.getOperatingSystemMXBean();
        long limit = system instanceof UnixOperatingSystemMXBean unix ? unix.getMaxFileDescriptorCount() : needed;
        if (limit < needed) {
            System.err.println("NOT TESTED: " + needed + " file descriptors are needed here and there are " + limit
                    + ": ulimit -Hn is too low");
        }
        assumeTrue(limit >= needed, "too few file descriptors");
    }

    /** Clients of whom every other one has sent half of its hello, and that is all. */
    private static final class Silent implements AutoCloseable {
        final int port;
        private final Queue<SocketChannel> channels = new ConcurrentLinkedQueue<>();
        private volatile boolean closed;

        Silent(int port) {
            this.port = port;
        }

        void connect(int count) throws IOException {
            for (int i = 0; i < count && !closed; i++) {
                SocketChannel channel = SocketChannel.open(new InetSocketAddress(InternetAddress.LOOPBACK_IPV4, port));
                channels.add(channel);
                if (i % 2 == 1) {
                    channel.write(
                            ByteBuffer.wrap(ClientHelloBytes.builder().build().half()));
                }
            }
            if (closed) {
                close();
            }
        }

        @Override
        public void close() throws IOException {
            closed = true;
            for (SocketChannel next = channels.poll(); next != null; next = channels.poll()) {
                next.close();
            }
        }
    }

    // ---- those who speak

    /** {@return how many nanoseconds it took to connect, shake hands and get an answer} */
    private static long good(JdkTlsClient client) throws IOException {
        long begin = System.nanoTime();
        try (TlsConnection connection = client.connect()) {
            connection.send("x");
            assertThat(connection.receive(1)).asString().isEqualTo("x");
            return System.nanoTime() - begin;
        }
    }

    /**
     * Good clients one after the other until {@code end}, twenty at least. Silent ones that come faster than a good one can
     * say its hello, and are more than the bound, take its place: that is counted only where it may be.
     */
    private static void good(
            Setup setup, String when, JdkTlsClient client, CompletableFuture<Void> end, boolean mayBeEvicted)
            throws Exception {
        List<Long> micros = new ArrayList<>();
        int evicted = 0;
        do {
            try {
                micros.add(TimeUnit.NANOSECONDS.toMicros(good(client)));
            } catch (IOException failure) {
                if (!mayBeEvicted) {
                    throw failure;
                }
                evicted++;
            }
        } while (!end.isDone() || micros.size() < 20);
        Awaiting.result("the silent ones to connect", PATIENCE, end);
        Collections.sort(micros);
        System.out.println(setup.transport() + ", " + when + ": " + micros.size() + " good clients, median "
                + micros.get(micros.size() / 2) + " us, slowest " + micros.get(micros.size() - 1) + " us, evicted "
                + evicted);
    }

    // ---- what the server says

    private static Figures awaitSilent(JvmProcess server, TlsConnection control, int least, int most) {
        Figures[] last = new Figures[1];
        Awaiting.until(least + " to " + most + " silent connections and no others but this", PATIENCE, () -> {
            Figures now = figures(server, control);
            last[0] = now;
            return now.silent() >= least && now.silent() <= most && now.open() == now.silent() + 1;
        });
        return last[0];
    }

    private static Figures figures(JvmProcess server, TlsConnection control) {
        try {
            control.send("m");
            control.receive(1);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        return Figures.parse(server.readLineWith("figures"));
    }
}
