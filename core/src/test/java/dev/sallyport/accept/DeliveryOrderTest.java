package dev.sallyport.accept;

import static dev.sallyport.testkit.Awaiting.PATIENCE;
import static dev.sallyport.testkit.Awaiting.until;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.InternetAddress;
import dev.sallyport.SecureServerSocket;
import dev.sallyport.SecureSocket;
import dev.sallyport.matrix.Matrix;
import dev.sallyport.matrix.Matrix.Dimension;
import dev.sallyport.matrix.Setup;
import dev.sallyport.testkit.TestPki;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import javax.net.ssl.SSLSocket;

/** Connections come out in the order in which their handshakes were done, not in that of their arrival. */
class DeliveryOrderTest {
    private static final long SEED = 20_261_122;
    private static final int CLIENTS = 12;

    @Matrix({Dimension.TRANSPORT, Dimension.PROVIDER})
    void isThatOfCompletedHandshakes(Setup setup) throws Exception {
        List<Socket> arrived = new ArrayList<>();
        try (SecureServerSocket server = setup.open(options -> {})) {
            assertThat(server.acceptAsync().cancel(false)).isTrue(); // from now on it takes connections
            for (int i = 0; i < CLIENTS; i++) {
                arrived.add(new Socket(InternetAddress.LOOPBACK_IPV4, server.port()));
            }
            List<Socket> order = new ArrayList<>(arrived);
            Collections.shuffle(order, new Random(SEED));
            List<Integer> expected = new ArrayList<>();
            for (Socket next : order) {
                SSLSocket client = (SSLSocket)
                        TestPki.clientContext().getSocketFactory().createSocket(next, "localhost", server.port(), true);
                arrived.set(arrived.indexOf(next), client);
                client.startHandshake();
                expected.add(client.getLocalPort());
                until(
                        "handshake " + expected.size() + " of seed " + SEED,
                        PATIENCE,
                        () -> server.statistics().handshakesCompleted() == expected.size());
            }
            List<Integer> delivered = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                SecureSocket socket = server.accept(PATIENCE);
                delivered.add(((InetSocketAddress) socket.remoteAddress()).getPort());
                socket.abort();
            }
            assertThat(delivered).as("seed %s", SEED).isEqualTo(expected);
        } finally {
            for (Socket client : arrived) {
                client.close();
            }
        }
    }
}
