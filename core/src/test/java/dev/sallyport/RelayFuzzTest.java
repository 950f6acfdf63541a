package dev.sallyport;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.matrix.Matrix;
import dev.sallyport.matrix.Matrix.Dimension;
import dev.sallyport.matrix.Setup;
import dev.sallyport.testkit.Awaiting;
import dev.sallyport.testkit.JdkTlsClient;
import dev.sallyport.testkit.MutatingRelay;
import dev.sallyport.testkit.Payload;
import dev.sallyport.testkit.RecordDamage;
import dev.sallyport.testkit.TestPki;
import dev.sallyport.testkit.TlsConnection;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;

/**
 * Live connections of the JDK's client of which one record is damaged on its way, in the handshake or later: no handler sees
 * a byte that was not sent, what was not damaged works, and the server accounts for all of it.
 */
class RelayFuzzTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int CASES = 120;
    private static final int CASES_OF_SOAK = 8_000;
    private static final int BATCH = 60;
    private static final int THREADS = 4;
    private static final int LARGEST = 40_000; // a few records

    @Matrix({Dimension.TRANSPORT, Dimension.PROVIDER})
    void aDamagedRecordNeverBecomesPlaintext(Setup setup) throws Exception {
        fuzz(setup, FuzzRun.usual(CASES));
    }

    @Tag("soak")
    @Timeout(value = 3, unit = TimeUnit.HOURS)
    @Matrix({Dimension.TRANSPORT, Dimension.PROVIDER})
    void damagedRecordsForLong(Setup setup) throws Exception {
        fuzz(setup, FuzzRun.anew(CASES_OF_SOAK));
    }

    private static void fuzz(Setup setup, FuzzRun run) throws Exception {
        long begun = System.nanoTime();
        AtomicInteger whole = new AtomicInteger();
        try (Alarms alarms = new Alarms();
                FuzzTarget streams = FuzzTarget.open(setup, false);
                FuzzTarget events = FuzzTarget.open(setup, true)) {
            for (int from = run.first(); from < run.end(); from += BATCH) {
                int first = from;
                List<CompletableFuture<Void>> threads = new ArrayList<>();
                for (int i = 0; i < THREADS; i++) {
                    int share = i;
                    threads.add(Threads.run(() -> {
                        for (int number : run.numbers(first, BATCH)
                                .filter(each -> each % THREADS == share)
                                .toArray()) {
                            if (play(setup, run, number, number % 2 == 0 ? streams : events)) {
                                whole.incrementAndGet();
                            }
                        }
                    }));
                }
                String what = run.replay(setup, first) + " and the " + BATCH + " from there";
                for (CompletableFuture<Void> thread : threads) {
                    Awaiting.result(what, Duration.ofMinutes(3), thread);
                }
                streams.settle();
                events.settle();
                Awaiting.until(what, PATIENCE, () -> FuzzTarget.leftovers().isEmpty());
                assertThat(streams.violations()).as(what).isEmpty();
                assertThat(events.violations()).as(what).isEmpty();
                assertThat(alarms.heard()).as(what).isEmpty();
            }
            System.out.println(setup + ": " + run.count() + " connections of seed " + run.seed() + " damaged, " + whole
                    + " got their whole echo, in " + TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun) + " ms, "
                    + streams.statistics());
        }
    }

    /** {@return whether the client got back all that it sent} */
    private static boolean play(Setup setup, FuzzRun run, int number, FuzzTarget target)
            throws IOException, ExecutionException {
        long seed = run.seedOf(number);
        Random random = new Random(seed);
        RecordDamage damage = new RecordDamage(seed);
        Payload payload = Payload.of(seed, random.nextInt(LARGEST));
        @Nullable Long pieces = random.nextInt(4) == 0 ? seed : null;
        String again = run.replay(setup, number) + ", " + damage;
        try (MutatingRelay relay = new MutatingRelay(target.address())) {
            JdkTlsClient client = JdkTlsClient.to(relay.address())
                    .protocols(random.nextBoolean() ? "TLSv1.2" : "TLSv1.3")
                    .deadline(PATIENCE);
            if (random.nextBoolean()) {
                client.identity(TestPki.client());
            }
            boolean resumes = random.nextInt(4) == 0;
            if (resumes) {
                CompletableFuture<Void> before = relay.next(
                        RecordDamage.none(),
                        null,
                        address -> target.expect(address, new FuzzCase(number, again, payload)));
                converse(client, payload);
                Awaiting.result(again + ": the end of the first connection", PATIENCE, before);
            }
            CompletableFuture<Void> over =
                    relay.next(damage, pieces, address -> target.expect(address, new FuzzCase(number, again, payload)));
            boolean whole = attempt(client, payload, target, again);
            Awaiting.result(again + ": the end of the connection", PATIENCE, over);
            if (!damage.done() && !whole) {
                target.violation(again + ": nothing was damaged, and the echo did not come");
            }
            return whole;
        }
    }

    private static boolean attempt(JdkTlsClient client, Payload payload, FuzzTarget target, String again) {
        try {
            converse(client, payload);
            return true;
        } catch (AssertionError wrong) {
            if (wrong.getMessage() == null || !wrong.getMessage().startsWith("ended after")) {
                target.violation(again + ": the client " + wrong);
            }
            return false;
        } catch (IOException damaged) {
            return false;
        }
    }

    /** Sends all, says that this is the end, and reads all. */
    private static void converse(JdkTlsClient client, Payload payload) throws IOException {
        try (TlsConnection connection = client.connect()) {
            payload.writeTo(connection.out());
            if (connection.protocol().equals("TLSv1.3")) {
                connection.shutdownOutput();
            }
            payload.assertSame(connection.in());
            if (connection.protocol().equals("TLSv1.3") && connection.in().read() >= 0) {
                throw new AssertionError("got more than it sent");
            }
        }
    }
}
