package dev.sallyport.ending;

import static dev.sallyport.testkit.Awaiting.PATIENCE;
import static dev.sallyport.testkit.Awaiting.result;
import static dev.sallyport.testkit.Awaiting.until;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.HandshakeException;
import dev.sallyport.HandshakeException.Reason;
import dev.sallyport.matrix.Matrix;
import dev.sallyport.matrix.Matrix.Dimension;
import dev.sallyport.matrix.Setup;
import dev.sallyport.support.DrainingEcho;
import dev.sallyport.support.DrainingEcho.Layer;
import dev.sallyport.testkit.BackgroundTask;
import dev.sallyport.testkit.JdkTlsClient;
import dev.sallyport.testkit.TlsConnection;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Shutting down while clients send and are echoed, at a moment that a seed decides: each client gets every byte that its
 * handler has written, then close_notify; who is in the middle of a handshake is served; who does not end is reset.
 */
class DrainUnderLoadTest {
    private static final Duration NEVER = Duration.ofDays(36_500);
    private static final int TALKERS = 6;
    private static final int NEWCOMERS = 3;
    private static final int LARGEST_CHUNK = 20_000;

    /** What a client has under way: what it can read in far less time than a close may take. */
    private static final int WINDOW = 200_000;

    private static final AtomicLong SEEDS = new AtomicLong(41);

    @Matrix({Dimension.PROVIDER, Dimension.VERSION})
    void everyByteThatAHandlerHasWrittenArrives(Setup setup) throws Exception {
        drain(setup, Layer.BLOCKING);
    }

    @Matrix(Dimension.PROVIDER)
    void everyByteThatAFutureHasWrittenArrives(Setup setup) throws Exception {
        drain(setup, Layer.FUTURES);
    }

    @Matrix(Dimension.PROVIDER)
    void everyByteThatARawHandlerHasWrittenArrives(Setup setup) throws Exception {
        drain(setup, Layer.RAW);
    }

    private static void drain(Setup setup, Layer layer) throws Exception {
        long seed = SEEDS.getAndIncrement();
        Random random = new Random(seed);
        try (DrainingEcho server = new DrainingEcho(setup, layer);
                Talkers talkers = Talkers.of(TALKERS, false, () -> client(setup, server), random)) {
            Newcomers newcomers = new Newcomers(server, () -> client(setup, server));
            talkers.awaitEchoed(random.nextInt(300_000));
            newcomers.awaitServed(random.nextInt(20));
            newcomers.mayBeRefused();
            result("the shutdown, seed " + seed, PATIENCE, server.shutdown(NEVER));
            talkers.assertAcknowledged(server, seed);
            newcomers.assertServedOrRefused(seed);
            assertThat(server.broken()).as("seed " + seed).isEmpty();
            assertThat(server.statistics().handshakesCompleted())
                    .as("seed " + seed)
                    .isEqualTo(server.delivered());
            for (HandshakeException failure : server.failures()) {
                assertThat(failure.reason()).as("seed " + seed + ", " + failure).isEqualTo(Reason.LOCAL_SHUTTING_DOWN);
                assertThat(failure.serverName())
                        .as("seed " + seed + ", whose hello had been read: " + failure)
                        .isNull();
            }
        }
    }

    @Matrix(Dimension.PROVIDER)
    void whoDoesNotEndIsResetAfterTheGraceAndTheOthersAreNot(Setup setup) throws Exception {
        for (Layer layer : Layer.values()) {
            force(setup, layer);
        }
    }

    private static void force(Setup setup, Layer layer) throws Exception {
        long seed = SEEDS.getAndIncrement();
        Random random = new Random(seed);
        try (DrainingEcho server = new DrainingEcho(setup, layer);
                Talkers ending = Talkers.of(4, false, () -> client(setup, server), random);
                Talkers stubborn = Talkers.of(4, true, () -> client(setup, server), random)) {
            ending.awaitEchoed(random.nextInt(200_000));
            stubborn.awaitEchoed(random.nextInt(200_000));
            CompletableFuture<Void> drained = server.shutdown(NEVER);
            ending.assertAcknowledged(server, seed);
            assertThat(drained).as("seed " + seed).isNotDone();
            CompletableFuture<Void> forced = server.shutdown(Duration.ofMillis(random.nextInt(100)));
            result("the second shutdown, " + layer + ", seed " + seed, PATIENCE, forced);
            result("the first shutdown, " + layer + ", seed " + seed, PATIENCE, drained);
            stubborn.assertReset(seed);
            assertThat(server.statistics().connectionsOpen()).isZero();
        }
    }

    private static JdkTlsClient client(Setup setup, DrainingEcho server) {
        return setup.client(server.port()).sni("localhost").deadline(PATIENCE);
    }

    private interface Clients {
        JdkTlsClient next();
    }

    // ---- those who are there

    /** Clients that send and look at what comes back until the server has ended. */
    private static final class Talkers implements AutoCloseable {
        private final List<Talker> all = new ArrayList<>();
        private final AtomicLong echoed = new AtomicLong();

        static Talkers of(int count, boolean stubborn, Clients clients, Random random) throws IOException {
            Talkers talkers = new Talkers();
            for (int i = 0; i < count; i++) {
                byte first = stubborn ? DrainingEcho.STUBBORN : (byte) 'e';
                TlsConnection connection = clients.next().connect();
                talkers.all.add(new Talker(connection, first, random.nextLong(), talkers.echoed));
            }
            return talkers;
        }

        void awaitEchoed(long bytes) {
            until(
                    bytes + " bytes to be echoed, and some to each",
                    PATIENCE,
                    () -> echoed.get() >= bytes
                            && all.stream().allMatch(talker -> talker.received.get() > 0 || talker.reading.isDone()));
        }

        void assertAcknowledged(DrainingEcho server, long seed) throws Exception {
            for (Talker talker : all) {
                long received = result("the end of " + talker + ", seed " + seed, PATIENCE, talker.reading.outcome());
                assertThat(received)
                        .as("received by " + talker + ", seed " + seed)
                        .isEqualTo(server.acknowledged(talker.port));
            }
        }

        void assertReset(long seed) {
            for (Talker talker : all) {
                assertThat(talker.reading.outcome())
                        .as("the reading of " + talker + ", seed " + seed)
                        .failsWithin(PATIENCE)
                        .withThrowableThat()
                        .havingCause()
                        .isInstanceOf(IOException.class)
                        .isNotInstanceOf(SocketTimeoutException.class);
            }
        }

        @Override
        public void close() throws IOException {
            for (Talker talker : all) {
                if (!talker.reading.isDone()) { // a test that has failed
                    talker.connection.reset();
                }
                until("the last write of " + talker, PATIENCE, talker.writing::isDone);
                talker.connection.close();
            }
        }
    }

    private static final class Talker {
        final TlsConnection connection;
        final int port;
        final BackgroundTask<Long> reading;
        final BackgroundTask<Void> writing;
        final AtomicLong received = new AtomicLong();
        volatile boolean over;
        private final byte first;
        private final long seed;
        private final AtomicLong echoed;
        private final Semaphore window = new Semaphore(WINDOW);

        Talker(TlsConnection connection, byte first, long seed, AtomicLong echoed) {
            this.connection = connection;
            this.first = first;
            this.seed = seed;
            this.echoed = echoed;
            port = connection.socket().getLocalPort();
            reading = BackgroundTask.supply("the reader", this::read);
            writing = BackgroundTask.run("the writer", this::write);
        }

        private void write() {
            Random random = new Random(seed);
            try {
                for (long sent = 0; !over; ) {
                    byte[] chunk = new byte[1 + random.nextInt(LARGEST_CHUNK)];
                    for (int i = 0; i < chunk.length; i++) {
                        chunk[i] = at(sent + i);
                    }
                    window.acquireUninterruptibly(chunk.length);
                    connection.send(chunk);
                    sent += chunk.length;
                }
            } catch (IOException ended) {
                over = true; // why, the reader sees
            }
            reading.outcome().whenComplete((count, failure) -> close());
        }

        private void close() {
            try {
                connection.close();
            } catch (IOException gone) {
                over = true; // as it was
            }
        }

        private long read() throws IOException {
            long count = 0;
            try {
                byte[] chunk = new byte[LARGEST_CHUNK];
                for (int got = connection.in().read(chunk);
                        got >= 0;
                        got = connection.in().read(chunk)) {
                    for (int i = 0; i < got; i++) {
                        if (chunk[i] != at(count + i)) {
                            throw new AssertionError("byte " + (count + i) + " is not what was sent, " + this);
                        }
                    }
                    count += got;
                    received.set(count);
                    echoed.addAndGet(got);
                    window.release(got);
                }
                if (!connection.endedWithCloseNotify()) {
                    throw new IOException("ended without close_notify after " + count + " bytes");
                }
                return count;
            } finally {
                over = true;
                window.release(LARGEST_CHUNK); // so that the writer sees it
            }
        }

        private byte at(long offset) {
            return offset == 0 ? first : (byte) (offset * 31 + (offset >>> 9) + seed);
        }

        @Override
        public String toString() {
            return "client " + port + " with seed " + seed;
        }
    }

    // ---- those who come

    /** Clients that connect again and again, until nobody listens any more; each sends a byte and reads to the end. */
    private static final class Newcomers {
        private final DrainingEcho server;
        private final Clients clients;
        private final List<BackgroundTask<Void>> threads = new ArrayList<>();
        private final AtomicInteger served = new AtomicInteger();
        private volatile boolean mayBeRefused;

        Newcomers(DrainingEcho server, Clients clients) {
            this.server = server;
            this.clients = clients;
            for (int i = 0; i < NEWCOMERS; i++) {
                threads.add(BackgroundTask.run("a newcomer", this::comeAgainAndAgain));
            }
        }

        void awaitServed(int count) {
            until(
                    count + " newcomers to be served",
                    PATIENCE,
                    () -> served.get() >= count || threads.stream().anyMatch(BackgroundTask::isDone));
        }

        void mayBeRefused() {
            mayBeRefused = true;
        }

        private void comeAgainAndAgain() throws IOException {
            for (; ; ) {
                TlsConnection connected;
                try {
                    connected = clients.next().connect();
                } catch (IOException refused) {
                    if (!mayBeRefused) {
                        throw refused;
                    }
                    if (refused instanceof ConnectException) {
                        return;
                    }
                    continue; // had not said its hello when the server began to drain
                }
                try (TlsConnection connection = connected) {
                    connection.send("e");
                    long received = connection.in().read() < 0 ? 0 : 1;
                    if (received > 0) {
                        connection.shutdownOutput();
                        received += connection.receiveAll().length;
                    }
                    assertThat(connection.endedWithCloseNotify()).isTrue();
                    assertThat(received)
                            .isEqualTo(server.acknowledged(connection.socket().getLocalPort()));
                    served.incrementAndGet();
                }
            }
        }

        void assertServedOrRefused(long seed) throws Exception {
            for (BackgroundTask<Void> thread : threads) {
                result("a newcomer to be served or refused, seed " + seed, PATIENCE, thread.outcome());
            }
        }
    }
}
