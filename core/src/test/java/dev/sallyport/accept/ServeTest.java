package dev.sallyport.accept;

import static dev.sallyport.support.ConnectedPair.assertTalks;
import static dev.sallyport.testkit.Awaiting.PATIENCE;
import static dev.sallyport.testkit.Awaiting.result;
import static dev.sallyport.testkit.Awaiting.until;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.Limit;
import dev.sallyport.RawSecureServerSocket;
import dev.sallyport.RawSecureSocket;
import dev.sallyport.SecureConnection;
import dev.sallyport.SecureServerSocket;
import dev.sallyport.SecureSocket;
import dev.sallyport.ServerObserver;
import dev.sallyport.matrix.Matrix;
import dev.sallyport.matrix.Matrix.Dimension;
import dev.sallyport.matrix.Setup;
import dev.sallyport.support.ClientLoad;
import dev.sallyport.support.ConnectedPair;
import dev.sallyport.support.RejectingExecutor;
import dev.sallyport.testkit.TlsConnection;
import java.io.IOException;
import java.net.SocketException;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Handlers given to serve: their threads, their ends, and the end of serving. */
class ServeTest {
    private record Failed(SecureConnection socket, Throwable error) {}

    @Matrix(Dimension.TRANSPORT)
    void closesTheConnectionOfAHandlerThatReturns(Setup setup) throws Exception {
        try (SecureServerSocket server = setup.open(options -> {})) {
            server.serve(socket -> socket.outputStream().write(7));
            try (TlsConnection client = setup.client(server.port()).connect()) {
                assertThat(client.receiveAll())
                        .as("bytes before the close_notify")
                        .containsExactly(7);
            }
        }
    }

    @Matrix
    void echoesInTenLines(Setup setup) throws Exception {
        try (SecureServerSocket server = setup.open(options -> {})) {
            server.serve(socket -> socket.inputStream().transferTo(socket.outputStream()));
            try (TlsConnection client = setup.client(server.port()).connect()) {
                client.send("hello");
                assertThat(client.receive(5)).asString().isEqualTo("hello");
                client.sendCloseNotify();
                assertThat(client.receiveAll()).isEmpty();
            }
        }
    }

    @Matrix(Dimension.TRANSPORT)
    void abortsTheConnectionOfAHandlerThatThrowsAndTellsTheObserver(Setup setup) throws Exception {
        BlockingQueue<Failed> told = new LinkedBlockingQueue<>();
        ServerObserver observer = new ServerObserver() {
            @Override
            public void handlerFailed(SecureConnection socket, Throwable error) {
                told.add(new Failed(socket, error));
            }
        };
        for (Throwable thrown : List.of(new IOException("on purpose"), new AssertionError("on purpose"))) {
            try (SecureServerSocket server = setup.open(options -> options.observer(observer))) {
                server.serve(socket -> {
                    int first = socket.inputStream().read();
                    if (first == 'x') {
                        throwAnything(thrown);
                    }
                    socket.outputStream().write(first);
                });
                try (TlsConnection client = setup.client(server.port()).connect()) {
                    Object address = client.socket().getLocalSocketAddress();
                    client.send("x");
                    assertThatThrownBy(() -> client.in().read())
                            .isInstanceOf(SocketException.class)
                            .hasMessageContaining("reset");
                    Failed failed = told.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
                    assertThat(failed).as("what the observer heard").isNotNull();
                    assertThat(failed.error()).isSameAs(thrown);
                    assertThat(failed.socket().remoteAddress()).isEqualTo(address);
                }
                try (TlsConnection next = setup.client(server.port()).connect()) {
                    next.send("a");
                    assertThat(next.receiveAll()).asString().isEqualTo("a");
                }
            }
        }
        assertThat(told).isEmpty();
    }

    @SuppressWarnings("unchecked")
    private static <E extends Throwable> void throwAnything(Throwable failure) throws E {
        throw (E) failure;
    }

    @Matrix(Dimension.TRANSPORT)
    void runsHandlersBesideEachOther(Setup setup) throws Exception {
        CyclicBarrier bothThere = new CyclicBarrier(2);
        try (SecureServerSocket server = setup.open(options -> {})) {
            server.serve(socket -> bothThere.await(PATIENCE.toSeconds(), TimeUnit.SECONDS));
            try (TlsConnection one = setup.client(server.port()).connect();
                    TlsConnection two = setup.client(server.port()).connect()) {
                assertThat(one.receiveAll()).isEmpty();
                assertThat(two.receiveAll()).isEmpty();
            }
        }
    }

    @Matrix(Dimension.TRANSPORT)
    void isDoneWhenTheServerHasClosedAndAllHandlersHaveReturned(Setup setup) throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        CountDownLatch inside = new CountDownLatch(1);
        SecureServerSocket server = setup.open(options -> {});
        CompletableFuture<Void> served = server.serve(socket -> {
            inside.countDown();
            socket.outputStream().write(release.await(PATIENCE.toSeconds(), TimeUnit.SECONDS) ? 1 : 0);
        });
        try (TlsConnection client = setup.client(server.port()).connect()) {
            assertThat(inside.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
            server.close();
            result("the server to close", PATIENCE, server.onClosed());
            assertThat(served).isNotDone();
            release.countDown();
            assertThat(client.receiveAll()).containsExactly(1);
            result("serve to be done", PATIENCE, served);
        }
    }

    @Matrix(Dimension.TRANSPORT)
    void isDoneWithTheServerWhenNobodyCame(Setup setup) throws Exception {
        SecureServerSocket server = setup.open(options -> {});
        CompletableFuture<Void> served = server.serve(socket -> {});
        assertThatIllegalStateException().isThrownBy(() -> server.serve(socket -> {}));
        assertThatIllegalStateException().isThrownBy(server::accept);
        assertThatIllegalStateException().isThrownBy(server::acceptAsync);
        assertThat(served).isNotDone();
        server.close();
        result("serve to be done", PATIENCE, served);
    }

    // ---- an executor that is full, or gone

    @Matrix(Dimension.TRANSPORT)
    void resetsAConnectionThatTheExecutorHasNoThreadFor(Setup setup) throws Exception {
        try (RejectingExecutor executor = new RejectingExecutor();
                SecureServerSocket server = setup.open(options -> options.executor(executor))) {
            server.serve(ClientLoad::serve);
            executor.refuse(true);
            assertReset(setup, server);
            until(
                    "the limit to be counted",
                    PATIENCE,
                    () -> server.statistics().limitsReached().getOrDefault(Limit.EXECUTOR, 0L) == 1);
            executor.refuse(false);
            try (ClientLoad load = ClientLoad.of(1, 1, setup.client(server.port()))) {
                load.assertServed();
            }
        }
    }

    @Matrix(Dimension.TRANSPORT)
    void resetsAConnectionWhoseFutureTheExecutorDoesNotComplete(Setup setup) throws Exception {
        try (RejectingExecutor executor = new RejectingExecutor();
                SecureServerSocket server = setup.open(options -> options.executor(executor))) {
            CompletableFuture<SecureSocket> accepted = server.acceptAsync();
            executor.refuse(true);
            assertReset(setup, server);
            assertThat(accepted).failsWithin(PATIENCE);
            executor.refuse(false);
            try (var pair = ConnectedPair.of(server, setup.client(server.port()))) {
                assertTalks(pair);
            }
        }
    }

    @Matrix(Dimension.TRANSPORT)
    void resetsARawConnectionWhoseHandlerTheExecutorDoesNotRun(Setup setup) throws Exception {
        try (RejectingExecutor executor = new RejectingExecutor();
                RawSecureServerSocket server = setup.openRaw(options -> options.executor(executor))) {
            server.listen(RawSecureSocket::close);
            executor.refuse(true);
            assertThat(setup.client(server.port()).handshakeFailure())
                    .isInstanceOf(SocketException.class)
                    .hasMessageContaining("reset");
            executor.refuse(false);
            try (TlsConnection client = setup.client(server.port()).connect()) {
                assertThat(client.receiveAll()).isEmpty();
            }
        }
    }

    private static void assertReset(Setup setup, SecureServerSocket server) {
        assertThat(setup.client(server.port()).handshakeFailure())
                .isInstanceOf(SocketException.class)
                .hasMessageContaining("reset");
    }

    @Matrix(Dimension.TRANSPORT)
    void closesThoughTheExecutorRefusesEverything(Setup setup) throws Exception {
        try (RejectingExecutor executor = new RejectingExecutor()) {
            SecureServerSocket closed = setup.open(options -> options.executor(executor));
            SecureServerSocket shutDown = setup.open(options -> options.executor(executor));
            CompletableFuture<Void> served = closed.serve(socket -> {});
            executor.refuse(true);
            closed.close();
            result("serve to be done", PATIENCE, served);
            result("the draining", PATIENCE, closed.onDraining());
            result("the close", PATIENCE, closed.onClosed());
            result("the shutdown", PATIENCE, shutDown.shutdown(PATIENCE));
            result("the close", PATIENCE, shutDown.onClosed());
        }
    }
}
