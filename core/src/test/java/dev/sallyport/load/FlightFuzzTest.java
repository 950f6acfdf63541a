package dev.sallyport.load;

import static dev.sallyport.testkit.Awaiting.PATIENCE;

import dev.sallyport.matrix.Matrix;
import dev.sallyport.matrix.Matrix.Dimension;
import dev.sallyport.matrix.Setup;
import dev.sallyport.testkit.Awaiting;
import dev.sallyport.testkit.ClientHelloBytes;
import dev.sallyport.testkit.FlightDamage;
import dev.sallyport.testkit.HostileClient;
import dev.sallyport.testkit.JdkTlsClient;
import dev.sallyport.testkit.MutatingRelay;
import dev.sallyport.testkit.Payload;
import dev.sallyport.testkit.RecordDamage;
import dev.sallyport.testkit.TestPki;
import dev.sallyport.testkit.TlsConnection;
import dev.sallyport.testkit.TlsRecords;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;

/**
 * Recorded flights of clients, damaged, thrown at a server as fast as it takes them: each is a failed handshake that is
 * accounted for, and after each few hundred a good client is served and nothing is left.
 */
class FlightFuzzTest {
    private static final int CASES = 900;
    private static final int CASES_OF_SLOW = 3_600;
    private static final int CASES_OF_SOAK = 60_000;
    private static final FuzzBatches BATCHES = new FuzzBatches(300, 3, Duration.ofMinutes(2));
    private static final Payload NOTHING = Payload.of(0, 0);

    @Matrix({Dimension.TRANSPORT, Dimension.PROVIDER})
    void damagedFlightsAreFailedHandshakesAndNothingElse(Setup setup) throws Exception {
        fuzz(setup, FuzzRun.usual(CASES));
    }

    @Tag("slow")
    @Matrix({Dimension.TRANSPORT, Dimension.PROVIDER})
    void thousandsOfDamagedFlights(Setup setup) throws Exception {
        fuzz(setup, FuzzRun.usual(CASES_OF_SLOW));
    }

    @Tag("soak")
    @Timeout(value = 3, unit = TimeUnit.HOURS)
    @Matrix({Dimension.TRANSPORT, Dimension.PROVIDER})
    void damagedFlightsForLong(Setup setup) throws Exception {
        fuzz(setup, FuzzRun.anew(CASES_OF_SOAK));
    }

    private static void fuzz(Setup setup, FuzzRun run) throws Exception {
        String outcome = BATCHES.play(setup, run, target -> {
            List<List<byte[]>> flights = flights(target);
            return (number, each) -> play(setup, run, number, each, flights);
        });
        System.out.println(setup + ": " + run.count() + " damaged flights of seed " + run.seed() + " in " + outcome);
    }

    private static void play(Setup setup, FuzzRun run, int number, FuzzTarget target, List<List<byte[]>> flights) {
        long seed = run.seedOf(number);
        Random random = new Random(seed);
        int which = random.nextInt(flights.size());
        List<byte[]> other = flights.get(random.nextInt(flights.size()));
        List<byte[]> pieces = new FlightDamage(seed).to(flights.get(which), other);
        String again = run.replay(setup, number);
        try (HostileClient client = HostileClient.to(target.address())) {
            target.expect(client.localAddress(), new FuzzCase(number, again, NOTHING));
            pieces.forEach(client::send);
            if (random.nextInt(10) == 0) {
                client.reset();
            } else {
                client.fin().readAll(PATIENCE);
            }
        } catch (IOException | AssertionError failure) {
            target.violation(again + ": " + failure);
        }
    }

    /** Hellos as they are built and as the JDK makes them, and all that the JDK's client sends in whole connections. */
    private static List<List<byte[]>> flights(FuzzTarget target) throws Exception {
        List<byte[]> hellos = new ArrayList<>();
        hellos.add(ClientHelloBytes.builder().build().bytes());
        hellos.add(ClientHelloBytes.builder()
                .versions("TLSv1.2")
                .alpn("h2")
                .build()
                .bytes());
        hellos.add(ClientHelloBytes.builder()
                .versions("TLSv1.3")
                .sni("localhost")
                .build()
                .bytes());
        hellos.add(ClientHelloBytes.builder().paddedTo(6_000).build().fragmented(1_000));
        hellos.add(ClientHelloBytes.builder()
                .alpn("h2", "http/1.1")
                .sni("localhost")
                .build()
                .fragmented(40));
        hellos.add(ClientHelloBytes.sslv2());
        for (List<String> versions : List.of(List.of("TLSv1.2"), List.of("TLSv1.3"), List.of("TLSv1.3", "TLSv1.2"))) {
            hellos.add(ClientHelloBytes.fromJdk(versions, "localhost", "h2").bytes());
        }
        List<List<byte[]>> flights = new ArrayList<>();
        hellos.forEach(hello -> flights.add(TlsRecords.split(hello)));
        try (MutatingRelay relay = new MutatingRelay(target.address())) {
            for (String version : List.of("TLSv1.2", "TLSv1.3")) {
                JdkTlsClient client = JdkTlsClient.to(relay.address()).protocols(version);
                flights.add(recorded(target, relay, client));
                flights.add(recorded(target, relay, client)); // resumes
                flights.add(recorded(target, relay, client.identity(TestPki.client())));
            }
        }
        return flights;
    }

    private static List<byte[]> recorded(FuzzTarget target, MutatingRelay relay, JdkTlsClient client) throws Exception {
        RecordDamage none = RecordDamage.none();
        Payload payload = Payload.of(1, 500);
        CompletableFuture<Void> over =
                relay.next(none, null, address -> target.expect(address, new FuzzCase(-1, "is recorded", payload)));
        try (TlsConnection connection = client.connect()) {
            payload.writeTo(connection.out());
            payload.assertSame(connection.in());
        }
        Awaiting.result("the end of a recorded connection", PATIENCE, over);
        return none.seen();
    }
}
