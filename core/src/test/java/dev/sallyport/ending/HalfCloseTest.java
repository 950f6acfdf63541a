package dev.sallyport.ending;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.SecureSocket;
import dev.sallyport.TlsProvider;
import dev.sallyport.TlsVersion;
import dev.sallyport.matrix.Matrix;
import dev.sallyport.matrix.Matrix.Dimension;
import dev.sallyport.matrix.Setup;
import dev.sallyport.support.ConnectedPair;
import dev.sallyport.testkit.TlsConnection;
import java.nio.channels.ClosedChannelException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/** Contract 7 and 8: one direction ends and the other goes on. */
class HalfCloseTest {
    @Matrix({Dimension.TRANSPORT, Dimension.PROVIDER, Dimension.VERSION, Dimension.WIRE})
    void writingGoesOnAfterThePeerHasEnded(Setup setup) throws Exception {
        try (var pair = ConnectedPair.open(setup)) {
            TlsConnection client = pair.client;
            SecureSocket socket = pair.socket;
            client.send("request");
            client.sendCloseNotify();
            assertThat(new String(socket.inputStream().readAllBytes(), StandardCharsets.UTF_8))
                    .isEqualTo("request");
            assertThat(socket.inputStream().read()).isEqualTo(-1);
            if (setup.provider() == TlsProvider.JDK && setup.version() == TlsVersion.TLS_1_2) {
                assertThatThrownBy(() -> socket.outputStream().write(1))
                        .isInstanceOf(ClosedChannelException.class)
                        .hasMessageContaining("tls 1.2 on the jdk provider has no half close");
                socket.close();
                return;
            }
            socket.outputStream().write("late answer".getBytes(StandardCharsets.UTF_8));
            socket.close();
            if (setup.version() == TlsVersion.TLS_1_3) { // the JDK as a client of TLS 1.2 ends both ways at once
                assertThat(new String(client.receiveAll(), StandardCharsets.UTF_8))
                        .isEqualTo("late answer");
                assertThat(client.endedWithCloseNotify()).isTrue();
            }
        }
    }

    @Matrix({Dimension.TRANSPORT, Dimension.PROVIDER, Dimension.VERSION, Dimension.WIRE})
    void readingGoesOnAfterWeHaveEnded(Setup setup) throws Exception {
        try (var pair = ConnectedPair.open(setup)) {
            TlsConnection client = pair.client;
            SecureSocket socket = pair.socket;
            socket.outputStream().write("over".getBytes(StandardCharsets.UTF_8));
            socket.shutdownOutput();
            socket.shutdownOutput();
            assertThatThrownBy(() -> socket.outputStream().write(1)).isInstanceOf(ClosedChannelException.class);
            assertThat(new String(client.receive(4), StandardCharsets.UTF_8)).isEqualTo("over");
            client.send("still here");
            assertThat(new String(socket.inputStream().readNBytes(10), StandardCharsets.UTF_8))
                    .isEqualTo("still here");
            client.shutdownOutput();
            assertThat(socket.inputStream().read()).isEqualTo(-1);
            socket.onClosed().get(10, TimeUnit.SECONDS); // both directions have ended
        }
    }
}
