package dev.sallyport.bind;

import static dev.sallyport.support.ConnectedPair.assertTalks;
import static dev.sallyport.testkit.Awaiting.PATIENCE;
import static dev.sallyport.testkit.Awaiting.result;
import static dev.sallyport.testkit.Awaiting.until;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.BindOptions;
import dev.sallyport.ConnectionInfo;
import dev.sallyport.HandshakeException.Reason;
import dev.sallyport.RawSecureServerSocket;
import dev.sallyport.RawSecureSocket;
import dev.sallyport.SecureServerSocket;
import dev.sallyport.SecureSocket;
import dev.sallyport.SecurityContext;
import dev.sallyport.ServerObserver;
import dev.sallyport.TruncatedStreamException;
import dev.sallyport.matrix.Matrix;
import dev.sallyport.matrix.Matrix.Dimension;
import dev.sallyport.matrix.Setup;
import dev.sallyport.support.ConnectedPair;
import dev.sallyport.testkit.HostileClient;
import dev.sallyport.testkit.TlsConnection;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** By whose rules a server takes the connections of one that closes and shares its address. */
class HandOverTest {
    private static final Duration LONG = Duration.ofMinutes(10);

    /** A server that closes while nobody has taken its connections, and others that stay; all with one context. */
    private static final class Sharers implements AutoCloseable {
        private final Setup setup;
        private final SecurityContext context;
        private final List<SecureServerSocket> open = new ArrayList<>();
        private final SecureServerSocket leaving;

        Sharers(Setup setup, Consumer<BindOptions.Builder> options) throws IOException {
            this.setup = setup;
            this.context = setup.context().build();
            this.leaving = setup.open(context, SharedServers.sharing(options));
            open.add(leaving);
            assertThat(leaving.acceptAsync().cancel(false)).isTrue(); // it takes, and delivers to nobody
        }

        SecureServerSocket staying(Consumer<BindOptions.Builder> options) throws IOException {
            SecureServerSocket one = SharedServers.open(context, leaving, setup, options);
            open.add(one);
            return one;
        }

        /** {@return a client whose handshake is done, and whom nobody has taken} */
        TlsConnection untaken() throws IOException {
            int before = leaving.statistics().acceptQueueLength();
            TlsConnection client = setup.client(leaving.port()).connect();
            until("it to wait", PATIENCE, () -> leaving.statistics().acceptQueueLength() == before + 1);
            return client;
        }

        HostileClient halfway() throws IOException {
            int before = leaving.statistics().connectionsSilent();
            HostileClient client = HostileClient.to(leaving.localAddress()).halfClientHello();
            until("it to be read", PATIENCE, () -> leaving.statistics().connectionsSilent() == before + 1);
            return client;
        }

        long refused() {
            return leaving.statistics().handshakesFailedByReason().getOrDefault(Reason.LOCAL_SHUTTING_DOWN, 0L);
        }

        @Override
        public void close() throws Exception {
            for (SecureServerSocket one : open) {
                one.close();
                until(
                        "all connections to be gone",
                        PATIENCE,
                        () -> one.statistics().connectionsOpen() == 0);
            }
        }
    }

    private static void assertNotTaken(TlsConnection client, CompletableFuture<SecureSocket> accepted)
            throws IOException {
        assertThat(client.receiveAll()).as("ended with close_notify").isEmpty();
        assertThat(accepted.cancel(false)).isTrue();
    }

    // ---- whether it comes in

    @Matrix(Dimension.TRANSPORT)
    void theFilterOfTheOneThatTakesItIsAsked(Setup setup) throws Exception {
        List<SocketAddress> asked = new CopyOnWriteArrayList<>();
        try (Sharers sharers = new Sharers(setup, options -> {});
                TlsConnection done = sharers.untaken();
                HostileClient halfway = sharers.halfway()) {
            SecureServerSocket staying = sharers.staying(options -> options.acceptFilter(remote -> !asked.add(remote)));
            CompletableFuture<SecureSocket> accepted = staying.acceptAsync();
            sharers.leaving.close();
            assertNotTaken(done, accepted);
            assertThat(halfway.readAll().bytes()).isEmpty();
            assertThat(asked).contains(halfway.localAddress()).hasSize(2);
            assertThat(staying.statistics().filtered()).isEqualTo(2);
            until("both to have been refused", PATIENCE, () -> sharers.refused() == 2);
        }
    }

    @Matrix(Dimension.TRANSPORT)
    void whatOneRefusesAnotherMayTake(Setup setup) throws Exception {
        try (Sharers sharers = new Sharers(setup, options -> {});
                TlsConnection done = sharers.untaken();
                HostileClient halfway = sharers.halfway()) {
            SecureServerSocket strict = sharers.staying(options -> options.acceptFilter(remote -> false));
            SecureServerSocket broken = sharers.staying(options -> options.acceptFilter(remote -> {
                throw new AssertionError("a filter that fails");
            }));
            SecureServerSocket open = sharers.staying(options -> {});
            assertThat(strict.acceptAsync()).isNotDone();
            assertThat(broken.acceptAsync()).isNotDone();
            CompletableFuture<SecureSocket> accepted = open.acceptAsync();
            sharers.leaving.close();
            try (var pair = new ConnectedPair<>(done, result("the one that was done", PATIENCE, accepted))) {
                assertTalks(pair);
            }
            until("the other", PATIENCE, () -> open.statistics().connectionsSilent() == 1);
            assertThat(halfway.sendFailure()).isNull();
            assertThat(sharers.refused()).isZero();
        }
    }

    @Matrix(Dimension.TRANSPORT)
    void oneThatIsFullTakesNoMore(Setup setup) throws Exception {
        for (Consumer<BindOptions.Builder> bound : List.<Consumer<BindOptions.Builder>>of(
                options -> options.maxConnections(1), options -> options.acceptQueue(1))) {
            try (Sharers sharers = new Sharers(setup, options -> {});
                    TlsConnection first = sharers.untaken();
                    TlsConnection second = sharers.untaken()) {
                SecureServerSocket full = sharers.staying(bound);
                assertThat(full.acceptAsync().cancel(false)).isTrue();
                sharers.leaving.close();
                assertThat(second.receiveAll()).as("ended with close_notify").isEmpty();
                second.close();
                until("the one to have been refused", PATIENCE, () -> sharers.refused() == 1);
                try (var pair = new ConnectedPair<>(first, full.accept(PATIENCE))) {
                    assertTalks(pair);
                    assertThat(full.statistics().connectionsOpen()).isEqualTo(1);
                }
                until(
                        "the other to be gone",
                        PATIENCE,
                        () -> sharers.leaving.statistics().connectionsOpen() == 0);
            }
        }
    }

    @Matrix(Dimension.TRANSPORT)
    void oneTooManyThatSaysNothingGoes(Setup setup) throws Exception {
        try (Sharers sharers = new Sharers(setup, options -> {});
                HostileClient first = sharers.halfway();
                HostileClient second = sharers.halfway()) {
            SecureServerSocket staying = sharers.staying(options -> options.maxSilentConnections(1));
            assertThat(staying.acceptAsync()).isNotDone();
            sharers.leaving.close();
            until(
                    "one to go for the other",
                    PATIENCE,
                    () -> staying.statistics().handshakesFailedByReason().getOrDefault(Reason.LOCAL_OVERLOADED, 0L)
                            == 1);
            assertThat(staying.statistics().connectionsSilent()).isEqualTo(1);
            assertThat(List.of(first, second)).allMatch(client -> client.sendFailure() == null);
        }
    }

    @Matrix(Dimension.TRANSPORT)
    void theTimeForTheHandshakeIsThatOfTheOneThatTakesIt(Setup setup) throws Exception {
        Duration none = Duration.ofNanos(1);
        try (Sharers sharers = new Sharers(setup, options -> options.handshakeTimeout(LONG));
                TlsConnection done = sharers.untaken();
                HostileClient halfway = sharers.halfway()) {
            SecureServerSocket staying = sharers.staying(options -> options.handshakeTimeout(none));
            CompletableFuture<SecureSocket> accepted = staying.acceptAsync();
            sharers.leaving.close();
            assertNotTaken(done, accepted);
            assertThat(halfway.readAll().bytes()).isEmpty();
            until(
                    "a handshake to have run out of time",
                    PATIENCE,
                    () -> staying.statistics().handshakesFailedByReason().getOrDefault(Reason.TIMEOUT, 0L) == 1);
        }
    }

    @Matrix(Dimension.TRANSPORT)
    void socketsWithOtherOptionsAreNotTaken(Setup setup) throws Exception {
        for (Consumer<BindOptions.Builder> other : List.<Consumer<BindOptions.Builder>>of(
                options -> options.tcpNoDelay(false),
                options -> options.socketOption(StandardSocketOptions.SO_SNDBUF, 1 << 16))) {
            try (Sharers sharers = new Sharers(setup, options -> {});
                    TlsConnection done = sharers.untaken();
                    HostileClient halfway = sharers.halfway()) {
                CompletableFuture<SecureSocket> accepted =
                        sharers.staying(other).acceptAsync();
                sharers.leaving.close();
                assertNotTaken(done, accepted);
                assertThat(halfway.readAll().bytes()).isEmpty();
                until("both to have been refused", PATIENCE, () -> sharers.refused() == 2);
            }
        }
        Consumer<BindOptions.Builder> equal = options -> options.socketOption(StandardSocketOptions.SO_SNDBUF, 1 << 16);
        try (Sharers sharers = new Sharers(setup, equal);
                TlsConnection done = sharers.untaken()) {
            CompletableFuture<SecureSocket> accepted = sharers.staying(equal).acceptAsync();
            sharers.leaving.close();
            try (var pair = new ConnectedPair<>(done, result("the one handed on", PATIENCE, accepted))) {
                assertTalks(pair);
            }
        }
    }

    // ---- what holds for it afterwards

    @Matrix(Dimension.TRANSPORT)
    void whetherATruncatedStreamIsAnEndIsForTheOneThatTakesItToSay(Setup setup) throws Exception {
        for (boolean strict : new boolean[] {true, false}) {
            try (Sharers sharers = new Sharers(setup, options -> options.unsafeAllowTruncation(strict));
                    TlsConnection client = sharers.untaken()) {
                CompletableFuture<SecureSocket> accepted = sharers.staying(
                                options -> options.unsafeAllowTruncation(!strict))
                        .acceptAsync();
                sharers.leaving.close();
                try (SecureSocket server = result("the one handed on", PATIENCE, accepted)) {
                    client.closeWithoutNotify();
                    if (strict) {
                        assertThatThrownBy(() -> server.inputStream().read())
                                .isInstanceOf(TruncatedStreamException.class);
                    } else {
                        assertThat(server.inputStream().read()).isEqualTo(-1);
                    }
                }
            }
        }
    }

    @Matrix(Dimension.TRANSPORT)
    void theTimesAreThoseOfTheOneThatTakesIt(Setup setup) throws Exception {
        try (Sharers sharers =
                        new Sharers(setup, options -> options.idleTimeout(LONG).writeTimeout(LONG));
                TlsConnection client = sharers.untaken()) {
            Duration writeTimeout = Duration.ofSeconds(7);
            SecureServerSocket staying = sharers.staying(
                    options -> options.idleTimeout(Duration.ofMillis(100)).writeTimeout(writeTimeout));
            CompletableFuture<SecureSocket> accepted = staying.acceptAsync();
            sharers.leaving.close();
            try (SecureSocket server = result("the one handed on", PATIENCE, accepted)) {
                assertThat(server.writeTimeout()).isEqualTo(writeTimeout);
                assertThatThrownBy(() -> server.inputStream().read())
                        .isInstanceOf(SocketTimeoutException.class)
                        .hasMessageContaining("PT0.1S (idleTimeout)");
            }
            assertThat(client.receiveAll()).isEmpty();
        }
    }

    @Matrix(Dimension.TRANSPORT)
    void asMuchIsQueuedAsTheOneThatTakesItAllows(Setup setup) throws Exception {
        int much = 128 << 20;
        SecurityContext context = setup.context().build();
        try (RawSecureServerSocket staying = RawSecureServerSocket.bind(
                                "127.0.0.1",
                                0,
                                context,
                                setup.withTransport(
                                        options -> options.shared(true).maxQueuedBytes(1 << 14)))
                        .join();
                SecureServerSocket leaving = SecureServerSocket.open(
                        "127.0.0.1",
                        staying.port(),
                        context,
                        setup.withTransport(options -> options.shared(true).maxQueuedBytes(much)))) {
            assertThat(leaving.acceptAsync().cancel(false)).isTrue();
            try (TlsConnection client = setup.client(leaving.port()).connect()) {
                until("it to wait", PATIENCE, () -> leaving.statistics().acceptQueueLength() == 1);
                CompletableFuture<RawSecureSocket> taken = new CompletableFuture<>();
                staying.listen(taken::complete);
                leaving.close();
                RawSecureSocket server = result("the one handed on", PATIENCE, taken);
                ByteBuffer bytes = ByteBuffer.allocateDirect(1 << 16);
                long sum = 0;
                for (int count = 1; count > 0 && sum < much; sum += count) {
                    count = server.write(bytes.clear());
                }
                assertThat(sum).as("what the kernel takes, and one record").isLessThan(much / 2);
                server.abort();
            }
        }
    }

    @Matrix(Dimension.TRANSPORT)
    void userCodeRunsOnTheExecutorOfTheOneThatTakesIt(Setup setup) throws Exception {
        try (Sharers sharers = new Sharers(setup, options -> {});
                TlsConnection client = sharers.untaken()) {
            CompletableFuture<String> thread = new CompletableFuture<>();
            SecureServerSocket staying = sharers.staying(
                    options -> options.executor(task -> new Thread(task, "of the one that stays").start()));
            staying.serve(socket -> thread.complete(Thread.currentThread().getName()));
            sharers.leaving.close();
            assertThat(result("the one handed on", PATIENCE, thread)).isEqualTo("of the one that stays");
            assertThat(client.receiveAll()).isEmpty();
        }
    }

    @Matrix(Dimension.TRANSPORT)
    void eachObserverHearsOfItsTime(Setup setup) throws Exception {
        List<String> heard = new CopyOnWriteArrayList<>();
        try (Sharers sharers = new Sharers(setup, options -> options.observer(telling("first", heard)));
                TlsConnection client = sharers.untaken()) {
            CompletableFuture<SecureSocket> accepted = sharers.staying(
                            options -> options.observer(telling("second", heard)))
                    .acceptAsync();
            sharers.leaving.close();
            SecureSocket server = result("the one handed on", PATIENCE, accepted);
            try (var pair = new ConnectedPair<>(client, server)) {
                assertTalks(pair);
            }
            client.close();
            until("both to have heard", PATIENCE, () -> heard.size() == 4);
            assertThat(heard)
                    .containsExactlyInAnyOrder("first opened", "first closed 0 0", "second opened", "second closed");
        }
    }

    private static ServerObserver telling(String name, List<String> heard) {
        return new ServerObserver() {
            @Override
            public void connectionOpened(ConnectionInfo connection) {
                heard.add(name + " opened");
            }

            @Override
            public void connectionClosed(ConnectionInfo connection, @Nullable Throwable error) {
                heard.add(name + " closed"
                        + (name.equals("first")
                                ? " " + connection.bytesReceived() + " " + connection.bytesSent()
                                : ""));
            }
        };
    }
}
