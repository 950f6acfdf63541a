package dev.sallyport.ending;

import static dev.sallyport.testkit.Awaiting.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.SecureServerSocket;
import dev.sallyport.SecureSocket;
import dev.sallyport.matrix.Matrix;
import dev.sallyport.matrix.Matrix.Dimension;
import dev.sallyport.matrix.Setup;
import dev.sallyport.support.ConnectedPair;
import dev.sallyport.testkit.Awaiting;
import dev.sallyport.testkit.TlsConnection;
import java.lang.ref.WeakReference;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

class DrainingTest {
    @Matrix({Dimension.PROVIDER})
    void connectionsHearThatTheirServerDrains(Setup setup) throws Exception {
        try (SecureServerSocket server = setup.open(options -> {});
                var pair = ConnectedPair.of(server, setup.client(server.port()))) {
            CompletableFuture<Void> before = pair.socket.onDraining();
            assertThat(before).isNotDone();

            CompletableFuture<Void> shutdown = server.shutdown(PATIENCE);
            before.get(10, TimeUnit.SECONDS);
            assertThat(pair.socket.onDraining()).isCompleted();
            assertThat(pair.socket.isOpen()).isTrue();

            pair.socket.close();
            pair.client.receiveAll();
            pair.client.close();
            shutdown.get(10, TimeUnit.SECONDS);
        }
    }

    @Matrix({Dimension.PROVIDER})
    void aConnectionThatIsGoneIsNotHeldForIt(Setup setup) throws Exception {
        try (SecureServerSocket server = setup.open(options -> {})) {
            WeakReference<SecureSocket> gone = watchAndClose(server, setup);
            Awaiting.until("the connection to be collected", PATIENCE, () -> {
                System.gc();
                return gone.refersTo(null);
            });
        }
    }

    /** A method of its own, so that no local variable holds the socket. */
    private static WeakReference<SecureSocket> watchAndClose(SecureServerSocket server, Setup setup) throws Exception {
        CompletableFuture<SecureSocket> accepted = server.acceptAsync();
        try (TlsConnection client = setup.client(server.port()).connect()) {
            SecureSocket socket = accepted.get(10, TimeUnit.SECONDS);
            socket.onDraining().thenRun(socket::abort);
            socket.close();
            client.receiveAll();
            client.close();
            socket.onClosed().get(10, TimeUnit.SECONDS);
            return new WeakReference<>(socket);
        }
    }
}
