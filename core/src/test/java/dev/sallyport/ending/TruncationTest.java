package dev.sallyport.ending;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.SecureSocket;
import dev.sallyport.TruncatedStreamException;
import dev.sallyport.matrix.Matrix;
import dev.sallyport.matrix.Matrix.Dimension;
import dev.sallyport.matrix.Setup;
import dev.sallyport.support.ConnectedPair;
import dev.sallyport.testkit.TlsConnection;

/** Contract 8: an end without close_notify is not an end. */
class TruncationTest {
    @Matrix({Dimension.TRANSPORT, Dimension.PROVIDER, Dimension.VERSION, Dimension.WIRE})
    void finWithoutCloseNotifyIsATruncationAfterAllData(Setup setup) throws Exception {
        try (var pair = ConnectedPair.open(setup)) {
            TlsConnection client = pair.client;
            SecureSocket socket = pair.socket;
            client.send(new byte[50_000]);
            client.closeWithoutNotify();
            assertThat(socket.inputStream().readNBytes(50_000)).hasSize(50_000);
            assertThatThrownBy(() -> socket.inputStream().read())
                    .isInstanceOf(TruncatedStreamException.class)
                    .hasMessageStartingWith("read 127.0.0.1:" + client.socket().getLocalPort() + ": ");
            assertThatThrownBy(() -> socket.inputStream().read()).isInstanceOf(TruncatedStreamException.class);
            socket.close();
        }
    }

    @Matrix({Dimension.TRANSPORT, Dimension.PROVIDER, Dimension.VERSION, Dimension.WIRE})
    void finThatArrivesWithTheDataIsNotMissed(Setup setup) throws Exception {
        try (var pair = ConnectedPair.open(setup)) {
            TlsConnection client = pair.client;
            SecureSocket socket = pair.socket;
            client.send(new byte[100]);
            client.closeWithoutNotify();
            byte[] small = new byte[100];
            assertThat(socket.inputStream().read(small)).isEqualTo(100);
            assertThatThrownBy(() -> socket.inputStream().read(small)).isInstanceOf(TruncatedStreamException.class);
            socket.close();
        }
    }

    @Matrix({Dimension.TRANSPORT, Dimension.PROVIDER, Dimension.VERSION, Dimension.WIRE})
    void truncationIsANormalEndWhenThatIsAllowed(Setup setup) throws Exception {
        try (var pair = ConnectedPair.open(setup, options -> options.unsafeAllowTruncation(true))) {
            TlsConnection client = pair.client;
            SecureSocket socket = pair.socket;
            client.send(new byte[100]);
            client.closeWithoutNotify();
            assertThat(socket.inputStream().readAllBytes()).hasSize(100);
            socket.close();
        }
    }
}
