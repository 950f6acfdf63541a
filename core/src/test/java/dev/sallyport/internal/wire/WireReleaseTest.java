package dev.sallyport.internal.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sallyport.Transport;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(NothingLeft.class)
class WireReleaseTest {
    @EachTransport
    void closesTheDescriptor(Transport transport) throws Exception {
        assumeTrue(Files.isDirectory(Path.of("/proc/self/fd")), "needs /proc");
        try (Acceptor acceptor = Acceptor.onLoopback(transport)) {
            closeOne(acceptor); // whatever is opened once is open now
            long before = descriptors();
            for (int i = 0; i < 50; i++) {
                closeOne(acceptor);
            }
            assertThat(descriptors()).isLessThan(before + 10);
        }
    }

    private static void closeOne(Acceptor acceptor) throws Exception {
        try (Socket client = acceptor.connect()) {
            BlockingWire server = new BlockingWire(acceptor.next());
            client.getOutputStream().write(1);
            server.receive(1);
            server.close();
            assertThat(client.getInputStream().read()).isEqualTo(-1);
        }
    }

    private static long descriptors() throws IOException {
        try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
            return open.count();
        }
    }

    @EachTransport
    void mayBeAskedForBeforeTheRegistrationAndTwice(Transport transport) throws Exception {
        try (CapturedLog log = new CapturedLog("dev.sallyport");
                Acceptor acceptor = Acceptor.onLoopback(transport);
                Socket client = acceptor.connect()) {
            Wire wire = acceptor.next();
            CountDownLatch done = new CountDownLatch(1);
            wire.loop()
                    .execute(
                            () -> { // on the loop, where release is at once
                                wire.release();
                                wire.register();
                                wire.release();
                                done.countDown();
                            });
            assertThat(done.await(10, TimeUnit.SECONDS)).isTrue();
            assertThat(client.getInputStream().read()).isEqualTo(-1);
            assertThat(log.messages(Level.WARNING)).isEmpty();
        }
    }

    @EachTransport
    void theListenerIsNotToldAfterwards(Transport transport) throws Exception {
        try (Acceptor acceptor = Acceptor.onLoopback(transport);
                Socket client = acceptor.connect()) {
            Wire wire = acceptor.next();
            List<String> told = new ArrayList<>();
            wire.register();
            CountDownLatch released = new CountDownLatch(1);
            wire.loop().execute(() -> {
                wire.release();
                wire.listener(new Wire.Listener() {
                    @Override
                    public void readable() {
                        told.add("readable");
                    }

                    @Override
                    public void writable() {
                        told.add("writable");
                    }
                });
                released.countDown();
            });
            assertThat(released.await(10, TimeUnit.SECONDS)).isTrue();
            assertThat(client.getInputStream().read()).isEqualTo(-1);
            CountDownLatch later = new CountDownLatch(1);
            wire.loop().execute(later::countDown);
            assertThat(later.await(10, TimeUnit.SECONDS)).isTrue();
            assertThat(told).isEmpty();
        }
    }

    /**
     * Thousands of connections that either side resets at any moment, so that descriptors' numbers pass from one to the
     * next all the time, with the loops, the readers and the killers on different threads. Each client sends one byte value
     * only: a connection that sees two was given another's bytes.
     */
    @EachTransport
    void anAbortStormNeverMixesConnections(Transport transport) throws Exception {
        try (CapturedLog ours = new CapturedLog("dev.sallyport");
                CapturedLog nettys = new CapturedLog("io.netty")) {
            EchoStorm storm = new EchoStorm();
            ListenWire listening = storm.listen(transport);
            ExecutorService clients = Executors.newFixedThreadPool(4);
            List<Future<Integer>> results = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                int seed = i;
                results.add(clients.submit(() -> storm.connectAgainAndAgain(seed, 500)));
            }
            int echoed = 0;
            for (Future<Integer> result : results) {
                echoed += result.get(60, TimeUnit.SECONDS);
            }
            clients.shutdown();
            storm.end(listening);
            assertThat(storm.violations()).isEmpty();
            assertThat(storm.aborted()).as("resets seen").isGreaterThan(100);
            assertThat(echoed).as("echoes seen, so that the storm was one").isGreaterThan(100);
            assertThat(ours.messages(Level.INFO))
                    .filteredOn(line -> !line.startsWith("transport"))
                    .isEmpty();
            assertThat(nettys.messages(Level.WARNING)).isEmpty();
        }
    }
}
