package dev.sallyport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sallyport.matrix.Matrix;
import dev.sallyport.matrix.Setup;
import dev.sallyport.testkit.Awaiting;
import dev.sallyport.testkit.ClientHelloBytes;
import dev.sallyport.testkit.HostileClient;
import java.time.Duration;

/** A handshake whose client takes its time costs nothing meanwhile. */
class WaitingHandshakeTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    @Matrix
    void aHandshakeThatWaitsForItsClientKeepsNoThread(Setup setup) throws Exception {
        assumeTrue(Runtime.getRuntime().availableProcessors() > 1, "one processor: the loop does the handshakes");
        try (SecureServerSocket server = setup.open(options -> options.handshakeTimeout(Duration.ofMinutes(5)))) {
            var accepted = server.acceptAsync();
            try (HostileClient client = HostileClient.to("127.0.0.1", server.port())) {
                client.clientHello(ClientHelloBytes.builder().build()).receive(5);
                Awaiting.until(
                        "the workers to end, which do so when idle",
                        LIMIT,
                        () -> Thread.getAllStackTraces().keySet().stream()
                                .noneMatch(thread -> thread.getName().startsWith("sallyport-handshake-")));
                assertThat(server.statistics().handshakesPending()).isEqualTo(1);
            }
            accepted.cancel(false);
        }
    }
}
