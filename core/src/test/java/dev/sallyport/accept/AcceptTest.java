package dev.sallyport.accept;

import static dev.sallyport.support.ConnectedPair.assertTalks;
import static dev.sallyport.testkit.Awaiting.PATIENCE;
import static dev.sallyport.testkit.Awaiting.result;
import static dev.sallyport.testkit.Awaiting.until;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.sallyport.HandshakeException;
import dev.sallyport.InternetAddress;
import dev.sallyport.Limit;
import dev.sallyport.SecureServerSocket;
import dev.sallyport.SecureSocket;
import dev.sallyport.ServerObserver;
import dev.sallyport.matrix.Matrix;
import dev.sallyport.matrix.Matrix.Dimension;
import dev.sallyport.matrix.Setup;
import dev.sallyport.support.ClientLoad;
import dev.sallyport.support.ConnectedPair;
import dev.sallyport.support.Recorder;
import dev.sallyport.testkit.ClientHelloBytes;
import dev.sallyport.testkit.HostileClient;
import dev.sallyport.testkit.TestPki;
import dev.sallyport.testkit.TlsConnection;
import java.io.InterruptedIOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/** Taking connections by accept and acceptAsync. */
class AcceptTest {
    private static <T> FutureTask<T> inThread(Callable<T> call) {
        FutureTask<T> task = new FutureTask<>(call);
        Thread thread = new Thread(task, "acceptor");
        thread.setDaemon(true);
        thread.start();
        return task;
    }

    private static void awaitWaiting(Thread thread) {
        until(
                thread.getName() + " to wait",
                PATIENCE,
                () -> Set.of(Thread.State.WAITING, Thread.State.TIMED_WAITING).contains(thread.getState()));
    }

    @Matrix
    void givesConnectionsWhoseHandshakeIsDone(Setup setup) throws Exception {
        try (SecureServerSocket server = setup.open(options -> {})) {
            FutureTask<SecureSocket> accepted = inThread(server::accept);
            try (TlsConnection client = setup.client(server.port()).connect();
                    SecureSocket socket = result("accept", PATIENCE, accepted)) {
                assertThat(socket.handshake().version()).isEqualTo(setup.version());
                assertThat(socket.remoteAddress()).isEqualTo(client.socket().getLocalSocketAddress());
                assertTalks(new ConnectedPair<>(client, socket));
                socket.abort();
            }
            assertThat(server.statistics().handshakesCompleted()).isEqualTo(1);
        }
    }

    @Matrix(Dimension.TRANSPORT)
    void givesConnectionsInTheOrderOfTheCalls(Setup setup) throws Exception {
        try (SecureServerSocket server = setup.open(options -> {})) {
            List<CompletableFuture<SecureSocket>> calls =
                    Stream.generate(server::acceptAsync).limit(3).toList();
            for (CompletableFuture<SecureSocket> call : calls) {
                try (TlsConnection client = setup.client(server.port()).connect();
                        SecureSocket socket = result("the call whose turn it is", PATIENCE, call)) {
                    assertThat(socket.remoteAddress()).isEqualTo(client.socket().getLocalSocketAddress());
                    socket.abort();
                }
            }
        }
    }

    @Matrix(Dimension.TRANSPORT)
    void givesConnectionsInTheOrderInWhichTheirHandshakesEnd(Setup setup) throws Exception {
        try (SecureServerSocket server = setup.open(options -> {});
                Socket early = new Socket(InternetAddress.LOOPBACK_IPV4, server.port())) {
            CompletableFuture<SecureSocket> first = server.acceptAsync();
            CompletableFuture<SecureSocket> second = server.acceptAsync();
            until(
                    "the early client to be taken",
                    PATIENCE,
                    () -> server.statistics().connectionsSilent() == 1);
            try (TlsConnection late = setup.client(server.port()).connect();
                    SecureSocket lateSocket = result("the first connection", PATIENCE, first)) {
                assertThat(lateSocket.remoteAddress()).isEqualTo(late.socket().getLocalSocketAddress());
                lateSocket.abort();
            }
            try (SSLSocket secure = (SSLSocket)
                    TestPki.clientContext().getSocketFactory().createSocket(early, "localhost", server.port(), true)) {
                secure.startHandshake();
                SecureSocket earlySocket = result("the second connection", PATIENCE, second);
                assertThat(earlySocket.remoteAddress()).isEqualTo(early.getLocalSocketAddress());
                earlySocket.abort();
            }
        }
    }

    @Matrix(Dimension.TRANSPORT)
    void givesNobodyAHandshakeThatFailed(Setup setup) throws Exception {
        AtomicInteger told = new AtomicInteger();
        ServerObserver observer = new ServerObserver() {
            @Override
            public void handshakeFailed(HandshakeException failure) {
                told.incrementAndGet();
            }
        };
        try (SecureServerSocket accepting = setup.open(options -> options.observer(observer));
                SecureServerSocket publishing = setup.open(options -> options.observer(observer))) {
            CompletableFuture<SecureSocket> accepted = accepting.acceptAsync();
            Recorder<SecureSocket> subscriber = new Recorder<>();
            publishing.connections().subscribe(subscriber);
            subscriber.subscription().request(2);
            for (SecureServerSocket server : List.of(accepting, publishing)) {
                try (HostileClient client =
                        HostileClient.to(server.localAddress()).plainHttp()) {
                    client.readAll();
                }
            }
            until("the observer to hear of both", PATIENCE, () -> told.get() == 2);
            assertThat(accepted).isNotDone();
            assertThat(subscriber.untaken()).isZero();
            assertThat(subscriber.ended()).isFalse();
            try (var first = new ConnectedPair<>(
                            setup.client(accepting.port()).connect(), result("a good one", PATIENCE, accepted));
                    var second =
                            new ConnectedPair<>(setup.client(publishing.port()).connect(), subscriber.next())) {
                assertTalks(first);
                assertTalks(second);
            }
        }
    }

    @Matrix(Dimension.TRANSPORT)
    void anyNumberOfThreadsAccepts(Setup setup) throws Exception {
        try (SecureServerSocket server = setup.open(options -> {})) {
            Set<Object> peers = ConcurrentHashMap.newKeySet();
            List<FutureTask<Object>> acceptors = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                acceptors.add(inThread(() -> {
                    for (int taken = 0; taken < 3; taken++) {
                        SecureSocket socket = server.accept();
                        peers.add(socket.remoteAddress());
                        ClientLoad.serve(socket);
                    }
                    return null;
                }));
            }
            try (ClientLoad load = ClientLoad.of(12, 4, setup.client(server.port()))) {
                load.assertServed();
            }
            for (FutureTask<Object> acceptor : acceptors) {
                result("an acceptor to have three", PATIENCE, acceptor);
            }
            assertThat(peers).hasSize(12);
        }
    }

    @Matrix(Dimension.TRANSPORT)
    void handshakesWithNobodyBeforeSomebodyListens(Setup setup) throws Exception {
        try (SecureServerSocket server = setup.open(options -> {});
                HostileClient client = HostileClient.to(server.localAddress())
                        .clientHello(ClientHelloBytes.builder().build());
                Socket other = new Socket(InternetAddress.LOOPBACK_IPV4, server.port())) {
            other.setSoTimeout(200);
            assertThatThrownBy(() -> other.getInputStream().read()).isInstanceOf(SocketTimeoutException.class);
            assertThat(server.statistics().accepted()).isZero();
            assertThat(server.acceptAsync().cancel(false)).isTrue();
            assertThat(client.receive(1))
                    .as("the beginning of a record of type handshake")
                    .containsExactly(22);
        }
    }

    @Matrix(Dimension.TRANSPORT)
    void fullAcceptQueueLeavesFurtherClientsWaitingAndLosesNone(Setup setup) throws Exception {
        try (SecureServerSocket server = begun(setup.open(options -> options.acceptQueue(4)));
                ClientLoad load = ClientLoad.of(50, 50, setup.client(server.port()))) {
            for (int left = 50; left > 0; left--) {
                int expected = Math.min(left, 4);
                int handshakes = 50 - left + expected;
                until(
                        handshakes + " handshakes with " + left + " left",
                        PATIENCE,
                        () -> server.statistics().handshakesCompleted() >= handshakes);
                assertThat(server.statistics().acceptQueueLength())
                        .as("waiting with %s left", left)
                        .isEqualTo(expected);
                ClientLoad.serve(server.accept(PATIENCE));
            }
            load.assertServed();
            assertThat(server.statistics().limitsReached().get(Limit.ACCEPT_QUEUE))
                    .isPositive();
            assertThat(server.statistics().handshakesFailed()).isZero();
        }
    }

    /** One that takes connections from now on, though nobody waits for them. */
    private static SecureServerSocket begun(SecureServerSocket server) {
        assertThat(server.acceptAsync().cancel(false)).isTrue();
        return server;
    }

    /**
     * With an executor that begins when the taker has returned: one that is as quick as the taker may answer before there is
     * anything to answer to, and then what follows is done on the taker's stack after all.
     */
    @Matrix(Dimension.TRANSPORT)
    void manyThatAreReadyAtOnceDoNotFillTheStackOfWhoTakesOneAfterTheOther(Setup setup) throws Exception {
        int clients = 120;
        BlockingQueue<Runnable> later = new LinkedBlockingQueue<>();
        try (SecureServerSocket server = begun(setup.open(options -> options.executor(later::add)));
                ClientLoad load = ClientLoad.of(clients, clients, setup.client(server.port()))) {
            until("all to wait", PATIENCE, () -> server.statistics().acceptQueueLength() == clients);
            OneAfterTheOther taker = new OneAfterTheOther(server, clients);
            taker.take();
            until("the taker's turn on the executor", PATIENCE, () -> {
                Runnable task = later.poll();
                if (task != null) {
                    task.run();
                }
                return load.done();
            });
            load.assertServed();
            assertThat(taker.deepest.get()).isEqualTo(65); // the first, and 64 on its stack
        }
    }

    /** Takes the next connection on the stack of the one before, as a chain of futures does. */
    private static final class OneAfterTheOther {
        private final SecureServerSocket server;
        private final AtomicInteger left;
        private final ThreadLocal<Integer> depth = ThreadLocal.withInitial(() -> 0);
        final AtomicInteger deepest = new AtomicInteger();

        OneAfterTheOther(SecureServerSocket server, int count) {
            this.server = server;
            this.left = new AtomicInteger(count);
        }

        void take() {
            int here = depth.get() + 1;
            depth.set(here);
            deepest.accumulateAndGet(here, Math::max);
            server.acceptAsync().thenAccept(socket -> {
                ClientLoad.serve(socket);
                if (left.decrementAndGet() > 0) {
                    take();
                }
            });
            depth.set(here - 1);
        }
    }

    @Matrix(Dimension.TRANSPORT)
    void fullAcceptQueueLeavesFurtherClientsToTheKernel(Setup setup) throws Exception {
        try (SecureServerSocket server = setup.open(options -> options.acceptQueue(2));
                var begun = ConnectedPair.of(server, setup.client(server.port()));
                TlsConnection first = setup.client(server.port()).connect();
                TlsConnection second = setup.client(server.port()).connect()) {
            until("two to wait", PATIENCE, () -> server.statistics().acceptQueueLength() == 2);
            try (Socket third = new Socket(InternetAddress.LOOPBACK_IPV4, server.port())) {
                third.setSoTimeout(200);
                assertThatThrownBy(() -> third.getInputStream().read()).isInstanceOf(SocketTimeoutException.class);
                assertThat(server.statistics().accepted()).isEqualTo(3);
                server.accept(PATIENCE).abort();
                until(
                        "the third to be taken",
                        PATIENCE,
                        () -> server.statistics().accepted() == 4);
                server.accept(PATIENCE).abort();
            }
            assertThat(begun.client.socket().isConnected()
                            && first.socket().isConnected()
                            && second.socket().isConnected())
                    .isTrue();
        }
    }

    // ---- the end

    @Matrix(Dimension.TRANSPORT)
    void closeFailsThoseWhoWaitAndRefusesThoseWhoCome(Setup setup) throws Exception {
        SecureServerSocket server = setup.open(options -> {});
        CompletableFuture<SecureSocket> future = server.acceptAsync();
        FutureTask<SecureSocket> blocked = inThread(server::accept);
        FutureTask<SecureSocket> timed = inThread(() -> server.accept(Duration.ofHours(1)));
        server.close();
        for (var waiting : List.of(future, blocked, timed)) {
            // a thread may come so late that it finds the server closed, which is the superclass
            assertThatExceptionOfType(ExecutionException.class)
                    .isThrownBy(() -> result("a waiting accept to fail", PATIENCE, waiting))
                    .withCauseInstanceOf(ClosedChannelException.class);
        }
        assertThat(future)
                .failsWithin(PATIENCE)
                .withThrowableOfType(ExecutionException.class)
                .withCauseInstanceOf(AsynchronousCloseException.class);
        assertClosedBefore(catchThrowable(server::accept));
        assertClosedBefore(catchThrowable(() -> server.accept(Duration.ofHours(1))));
        assertThat(server.acceptAsync())
                .failsWithin(PATIENCE)
                .withThrowableOfType(ExecutionException.class)
                .satisfies(failure -> assertClosedBefore(failure.getCause()));
        server.close();
        result("the close", PATIENCE, server.onClosed());
    }

    private static void assertClosedBefore(@Nullable Throwable failure) {
        assertThat(failure)
                .isInstanceOf(ClosedChannelException.class)
                .isNotInstanceOf(AsynchronousCloseException.class);
    }

    @Matrix(Dimension.TRANSPORT)
    void closeFailsABlockedThreadWithAsynchronousClose(Setup setup) throws Exception {
        SecureServerSocket server = setup.open(options -> {});
        FutureTask<SecureSocket> blocked = new FutureTask<>(server::accept);
        Thread thread = new Thread(blocked, "acceptor");
        thread.start();
        awaitWaiting(thread);
        server.close();
        assertThatExceptionOfType(ExecutionException.class)
                .isThrownBy(() -> result("the blocked accept to fail", PATIENCE, blocked))
                .withCauseInstanceOf(AsynchronousCloseException.class);
        thread.join(PATIENCE.toMillis());
    }

    @Matrix(Dimension.TRANSPORT)
    void closeLeavesEstablishedConnectionsAndEndsUndeliveredOnes(Setup setup) throws Exception {
        try (SecureServerSocket server = setup.open(options -> {});
                var pair = ConnectedPair.of(server, setup.client(server.port()));
                TlsConnection undelivered = setup.client(server.port()).connect();
                HostileClient halfway = HostileClient.to(server.localAddress()).halfClientHello()) {
            until(
                    "one to wait and one to be halfway",
                    PATIENCE,
                    () -> server.statistics().acceptQueueLength() == 1
                            && server.statistics().connectionsSilent() == 1);
            server.close();
            assertThat(undelivered.receiveAll()).as("ended with close_notify").isEmpty();
            assertThat(halfway.readAll().bytes().length).isLessThan(100);
            assertTalks(pair);
            until(
                    "two to be counted",
                    PATIENCE,
                    () -> server.statistics()
                                    .handshakesFailedByReason()
                                    .getOrDefault(HandshakeException.Reason.LOCAL_SHUTTING_DOWN, 0L)
                            == 2);
        }
    }

    @Matrix(Dimension.TRANSPORT)
    void refusesOtherWaysOfTakingConnections(Setup setup) throws Exception {
        try (SecureServerSocket server = setup.open(options -> {})) {
            CompletableFuture<SecureSocket> future = server.acceptAsync();
            assertThatIllegalStateException().isThrownBy(() -> server.serve(socket -> {}));
            Recorder<SecureSocket> subscriber = new Recorder<>();
            server.connections().subscribe(subscriber);
            assertThat(subscriber.failure()).isInstanceOf(IllegalStateException.class);
            assertThat(future.isDone()).isFalse();
        }
    }

    // ---- giving up

    @Matrix(Dimension.TRANSPORT)
    void timesOutAndCanBeCalledAgain(Setup setup) throws Exception {
        try (SecureServerSocket server = setup.open(options -> {})) {
            assertThatIllegalArgumentException().isThrownBy(() -> server.accept(Duration.ofNanos(-1)));
            for (int i = 0; i < 3; i++) {
                assertThatThrownBy(() -> server.accept(Duration.ofMillis(1)))
                        .isInstanceOf(SocketTimeoutException.class)
                        .hasMessageContaining("PT0.001S");
            }
            try (TlsConnection client = setup.client(server.port()).connect();
                    SecureSocket socket = server.accept(PATIENCE)) {
                assertThat(socket.remoteAddress()).isEqualTo(client.socket().getLocalSocketAddress());
                socket.abort();
            }
        }
    }

    @Matrix(Dimension.TRANSPORT)
    void aTimeoutOfZeroIsNone(Setup setup) throws Exception {
        try (SecureServerSocket server = setup.open(options -> {})) {
            FutureTask<SecureSocket> waiting = inThread(() -> server.accept(Duration.ZERO));
            try (TlsConnection client = setup.client(server.port()).connect();
                    SecureSocket socket = result("a connection", PATIENCE, waiting)) {
                assertThat(socket.remoteAddress()).isEqualTo(client.socket().getLocalSocketAddress());
            }
        }
    }

    @Matrix(Dimension.TRANSPORT)
    void interruptingAnAcceptLeavesTheServerOpen(Setup setup) throws Exception {
        try (SecureServerSocket server = setup.open(options -> {})) {
            CompletableFuture<Boolean> flag = new CompletableFuture<>();
            FutureTask<SecureSocket> blocked = new FutureTask<>(() -> {
                try {
                    return server.accept();
                } finally {
                    flag.complete(Thread.currentThread().isInterrupted());
                }
            });
            Thread thread = new Thread(blocked, "acceptor");
            thread.start();
            awaitWaiting(thread);
            thread.interrupt();
            assertThatExceptionOfType(ExecutionException.class)
                    .isThrownBy(() -> result("the interrupted accept", PATIENCE, blocked))
                    .withCauseExactlyInstanceOf(InterruptedIOException.class);
            assertThat(result("the flag", PATIENCE, flag)).isTrue();
            try (var pair = ConnectedPair.of(server, setup.client(server.port()))) {
                assertTalks(pair);
            }
            thread.join(PATIENCE.toMillis());
        }
    }
}
