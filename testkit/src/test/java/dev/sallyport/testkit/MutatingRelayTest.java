package dev.sallyport.testkit;

import static dev.sallyport.testkit.Awaiting.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class MutatingRelayTest {
    @Test
    void carriesWhatIsNotDamagedInPiecesOfAnySize() throws Exception {
        Payload payload = Payload.of(1, 40_000);
        try (JdkServer server = JdkServer.echo(TestPki.server());
                MutatingRelay relay = new MutatingRelay(server.address())) {
            for (@Nullable Long pieces : new @Nullable Long[] {null, 1L}) {
                RecordDamage none = RecordDamage.none();
                List<Integer> ports = new ArrayList<>();
                CompletableFuture<Void> over = relay.next(none, pieces, address -> ports.add(address.getPort()));
                try (TlsConnection connection = JdkTlsClient.to(relay.address()).connect()) {
                    payload.writeTo(connection.out());
                    payload.assertSame(connection.in());
                }
                Awaiting.result("the end of the connection", PATIENCE, over);
                assertThat(ports).hasSize(1);
                assertThat(none.done()).isFalse();
                assertThat(none.seen()).hasSizeGreaterThan(3);
                assertThat(TlsRecords.type(none.seen().get(0))).isEqualTo(TlsRecords.TYPE_HANDSHAKE);
            }
        }
    }

    /** Whatever is done, the client and the relay come to an end, and what the client gets back is what it sent. */
    @Test
    void damagesTheRecordThatTheSeedSays() throws Exception {
        int damaged = 0;
        Payload payload = Payload.of(1, 2_000);
        try (JdkServer server = JdkServer.echo(TestPki.server());
                MutatingRelay relay = new MutatingRelay(server.address())) {
            for (long seed = 0; seed < 30; seed++) {
                RecordDamage damage = new RecordDamage(seed);
                CompletableFuture<Void> over = relay.next(damage, null, address -> {});
                boolean echoed = echoes(relay, payload);
                Awaiting.result("the end of connection " + seed + ", " + damage, PATIENCE, over);
                assertThat(echoed || damage.done()).as("%s, %s", seed, damage).isTrue();
                damaged += echoed ? 0 : 1;
            }
        }
        assertThat(damaged).isBetween(5, 29);
    }

    private static boolean echoes(MutatingRelay relay, Payload payload) {
        try (TlsConnection connection = JdkTlsClient.to(relay.address()).connect()) {
            payload.writeTo(connection.out());
            payload.assertSame(connection.in());
            return true;
        } catch (AssertionError tooShort) {
            assertThat(tooShort).hasMessageStartingWith("ended after");
            return false;
        } catch (IOException broken) {
            return false;
        }
    }

    @Test
    void theSameSeedDoesTheSameDamageAndAnotherOneAnother() {
        List<byte[]> flight =
                TlsRecords.split(ClientHelloBytes.builder().build().fragmented(60));
        Set<String> all = new HashSet<>();
        for (long seed = 0; seed < 500; seed++) {
            byte[] once = TlsRecords.join(new FlightDamage(seed).to(flight, flight));
            assertThat(TlsRecords.join(new FlightDamage(seed).to(flight, flight)))
                    .as("seed %s", seed)
                    .isEqualTo(once);
            all.add(new String(once, StandardCharsets.ISO_8859_1));
        }
        assertThat(all).hasSizeGreaterThan(400);
    }
}
