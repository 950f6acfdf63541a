package dev.sallyport.accept;

import static dev.sallyport.support.ConnectedPair.assertTalks;
import static dev.sallyport.testkit.Awaiting.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.ConnectionHandler;
import dev.sallyport.HandshakeException;
import dev.sallyport.HandshakeException.Reason;
import dev.sallyport.SecureConnection;
import dev.sallyport.SecureServerSocket;
import dev.sallyport.SecureSocket;
import dev.sallyport.ServerObserver;
import dev.sallyport.matrix.Matrix;
import dev.sallyport.matrix.Matrix.Dimension;
import dev.sallyport.matrix.Setup;
import dev.sallyport.support.ConnectedPair;
import dev.sallyport.support.VirtualThreads;
import dev.sallyport.testkit.Awaiting;
import dev.sallyport.testkit.BackgroundTask;
import dev.sallyport.testkit.ClientHelloBytes;
import dev.sallyport.testkit.HostileClient;
import dev.sallyport.testkit.JdkTlsClient;
import dev.sallyport.testkit.TestPki;
import dev.sallyport.testkit.TlsConnection;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;

/** Handlers on the default executor, which from JDK 21 on is a virtual thread for each. */
@EnabledForJreRange(min = JRE.JAVA_21, disabledReason = "before JDK 21 there are no virtual threads")
class VirtualThreadsTest {
    private static final int CLIENTS = 2_000;
    private static final int AT_ONCE = 100;
    private static final int EXCHANGES = 300;
    private static final int SIZE = 5_000;
    private static final int MUCH = 32 << 20;

    // ---- many that wait often

    /** From the fourth wait on they are polled for by a virtual thread, and by a platform thread whenever it is quiet. */
    @Matrix(Dimension.TRANSPORT)
    void manyShortExchangesInBurstsAndAloneLoseNothing(Setup setup) throws Exception {
        long seed = System.nanoTime();
        try (SecureServerSocket server = setup.open(options -> {})) {
            server.serve(socket -> socket.inputStream().transferTo(socket.outputStream()));
            JdkTlsClient client = setup.client(server.port()).deadline(PATIENCE);
            for (int connections : new int[] {1, 16, 2}) {
                List<BackgroundTask<Void>> all = new ArrayList<>();
                for (int i = 0; i < connections; i++) {
                    Random random = new Random(seed + i);
                    all.add(BackgroundTask.run("the exchanges, seed " + seed, () -> exchange(client, random)));
                }
                for (BackgroundTask<Void> one : all) {
                    one.await();
                }
            }
        }
        Awaiting.until(
                "the threads that polled to end",
                PATIENCE,
                () -> Thread.getAllStackTraces().keySet().stream()
                        .noneMatch(thread -> thread.getName().startsWith("sallyport-epoll-virtual-")));
    }

    private static void exchange(JdkTlsClient client, Random random) throws IOException {
        try (TlsConnection connection = client.connect()) {
            for (int i = 0; i < EXCHANGES; i++) {
                byte[] bytes = new byte[1 + random.nextInt(100)];
                random.nextBytes(bytes);
                connection.send(bytes);
                assertThat(connection.receive(bytes.length)).isEqualTo(bytes);
            }
        }
    }

    // ---- bad neighbours

    /**
     * Datapath 5. BoringSSL keeps errors for each platform thread, where virtual ones come and go: what one connection
     * leaves there must not be taken for another's.
     */
    @Matrix(Dimension.TRANSPORT)
    void badNeighboursGetTheirOwnReasonAndNobodyElses(Setup setup) throws Exception {
        Outcomes outcomes = new Outcomes();
        try (SecureServerSocket server = setup.open(
                options -> options.observer(outcomes).handshakeTimeout(PATIENCE).maxConnections(CLIENTS))) {
            server.serve(outcomes::echo);
            JdkTlsClient healthy = setup.client(server.port()).deadline(PATIENCE);
            SocketAddress address = server.localAddress();
            Semaphore permits = new Semaphore(AT_ONCE);
            List<CompletableFuture<Void>> clients = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                int number = i;
                clients.add(VirtualThreads.run(() -> {
                    permits.acquire();
                    try {
                        if (number % 2 == 0) {
                            talk(healthy, number);
                        } else {
                            count(outcomes.expected, misbehave(number, setup, address));
                        }
                    } finally {
                        permits.release();
                    }
                }));
            }
            for (int i = 0; i < CLIENTS; i++) {
                Awaiting.result("client " + i, PATIENCE, clients.get(i));
            }
            Awaiting.until("an outcome for each", PATIENCE, () -> outcomes.count.get() >= CLIENTS / 2);
            assertThat(outcomes.bad).isEqualTo(outcomes.expected);
            assertThat(outcomes.virtual.get()).as("handlers on virtual threads").isEqualTo(CLIENTS / 2 + CLIENTS / 8);
            Awaiting.until(
                    "all connections to be gone",
                    PATIENCE,
                    () -> server.statistics().connectionsOpen() == 0);
        }
    }

    private static void talk(JdkTlsClient healthy, int number) throws IOException {
        byte[] bytes = new byte[SIZE];
        new Random(number).nextBytes(bytes);
        try (TlsConnection connection = healthy.connect()) {
            for (int round = 0; round < 2; round++) {
                connection.send(bytes);
                assertThat(connection.receive(SIZE)).isEqualTo(bytes);
            }
            connection.shutdownOutput();
            assertThat(connection.receiveAll()).isEmpty();
        }
    }

    /** Ports may be used twice. */
    private static void count(Map<String, Integer> outcomes, String outcome) {
        outcomes.merge(outcome, 1, Integer::sum);
    }

    /** {@return the client's port, and what the server has to say about it} */
    private static String misbehave(int number, Setup setup, SocketAddress server) throws Exception {
        if (number % 8 == 7) {
            return garbageAfterTheHandshake(number, setup, (InetSocketAddress) server) + Outcomes.BROKEN;
        }
        try (HostileClient client = HostileClient.to(server)) {
            Reason reason = Reason.PEER_NOT_TLS;
            switch (number % 8) {
                case 1 -> client.plainHttp();
                case 3 -> client.garbage(number);
                default -> {
                    client.clientHello(ClientHelloBytes.builder()
                            .versions(setup.version().protocolName())
                            .sni("localhost")
                            .build());
                    client.receive(200);
                    client.send(garbageRecord(number));
                    reason = Reason.PEER_MISBEHAVED;
                }
            }
            client.readAll();
            return client.localAddress().getPort() + " " + reason;
        }
    }

    private static int garbageAfterTheHandshake(int number, Setup setup, InetSocketAddress server) throws IOException {
        try (Socket plain = new Socket(server.getAddress(), server.getPort())) {
            SSLSocket secure = (SSLSocket)
                    TestPki.clientContext().getSocketFactory().createSocket(plain, "127.0.0.1", server.getPort(), true);
            secure.setEnabledProtocols(new String[] {setup.version().protocolName()});
            secure.setSoTimeout(Math.toIntExact(PATIENCE.toMillis()));
            secure.getOutputStream().write('x');
            assertThat(secure.getInputStream().read()).isEqualTo('x');
            plain.getOutputStream().write(garbageRecord(number));
            assertThatThrownBy(() -> secure.getInputStream().readAllBytes()).isInstanceOf(IOException.class);
            return plain.getLocalPort();
        }
    }

    /** {@return what looks like a record of application data until it is decrypted} */
    private static byte[] garbageRecord(int seed) {
        byte[] record = new byte[5 + 40];
        new Random(seed).nextBytes(record);
        System.arraycopy(new byte[] {23, 3, 3, 0, 40}, 0, record, 0, 5);
        return record;
    }

    /** How often what became of a client that was not healthy: its port and the outcome. */
    private static final class Outcomes implements ServerObserver {
        static final String BROKEN = " broken after the handshake";

        final Map<String, Integer> expected = new ConcurrentHashMap<>();
        final Map<String, Integer> bad = new ConcurrentHashMap<>();
        final AtomicInteger count = new AtomicInteger();
        final AtomicInteger virtual = new AtomicInteger();

        void echo(SecureSocket socket) throws IOException {
            if (VirtualThreads.isVirtual(Thread.currentThread())) {
                virtual.incrementAndGet();
            }
            socket.inputStream().transferTo(socket.outputStream());
        }

        @Override
        public void handshakeFailed(HandshakeException failure) {
            add(failure.remoteAddress(), " " + failure.reason());
        }

        @Override
        public void handlerFailed(SecureConnection socket, Throwable error) {
            add(socket.remoteAddress(), error instanceof SSLException ? BROKEN : " " + error);
        }

        private void add(SocketAddress client, String outcome) {
            count(bad, ((InetSocketAddress) client).getPort() + outcome);
            count.incrementAndGet();
        }
    }

    // ---- interrupts

    @Matrix(Dimension.TRANSPORT)
    void interruptingAVirtualThreadThatReadsAbortsTheConnection(Setup setup) throws Exception {
        interrupted(setup, socket -> socket.inputStream().read());
    }

    @Matrix(Dimension.TRANSPORT)
    void interruptingAVirtualThreadThatWritesAbortsTheConnection(Setup setup) throws Exception {
        interrupted(setup, socket -> socket.outputStream().write(new byte[MUCH]));
    }

    private static void interrupted(Setup setup, ConnectionHandler blocking) throws Exception {
        AtomicReference<Thread> blocked = new AtomicReference<>();
        CompletableFuture<Boolean> flag = new CompletableFuture<>();
        try (SecureServerSocket server = setup.open(options -> {})) {
            server.serve(socket -> {
                blocked.set(Thread.currentThread());
                try {
                    assertThatThrownBy(() -> blocking.handle(socket)).isInstanceOf(InterruptedIOException.class);
                    assertThat(socket.isOpen()).isFalse();
                    flag.complete(Thread.currentThread().isInterrupted());
                } catch (Throwable failure) {
                    flag.completeExceptionally(failure);
                }
            });
            try (TlsConnection client = setup.client(server.port()).connect()) {
                awaitWaiting(blocked);
                assertThat(VirtualThreads.isVirtual(blocked.get())).isTrue();
                blocked.get().interrupt();
                assertThat(Awaiting.result("the blocked call", PATIENCE, flag))
                        .as("the flag stays set")
                        .isTrue();
                assertThatThrownBy(() -> client.receive(MUCH)).isInstanceOf(IOException.class);
            }
        }
    }

    @Matrix(Dimension.TRANSPORT)
    void interruptingAVirtualThreadThatAcceptsLeavesTheServerOpen(Setup setup) throws Exception {
        AtomicReference<Thread> blocked = new AtomicReference<>();
        try (SecureServerSocket server = setup.open(options -> {})) {
            CompletableFuture<Void> accept = VirtualThreads.run(() -> {
                blocked.set(Thread.currentThread());
                assertThatThrownBy(server::accept).isInstanceOf(InterruptedIOException.class);
                assertThat(Thread.currentThread().isInterrupted()).isTrue();
            });
            awaitWaiting(blocked);
            blocked.get().interrupt();
            Awaiting.result("the interrupted accept", PATIENCE, accept);
            try (var pair = ConnectedPair.of(server, setup.client(server.port()))) {
                assertTalks(pair);
            }
        }
    }

    private static void awaitWaiting(AtomicReference<Thread> thread) {
        Awaiting.until(
                "a virtual thread to wait",
                PATIENCE,
                () -> thread.get() != null && thread.get().getState() == Thread.State.WAITING);
    }
}
