package dev.sallyport.handshake;

import static dev.sallyport.matrix.Matrix.Dimension.PROVIDER;
import static dev.sallyport.matrix.Matrix.Dimension.TRANSPORT;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.matrix.Matrix;
import dev.sallyport.matrix.Setup;
import dev.sallyport.support.WatchedServer;
import dev.sallyport.testkit.Awaiting;
import dev.sallyport.testkit.ClientHelloBytes;
import dev.sallyport.testkit.HostileClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Handshakes whose time is over just when something else happens to them: each has one outcome, and leaves nothing. */
class HandshakeExpiryRaceTest {
    private static final int CLIENTS = 40;
    private static final int[] TIMEOUTS_MICROS = {100, 300, 700, 1_500, 3_000, 6_000};

    @Matrix({TRANSPORT, PROVIDER})
    void expiryWhileTheCryptographyBeginsIsReportedOnceAndGivesEverythingBack(Setup setup) throws Exception {
        byte[] hello = ClientHelloBytes.builder().sni("localhost").build().bytes();
        for (int micros : TIMEOUTS_MICROS) {
            Duration timeout = Duration.ofNanos(micros * 1_000L);
            try (WatchedServer server = WatchedServer.open(setup, options -> options.handshakeTimeout(timeout))) {
                List<HostileClient> clients = new ArrayList<>();
                try {
                    for (int i = 0; i < CLIENTS; i++) {
                        clients.add(server.hostile().send(hello));
                    }
                    Awaiting.until("all clients to be reported", Awaiting.PATIENCE, () -> failed(server) == CLIENTS);
                } finally {
                    for (HostileClient client : clients) {
                        client.close();
                    }
                }
                server.awaitNoConnections();
                assertThat(failed(server)).isEqualTo(CLIENTS);
            }
        }
    }

    private static long failed(WatchedServer server) {
        return server.statistics().handshakesFailedByReason().values().stream()
                .mapToLong(Long::longValue)
                .sum();
    }
}
