package dev.sallyport.ending;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.SecureServerSocket;
import dev.sallyport.SecureSocket;
import dev.sallyport.matrix.Matrix;
import dev.sallyport.matrix.Setup;
import dev.sallyport.support.ConnectedPair;
import dev.sallyport.testkit.BackgroundTask;
import dev.sallyport.testkit.TlsConnection;
import java.io.IOException;
import java.net.SocketException;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.TimeUnit;

/** Contract 8: a reset by the peer is seen once by each side, and by nobody else. */
class ResetTest {
    @Matrix
    void aResetIsSeenOnceByTheReaderAndOnceByTheWriter(Setup setup) throws Exception {
        try (SecureServerSocket server = setup.open(options -> {});
                var pair = ConnectedPair.of(server, setup.client(server.port()))) {
            TlsConnection other = pair.client;
            SecureSocket bystander = pair.socket;
            try (var second = ConnectedPair.of(server, setup.client(server.port()))) {
                TlsConnection client = second.client;
                SecureSocket socket = second.socket;
                BackgroundTask<Integer> read = BackgroundTask.supply(
                        "the reader", () -> socket.inputStream().read());
                client.reset();
                assertThatThrownBy(read::await)
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
