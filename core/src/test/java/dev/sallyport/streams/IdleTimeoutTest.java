package dev.sallyport.streams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.BindOptions;
import dev.sallyport.SecureServerSocket;
import dev.sallyport.SecureSocket;
import dev.sallyport.Transport;
import dev.sallyport.matrix.Matrix;
import dev.sallyport.matrix.Matrix.Dimension;
import dev.sallyport.matrix.Setup;
import dev.sallyport.support.ConnectedPair;
import dev.sallyport.support.SlowRelay;
import dev.sallyport.testkit.TlsConnection;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** What counts as traffic for {@link BindOptions#idleTimeout}: every byte that moves, in either direction, at any layer. */
class IdleTimeoutTest {
    private static final Duration BOUND = Duration.ofMillis(500);
    private static final int FAST = 16 * 1024;
    private static final int LARGE = 1024 * 1024; // with 8 KiB each 20 ms: more than four times the bound
    private static final int SEND_BUFFER = 128 * 1024; // a segment of the loopback has 64 KiB

    /** One connection by way of a relay. */
    private static final class Slow implements AutoCloseable {
        final SecureServerSocket server;
        final SlowRelay relay;
        final TlsConnection client;
        final SecureSocket socket;

        Slow(Setup setup, int pieceUp, int pieceDown, int sendBuffer) throws Exception {
            server = setup.open(options -> options.idleTimeout(BOUND)
                    .maxQueuedBytes(2 * LARGE)
                    .socketOption(StandardSocketOptions.SO_SNDBUF, sendBuffer));
            CompletableFuture<SecureSocket> accepted = server.acceptAsync();
            relay = new SlowRelay(server.port(), pieceUp, pieceDown);
            client = setup.client(relay.port()).connect();
            socket = accepted.get(10, TimeUnit.SECONDS);
        }

        @Override
        public void close() throws IOException {
            client.reset();
            socket.abort();
            relay.close();
            server.close();
        }
    }

    @Matrix(Dimension.TRANSPORT)
    void aClientThatTakesSteadilyWhatIsQueuedIsNotIdle(Setup setup) throws Exception {
        try (Slow slow = new Slow(setup, FAST, 8 * 1024, SEND_BUFFER)) {
            CompletableFuture<Void> write = slow.socket.writeAsync(ByteBuffer.allocate(LARGE));
            assertThat(slow.client.in().readNBytes(LARGE)).hasSize(LARGE);
            write.get(10, TimeUnit.SECONDS);
        }
    }

    /** Where the system does not tell what it has sent, the end is orderly, and what was written arrives before it. */
    @Matrix(Dimension.TRANSPORT)
    void aClientThatTakesSteadilyWhatTheSystemHasIsNotIdle(Setup setup) throws Exception {
        try (Slow slow = new Slow(setup, FAST, 3 * 1024, LARGE)) {
            slow.socket.writeAsync(ByteBuffer.allocate(LARGE / 4)).get(10, TimeUnit.SECONDS);
            assertThat(slow.client.in().readNBytes(LARGE / 4)).hasSize(LARGE / 4);
            if (setup.transport() == Transport.EPOLL) {
                assertThat(slow.socket.isOpen()).isTrue();
            }
            assertThat(slow.client.receiveAll()).isEmpty();
            assertThat(slow.client.endedWithCloseNotify()).isTrue();
        }
    }

    @Matrix({Dimension.TRANSPORT, Dimension.PROVIDER})
    void aClientThatSendsSteadilyIsNotIdleThoughNoRecordIsWhole(Setup setup) throws Exception {
        try (Slow slow = new Slow(setup, 256, FAST, SEND_BUFFER)) {
            slow.client.send(new byte[16 * 1024]);
            assertThat(slow.socket.inputStream().readNBytes(16 * 1024)).hasSize(16 * 1024);
        }
    }

    @Matrix({Dimension.TRANSPORT, Dimension.PROVIDER})
    void theEndIsOrderlyAndTold(Setup setup) throws Exception {
        try (var pair = ConnectedPair.open(setup, options -> options.idleTimeout(BOUND))) {
            assertThatThrownBy(() -> pair.socket.inputStream().read())
                    .isInstanceOf(SocketTimeoutException.class)
                    .hasMessageContaining("idleTimeout");
            assertThat(pair.client.receiveAll()).isEmpty();
            assertThat(pair.client.endedWithCloseNotify()).isTrue();
            pair.client.close();
            assertThatThrownBy(() -> pair.socket.onClosed().get(10, TimeUnit.SECONDS))
                    .hasRootCauseInstanceOf(SocketTimeoutException.class);
        }
    }

    /** It takes a little, and then nothing more: what waits for it is no traffic. */
    @Matrix({Dimension.TRANSPORT})
    void aClientThatTakesNothingMoreIsIdle(Setup setup) throws Exception {
        try (var pair =
                ConnectedPair.open(setup, options -> options.idleTimeout(BOUND).maxQueuedBytes(64 << 20))) {
            CompletableFuture<Void> write = pair.socket.writeAsync(ByteBuffer.allocateDirect(32 << 20));
            assertThatThrownBy(() -> pair.socket.inputStream().read())
                    .isInstanceOf(SocketTimeoutException.class)
                    .hasMessageContaining("idleTimeout");
            assertThat(pair.socket.isOpen()).isFalse();
            pair.socket.abort();
            assertThatThrownBy(() -> write.get(10, TimeUnit.SECONDS)).isInstanceOf(Exception.class);
        }
    }
}
