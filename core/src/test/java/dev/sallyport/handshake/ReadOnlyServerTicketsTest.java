package dev.sallyport.handshake;

import static dev.sallyport.testkit.Awaiting.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.ConnectionInfo;
import dev.sallyport.RawSecureServerSocket;
import dev.sallyport.SecureServerSocket;
import dev.sallyport.SecurityContext;
import dev.sallyport.ServerObserver;
import dev.sallyport.matrix.Matrix;
import dev.sallyport.matrix.Matrix.Dimension;
import dev.sallyport.matrix.Setup;
import dev.sallyport.testkit.Awaiting;
import dev.sallyport.testkit.BackgroundTask;
import dev.sallyport.testkit.JdkTlsClient;
import dev.sallyport.testkit.TestPki;
import dev.sallyport.testkit.TlsConnection;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** A client can resume its session at a server that never writes and does not close: tickets come with the handshake's end. */
class ReadOnlyServerTicketsTest {
    /** Who sends nothing must still read, or the tickets are not seen. */
    private static final class Client implements AutoCloseable {
        private final JdkTlsClient client;
        private final List<TlsConnection> open = new ArrayList<>();
        private final List<BackgroundTask<Integer>> reads = new ArrayList<>();

        Client(JdkTlsClient client) {
            this.client = client;
        }

        void visit() {
            try {
                TlsConnection connection = client.connect();
                open.add(connection);
                connection.send("x");
                reads.add(
                        BackgroundTask.supply("a reader", () -> connection.in().read()));
            } catch (IOException failure) {
                throw new IllegalStateException("a visit", failure);
            }
        }

        @Override
        public void close() throws Exception {
            assertThat(reads).noneMatch(BackgroundTask::isDone); // or the server has written, or closed
            for (TlsConnection connection : open) {
                connection.reset();
            }
            for (BackgroundTask<Integer> read : reads) {
                read.outcome().handle((count, ended) -> count).join();
            }
        }
    }

    private static void assertResumes(JdkTlsClient client, Queue<Boolean> resumed) throws Exception {
        try (Client visitor = new Client(client)) {
            Awaiting.until("a session to be resumed", PATIENCE, () -> {
                int before = resumed.size();
                visitor.visit();
                Awaiting.until("a handshake to be told", PATIENCE, () -> resumed.size() > before);
                return resumed.contains(true);
            });
        }
    }

    private static ServerObserver telling(Queue<Boolean> resumed) {
        return new ServerObserver() {
            @Override
            public void connectionOpened(ConnectionInfo connection) {
                resumed.add(connection.handshake().resumed());
            }
        };
    }

    @Matrix
    void thatOnlyReads(Setup setup) throws Exception {
        Queue<Boolean> resumed = new ConcurrentLinkedQueue<>();
        try (SecureServerSocket server = setup.open(options -> options.observer(telling(resumed)))) {
            server.serve(
                    socket -> assertThat(socket.inputStream().readAllBytes()).isEqualTo(new byte[] {'x'}));
            assertResumes(setup.client(server.port()), resumed);
        }
    }

    @Matrix
    void thatOnlyReadsFromAClientWithACertificate(Setup setup) throws Exception {
        Queue<Boolean> resumed = new ConcurrentLinkedQueue<>();
        SecurityContext context =
                setup.context().trustedCertificates(TestPki.ca().certificate()).build();
        try (SecureServerSocket server = setup.open(
                context, options -> options.requireClientCertificate(true).observer(telling(resumed)))) {
            server.serve(socket -> socket.inputStream().readAllBytes());
            assertResumes(setup.client(server.port()).identity(TestPki.clientWithIntermediate()), resumed);
        }
    }

    @Matrix({Dimension.PROVIDER, Dimension.VERSION})
    void whoseConnectionsNobodyAccepts(Setup setup) throws Exception {
        Queue<Boolean> resumed = new ConcurrentLinkedQueue<>();
        try (RawSecureServerSocket server = setup.openRaw(options -> options.observer(telling(resumed)))) {
            assertThat(server.accept()).isNull(); // which lets handshakes begin
            assertResumes(setup.client(server.port()), resumed);
        }
    }

    @Matrix({Dimension.PROVIDER, Dimension.VERSION})
    void thatOnlyReadsByEvents(Setup setup) throws Exception {
        Queue<Boolean> resumed = new ConcurrentLinkedQueue<>();
        try (RawSecureServerSocket server =
                setup.openRaw(options -> options.executor(Runnable::run).observer(telling(resumed)))) {
            server.listen(socket -> socket.listen((one, event) -> one.read(ByteBuffer.allocate(100))));
            assertResumes(setup.client(server.port()), resumed);
        }
    }

    /** What a handler writes at once goes with the tickets, whatever the order of events: nothing of either is lost. */
    @Matrix
    void ticketsAndWhatIsWrittenAtOnceBothArrive(Setup setup) throws Exception {
        Queue<Boolean> resumed = new ConcurrentLinkedQueue<>();
        try (RawSecureServerSocket server =
                setup.openRaw(options -> options.executor(Runnable::run).observer(telling(resumed)))) {
            server.listen(socket -> {
                socket.write(ByteBuffer.wrap(new byte[] {'y'}));
                socket.close();
            });
            JdkTlsClient client = setup.client(server.port());
            for (boolean expected : new boolean[] {false, true}) {
                try (TlsConnection connection = client.connect()) {
                    assertThat(connection.receiveAll()).asString().isEqualTo("y");
                }
                Awaiting.until("a handshake to be told", PATIENCE, () -> !resumed.isEmpty());
                assertThat(resumed.poll()).isEqualTo(expected);
            }
        }
    }
}
