package dev.sallyport.accept;

import static dev.sallyport.testkit.Awaiting.PATIENCE;
import static dev.sallyport.testkit.Awaiting.result;
import static dev.sallyport.testkit.Awaiting.until;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.SecureServerSocket;
import dev.sallyport.SecureSocket;
import dev.sallyport.matrix.Matrix;
import dev.sallyport.matrix.Matrix.Dimension;
import dev.sallyport.matrix.Setup;
import dev.sallyport.support.EchoServer;
import dev.sallyport.support.EchoServer.Layer;
import dev.sallyport.support.VirtualThreads;
import dev.sallyport.testkit.BackgroundTask;
import dev.sallyport.testkit.Payload;
import dev.sallyport.testkit.TlsConnection;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;

/** Virtual threads are not time-sliced: user code that computes holds every carrier, and nothing of ours may need one. */
@EnabledForJreRange(min = JRE.JAVA_21)
class StarvedCarriersTest {
    private static final int EXCHANGES = 100;

    @Matrix(Dimension.TRANSPORT)
    void eventsAndFuturesOnTheLoopAreServed(Setup setup) throws Exception {
        try (Busy busy = new Busy()) {
            for (Layer layer : new Layer[] {Layer.RAW_ON_LOOP, Layer.FUTURES_ON_LOOP}) {
                try (EchoServer server = layer.start(setup);
                        TlsConnection client = setup.client(server.port()).connect()) {
                    Payload.of(1, 300_000).assertEchoed(client);
                }
            }
            busy.assertStillBusy();
        }
    }

    @Matrix(Dimension.TRANSPORT)
    void platformThreadsAcceptReadAndWrite(Setup setup) throws Exception {
        try (Busy busy = new Busy();
                SecureServerSocket server = setup.open(options -> {});
                TlsConnection client = connectedTo(server, setup)) {
            SecureSocket socket = server.accept(PATIENCE);
            Payload payload = Payload.of(2, 300_000);
            BackgroundTask<Void> echo = BackgroundTask.run(
                    "the server to echo",
                    () -> socket.outputStream().write(socket.inputStream().readNBytes(300_000)));
            payload.assertEchoed(client);
            echo.await();
            socket.close();
            busy.assertStillBusy();
        }
    }

    /** Which is polled by a virtual thread meanwhile, and must not stay so when that one gets no carrier. */
    @Matrix(Dimension.TRANSPORT)
    void aConnectionThatVirtualThreadsReadBeforeIsServedAndEnds(Setup setup) throws Exception {
        try (SecureServerSocket server = setup.open(options -> {});
                TlsConnection client = connectedTo(server, setup)) {
            SecureSocket socket = server.accept(PATIENCE);
            var echoes = VirtualThreads.run(() -> {
                for (int i = 0; i < EXCHANGES; i++) {
                    socket.outputStream().write(socket.inputStream().read());
                }
            });
            for (int i = 0; i < EXCHANGES; i++) {
                client.send(new byte[] {(byte) i});
                assertThat(client.receive(1)).containsExactly(i);
            }
            result("the virtual thread", PATIENCE, echoes);
            try (Busy busy = new Busy()) {
                BackgroundTask<Void> echo = BackgroundTask.run(
                        "the server to echo",
                        () -> socket.outputStream().write(socket.inputStream().readNBytes(300_000)));
                Payload.of(3, 300_000).assertEchoed(client);
                echo.await();
                socket.close();
                assertThat(client.receiveAll()).isEmpty();
                client.close();
                until(
                        "the connection to be gone",
                        PATIENCE,
                        () -> server.statistics().connectionsOpen() == 0);
                busy.assertStillBusy();
            }
        }
    }

    private static TlsConnection connectedTo(SecureServerSocket server, Setup setup) throws Exception {
        assertThat(server.acceptAsync().cancel(false)).isTrue(); // from now on it takes connections
        return setup.client(server.port()).connect();
    }

    /** As many virtual threads that only compute as there are carriers. */
    private static final class Busy implements AutoCloseable {
        private final ExecutorService virtual;
        private final AtomicBoolean over = new AtomicBoolean();
        private final AtomicBoolean another = new AtomicBoolean();

        Busy() throws Exception {
            virtual = (ExecutorService)
                    Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
            int carriers = Runtime.getRuntime().availableProcessors();
            AtomicInteger computing = new AtomicInteger();
            for (int i = 0; i < carriers; i++) {
                virtual.execute(() -> {
                    computing.incrementAndGet();
                    while (!over.get()) {
                        Thread.onSpinWait();
                    }
                });
            }
            until("all carriers to be busy", PATIENCE, () -> computing.get() == carriers);
            virtual.execute(() -> another.set(true));
        }

        void assertStillBusy() {
            assertThat(another).as("another virtual thread has run").isFalse();
        }

        @Override
        public void close() {
            over.set(true);
            virtual.shutdown();
            until("the virtual threads to end", PATIENCE, virtual::isTerminated);
        }
    }
}
