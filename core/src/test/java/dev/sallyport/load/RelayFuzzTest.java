package dev.sallyport.load;

import static dev.sallyport.testkit.Awaiting.PATIENCE;

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
    private static final int CASES = 120;
    private static final int CASES_OF_SOAK = 8_000;
    private static final FuzzBatches BATCHES = new FuzzBatches(60, 4, Duration.ofMinutes(3));
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
        AtomicInteger whole = new AtomicInteger();
        String outcome = BATCHES.play(setup, run, target -> (number, each) -> {
            if (play(setup, run, number, each)) {
                whole.incrementAndGet();
            }
        });
        System.out.println(setup + ": " + run.count() + " connections of seed " + run.seed() + " damaged, " + whole
                + " got their whole echo, in " + outcome);
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
