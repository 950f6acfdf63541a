package dev.sallyport.streams;

import static dev.sallyport.testkit.Awaiting.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.SecureSocket;
import dev.sallyport.TlsProvider;
import dev.sallyport.TlsVersion;
import dev.sallyport.Transport;
import dev.sallyport.matrix.Matrix;
import dev.sallyport.matrix.Matrix.Dimension;
import dev.sallyport.matrix.Setup;
import dev.sallyport.support.ConnectedPair;
import dev.sallyport.testkit.Awaiting;
import dev.sallyport.testkit.BackgroundTask;
import dev.sallyport.testkit.TlsConnection;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** Contract 8: the bounds in time of one connection, and interruption. */
class TimeoutTest {
    @Matrix({Dimension.TRANSPORT, Dimension.PROVIDER})
    void aReadThatTimesOutLeavesTheConnectionUsable(Setup setup) throws Exception {
        try (var pair = ConnectedPair.open(setup)) {
            TlsConnection client = pair.client;
            SecureSocket socket = pair.socket;
            socket.setReadTimeout(Duration.ofMillis(50));
            assertThat(socket.readTimeout()).isEqualTo(Duration.ofMillis(50));
            assertThatThrownBy(() -> socket.inputStream().read()).isInstanceOf(SocketTimeoutException.class);
            assertThatThrownBy(() -> socket.inputStream().read()).isInstanceOf(SocketTimeoutException.class);
            client.send("abc");
            socket.setReadTimeout(PATIENCE);
            assertThat(socket.inputStream().readNBytes(3)).containsExactly('a', 'b', 'c');
            socket.setReadTimeout(Duration.ZERO);
            client.send("d");
            assertThat(socket.inputStream().read()).isEqualTo('d');
        }
    }

    @Matrix({Dimension.TRANSPORT, Dimension.PROVIDER})
    void aPeerThatTakesNothingIsGivenUp(Setup setup) throws Exception {
        try (var pair = ConnectedPair.open(setup, options -> options.writeTimeout(Duration.ofMillis(300)))) {
            TlsConnection client = pair.client;
            SecureSocket socket = pair.socket;
            assertThat(socket.writeTimeout()).isEqualTo(Duration.ofMillis(300));
            CompletableFuture<Void> write = socket.writeAsync(ByteBuffer.allocateDirect(32 << 20));
            assertThatThrownBy(() -> write.get(10, TimeUnit.SECONDS))
                    .hasRootCauseInstanceOf(SocketTimeoutException.class)
                    .hasMessageContaining("writeTimeout");
            assertThatThrownBy(() -> socket.onClosed().get(10, TimeUnit.SECONDS))
                    .hasRootCauseInstanceOf(SocketTimeoutException.class);
            assertThat(client.session().isValid()).isTrue();
        }
    }

    @Matrix({Dimension.TRANSPORT})
    void interruptingABlockedReaderAbortsTheConnection(Setup setup) throws Exception {
        try (var pair = ConnectedPair.open(setup)) {
            TlsConnection client = pair.client;
            SecureSocket socket = pair.socket;
            AtomicReference<Thread> reader = new AtomicReference<>();
            BackgroundTask<Boolean> read = BackgroundTask.supply("the reader", () -> {
                reader.set(Thread.currentThread());
                assertThatThrownBy(() -> socket.inputStream().read())
                        .isInstanceOf(InterruptedIOException.class)
                        .isNotInstanceOf(SocketTimeoutException.class);
                return Thread.currentThread().isInterrupted();
            });
            Awaiting.until("the reader waits", PATIENCE, () -> read.isParkedIn("read"));
            reader.get().interrupt();
            assertThat(read.await()).as("the flag stays set").isTrue();
            assertThatThrownBy(() -> client.receive(1)).isInstanceOf(IOException.class);
            assertThat(socket.isOpen()).isFalse();
        }
    }

    @Matrix({Dimension.TRANSPORT})
    void anInterruptBetweenReadsDoesNoHarmWhileThereIsData(Setup setup) throws Exception {
        try (var pair = ConnectedPair.open(setup)) {
            TlsConnection client = pair.client;
            SecureSocket socket = pair.socket;
            client.send("ab");
            assertThat(socket.inputStream().read()).isEqualTo('a');
            BackgroundTask<Integer> read = BackgroundTask.supply("the reader", () -> {
                Thread.currentThread().interrupt();
                return socket.inputStream().read();
            });
            assertThat(read.await()).isEqualTo('b');
            assertThat(socket.isOpen()).isTrue();
        }
    }

    @Test
    void negativeTimeoutsAreRefused() throws Exception {
        Setup setup = new Setup(Transport.AUTO, TlsProvider.AUTO, TlsVersion.TLS_1_3);
        try (var pair = ConnectedPair.open(setup)) {
            TlsConnection client = pair.client;
            SecureSocket socket = pair.socket;
            assertThatThrownBy(() -> socket.setReadTimeout(Duration.ofSeconds(-1)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("readTimeout");
            assertThatThrownBy(() -> socket.setWriteTimeout(Duration.ofSeconds(-1)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("writeTimeout");
            assertThat(client.session().isValid()).isTrue();
        }
    }
}
