package dev.sallyport.handshake;

import static dev.sallyport.matrix.Matrix.Dimension.PROVIDER;
import static dev.sallyport.matrix.Matrix.Dimension.TRANSPORT;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.HandshakeException;
import dev.sallyport.HandshakeException.Reason;
import dev.sallyport.matrix.Matrix;
import dev.sallyport.matrix.Setup;
import dev.sallyport.support.WatchedServer;
import dev.sallyport.testkit.ClientHelloBytes;
import dev.sallyport.testkit.HostileClient;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;

/** Clients that do not go on: the deadline runs from accept to the end of the handshake, whatever trickles in meanwhile. */
class HandshakeTimeoutTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(1);

    @Matrix({TRANSPORT, PROVIDER})
    void clientsThatDoNotFinishAreCutAndReportedAndTheOthersServed(Setup setup) throws Exception {
        try (WatchedServer warm = WatchedServer.open(setup)) {
            warm.assertServes();
        }
        byte[] hello = ClientHelloBytes.builder().sni("slow.example").build().bytes();
        try (WatchedServer server = WatchedServer.open(setup, options -> options.handshakeTimeout(TIMEOUT));
                HostileClient silent = server.hostile();
                HostileClient half = server.hostile().halfClientHello();
                HostileClient dripping = server.hostile();
                HostileClient afterHello = server.hostile().send(hello)) {
            CompletableFuture<Integer> dripped = dripping.oneBytePerTick(hello, Duration.ofMillis(20));
            Map<SocketAddress, HandshakeException> failures = new HashMap<>();
            for (int i = 0; i < 4; i++) {
                HandshakeException failure = server.failure(Reason.TIMEOUT);
                failures.put(failure.remoteAddress(), failure);
            }
            assertThat(failures.get(silent.localAddress())).hasMessageContaining("the client sent nothing for PT1S");
            assertThat(failures.get(half.localAddress())).hasMessageContaining("only part of its hello in PT1S");
            assertThat(failures.get(dripping.localAddress())).hasMessageContaining("only part of its hello in PT1S");
            HandshakeException unfinished = Objects.requireNonNull(failures.get(afterHello.localAddress()));
            assertThat(unfinished).hasMessageContaining("not done within PT1S");
            assertThat(unfinished.serverName()).isEqualTo("slow.example");
            for (HostileClient client : List.of(silent, half, dripping, afterHello)) {
                client.readAll();
            }
            assertThat(dripped.getNow(0)).isLessThan(hello.length);
            server.assertServes();
            server.awaitNoConnections();
        }
    }
}
