package dev.sallyport.accept;

import static dev.sallyport.testkit.Awaiting.PATIENCE;
import static dev.sallyport.testkit.Awaiting.result;
import static dev.sallyport.testkit.Awaiting.until;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.sallyport.SecureServerSocket;
import dev.sallyport.SecureSocket;
import dev.sallyport.matrix.Matrix;
import dev.sallyport.matrix.Matrix.Dimension;
import dev.sallyport.matrix.Setup;
import dev.sallyport.support.ClientLoad;
import dev.sallyport.support.ConnectedPair;
import dev.sallyport.support.Recorder;
import dev.sallyport.testkit.TlsConnection;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadPoolExecutor;

/** Taking connections by subscription. */
class ConnectionsTest {
    @Matrix(Dimension.TRANSPORT)
    void givesAsManyAsWereAskedFor(Setup setup) throws Exception {
        Recorder<SecureSocket> subscriber = new Recorder<>();
        try (SecureServerSocket server = setup.open(options -> {});
                ClientLoad load = ClientLoad.of(3, 3, setup.client(server.port()))) {
            server.connections().subscribe(subscriber);
            subscriber.subscription().request(2);
            ClientLoad.serve(subscriber.next());
            ClientLoad.serve(subscriber.next());
            until("the third to wait", PATIENCE, () -> server.statistics().acceptQueueLength() == 1);
            assertThat(subscriber.untaken()).isZero();
            subscriber.subscription().request(Long.MAX_VALUE);
            ClientLoad.serve(subscriber.next());
            load.assertServed();
        }
        subscriber.completed();
    }

    @Matrix(Dimension.TRANSPORT)
    void beginsHandshakesWithTheSubscription(Setup setup) throws Exception {
        Recorder<SecureSocket> subscriber = new Recorder<>();
        try (SecureServerSocket server = setup.open(options -> {})) {
            server.connections().subscribe(subscriber);
            assertThat(subscriber.subscription()).isNotNull();
            try (TlsConnection client = setup.client(server.port()).connect()) {
                until("it to wait", PATIENCE, () -> server.statistics().acceptQueueLength() == 1);
                server.close();
                assertThat(client.receiveAll()).isEmpty();
            }
        }
        subscriber.completed();
    }

    @Matrix(Dimension.TRANSPORT)
    void refusesASecondSubscriberAndOtherWays(Setup setup) throws Exception {
        try (SecureServerSocket server = setup.open(options -> {})) {
            Recorder<SecureSocket> first = new Recorder<>();
            Recorder<SecureSocket> second = new Recorder<>();
            server.connections().subscribe(first);
            server.connections().subscribe(second);
            assertThat(second.failure()).isInstanceOf(IllegalStateException.class);
            assertThatIllegalStateException().isThrownBy(server::accept);
            assertThatIllegalStateException().isThrownBy(() -> server.accept(Duration.ofSeconds(1)));
            assertThatIllegalStateException().isThrownBy(server::acceptAsync);
            assertThatIllegalStateException().isThrownBy(() -> server.serve(socket -> {}));
            assertThat(first.ended()).isFalse();
            assertThat(server.isOpen()).isTrue();
        }
    }

    @Matrix(Dimension.TRANSPORT)
    void closesTheServerWhenTheSubscriptionIsCancelled(Setup setup) throws Exception {
        SecureServerSocket server = setup.open(options -> {});
        Recorder<SecureSocket> subscriber = new Recorder<>();
        server.connections().subscribe(subscriber);
        subscriber.subscription().request(1);
        subscriber.subscription().cancel();
        result("the server to close", PATIENCE, server.onClosed());
        assertThat(server.isOpen()).isFalse();
        assertThat(subscriber.ended()).isFalse();
    }

    @Matrix(Dimension.TRANSPORT)
    void failsASubscriberThatAsksForNothing(Setup setup) throws Exception {
        SecureServerSocket server = setup.open(options -> {});
        Recorder<SecureSocket> subscriber = new Recorder<>();
        server.connections().subscribe(subscriber);
        subscriber.subscription().request(0);
        assertThat(subscriber.failure()).isInstanceOf(IllegalArgumentException.class);
        result("the server to close", PATIENCE, server.onClosed());
    }

    @Matrix(Dimension.TRANSPORT)
    void endsASubscriptionThatWaitsAndOneWithoutDemand(Setup setup) throws Exception {
        for (long demand = 0; demand < 2; demand++) {
            SecureServerSocket server = setup.open(options -> {});
            Recorder<SecureSocket> subscriber = new Recorder<>();
            server.connections().subscribe(subscriber);
            if (demand > 0) {
                subscriber.subscription().request(demand);
            }
            server.close();
            subscriber.completed();
        }
    }

    @Matrix(Dimension.TRANSPORT)
    void aSubscriptionWithoutDemandRestsWhileTheServerDrains(Setup setup) throws Exception {
        ThreadPoolExecutor threads = (ThreadPoolExecutor) Executors.newCachedThreadPool();
        try (SecureServerSocket server = setup.open(options -> options.executor(threads))) {
            Recorder<SecureSocket> subscriber = new Recorder<>();
            server.connections().subscribe(subscriber);
            subscriber.subscription().request(1);
            try (var pair = new ConnectedPair<>(setup.client(server.port()).connect(), subscriber.next())) {
                CompletableFuture<Void> ended = server.shutdown(Duration.ofHours(1));
                result("the draining", PATIENCE, server.onDraining());
                until("the executor to have nothing to do", PATIENCE, () -> threads.getActiveCount() == 0);
                assertThat(ended).isNotDone();
                pair.socket.abort();
                result("the shutdown", PATIENCE, ended);
                subscriber.completed();
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @Matrix(Dimension.TRANSPORT)
    void aSubscriberThatThrowsEndsTheSubscription(Setup setup) throws Exception {
        SecureServerSocket server = setup.open(options -> {});
        Recorder<SecureSocket> subscriber = new Recorder<>() {
            @Override
            public void onNext(SecureSocket socket) {
                throw new IllegalStateException("thrown on purpose");
            }
        };
        server.connections().subscribe(subscriber);
        subscriber.subscription().request(1);
        assertThat(setup.client(server.port()).handshakeFailure()).isNotNull();
        result("the server to close", PATIENCE, server.onClosed());
    }
}
