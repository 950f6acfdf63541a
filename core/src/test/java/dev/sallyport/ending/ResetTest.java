package dev.sallyport.ending;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.SecureSocket;
import dev.sallyport.matrix.Matrix;
import dev.sallyport.matrix.Setup;
import dev.sallyport.support.Pair;
import dev.sallyport.support.Threads;
import dev.sallyport.testkit.TlsConnection;
import java.io.IOException;
import java.net.SocketException;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Contract 8: a reset by the peer is seen once by each side, and by nobody else. */
class ResetTest {
    @Matrix
    void aResetIsSeenOnceByTheReaderAndOnceByTheWriter(Setup setup) throws Exception {
        try (Pair pair = Pair.of(setup)) {
            TlsConnection other = pair.client;
            SecureSocket bystander = pair.socket;
            try (Pair second = pair.another(setup)) {
                TlsConnection client = second.client;
                SecureSocket socket = second.socket;
                CompletableFuture<Integer> read =
                        Threads.supply(() -> socket.inputStream().read());
                client.reset();
                assertThatThrownBy(() -> read.get(10, TimeUnit.SECONDS))
                        .hasCauseInstanceOf(SocketException.class)
                        .hasMessageContaining("reset");
                assertThatThrownBy(() -> socket.outputStream().write(1))
                        .isInstanceOf(SocketException.class)
                        .hasMessageContaining("reset");
                assertThatThrownBy(() -> socket.outputStream().flush()).isInstanceOf(IOException.class);
                assertThatThrownBy(() -> socket.inputStream().read()).isInstanceOf(ClosedChannelException.class);
                assertThatThrownBy(() -> socket.outputStream().write(1)).isInstanceOf(ClosedChannelException.class);
                assertThatThrownBy(() -> socket.onClosed().get(10, TimeUnit.SECONDS))
                        .hasCauseInstanceOf(SocketException.class);
                assertThat(socket.isOpen()).isFalse();
            }
            other.send("x");
            assertThat(bystander.inputStream().read()).isEqualTo('x');
        }
    }
}
