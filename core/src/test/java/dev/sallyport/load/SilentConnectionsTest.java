package dev.sallyport.load;

import static dev.sallyport.matrix.Matrix.Dimension.TRANSPORT;
import static dev.sallyport.testkit.Awaiting.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.HandshakeException;
import dev.sallyport.HandshakeException.Reason;
import dev.sallyport.Limit;
import dev.sallyport.SecurityContext;
import dev.sallyport.matrix.Matrix;
import dev.sallyport.matrix.Setup;
import dev.sallyport.support.WatchedServer;
import dev.sallyport.testkit.Awaiting;
import dev.sallyport.testkit.BackgroundTask;
import dev.sallyport.testkit.ClientHelloBytes;
import dev.sallyport.testkit.HostileClient;
import dev.sallyport.testkit.JdkTlsClient;
import dev.sallyport.testkit.TestPki;
import dev.sallyport.testkit.TlsConnection;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** The bounds on connections at each stage: how many may be silent, handshaking, open, and what happens when they are. */
class SilentConnectionsTest {
    @Matrix(TRANSPORT)
    void theOneSilentLongestMakesRoomForTheNext(Setup setup) throws Exception {
        List<HostileClient> silent = new ArrayList<>();
        try (WatchedServer server = WatchedServer.open(setup, options -> options.maxSilentConnections(10))) {
            for (int i = 0; i < 10; i++) {
                HostileClient client = server.hostile();
                silent.add(i % 2 == 0 ? client : client.halfClientHello());
                awaitSilent(server, i + 1);
            }
            try (TlsConnection good = server.client().connect()) {
                assertEvicted(server, silent.get(0));
                assertThat(server.limit()).isEqualTo(Limit.MAX_SILENT_CONNECTIONS);
                good.send("x");
                assertThat(good.receive(1)).containsExactly('x');
            }
            awaitSilent(server, 9);
            server.assertServes();

            silent.add(server.hostile());
            awaitSilent(server, 10);
            silent.add(server.hostile());
            assertEvicted(server, silent.get(1));
            silent.add(server.hostile());
            assertEvicted(server, silent.get(2));
            assertThat(server.statistics().connectionsSilent()).isEqualTo(10);
            assertThat(server.statistics().limitsReached().get(Limit.MAX_SILENT_CONNECTIONS))
                    .as("told once until it is left")
                    .isEqualTo(2);
        } finally {
            for (HostileClient client : silent) {
                client.close();
            }
        }
    }

    private static void assertEvicted(WatchedServer server, HostileClient client) throws Exception {
        assertThat(server.failure(Reason.LOCAL_OVERLOADED, client.localAddress(), null))
                .hasMessageContaining("maxSilentConnections");
        client.readAll();
    }

    private static void awaitSilent(WatchedServer server, int count) {
        Awaiting.until(
                count + " silent connections",
                PATIENCE,
                () -> server.statistics().connectionsSilent() == count);
    }

    @Matrix(TRANSPORT)
    void acceptingPausesWhileAllConnectionsAreTakenAndGoesOnAfterwards(Setup setup) throws Exception {
        try (WatchedServer server = WatchedServer.open(setup, options -> options.maxConnections(2))) {
            try (TlsConnection first = server.client().connect();
                    TlsConnection second = server.client().connect()) {
                Awaiting.until( // which a client of TLS 1.3 does not wait for
                        "both handshakes to be done here, too",
                        PATIENCE,
                        () -> server.statistics().handshakesCompleted() == 2);
                try (HostileClient waiting = server.hostile().plainHttp()) {
                    assertThat(server.limit()).isEqualTo(Limit.MAX_CONNECTIONS);
                    first.send("x");
                    second.send("x");
                    assertThat(first.receive(1)).containsExactly('x');
                    assertThat(second.receive(1)).containsExactly('x');
                    assertThat(server.statistics().accepted()).isEqualTo(2);
                    first.shutdownOutput();
                    server.failure(Reason.PEER_NOT_TLS, waiting.localAddress(), null);
                }
            }
            server.assertServes();
            server.awaitNoConnections();
        }
    }

    @Matrix(TRANSPORT)
    void thoseThatWereSilentDoNotGetPastTheBoundOnConnections(Setup setup) throws Exception {
        List<JdkTlsClient.Silent> clients = new ArrayList<>();
        try (WatchedServer server = WatchedServer.open(setup, options -> options.maxConnections(2))) {
            for (int i = 0; i < 5; i++) {
                clients.add(server.client().silent());
                awaitSilent(server, i + 1);
            }
            clients.forEach(client -> BackgroundTask.supply("a client that was silent", client::handshake));
            for (int done = 2; done <= 5; done++) {
                int expected = done;
                Awaiting.until(
                        expected + " to be served, two at a time",
                        PATIENCE,
                        () -> server.statistics().handshakesCompleted() == expected
                                && server.statistics().handshakesPending() == 5 - expected);
                if (done == 2) {
                    assertThat(server.limit()).isEqualTo(Limit.MAX_CONNECTIONS);
                }
                server.accepted().close();
            }
        } finally {
            for (JdkTlsClient.Silent client : clients) {
                client.close();
            }
        }
    }

    /** Handshakes that wait for their client are no connections, and keep nobody from becoming one. */
    @Matrix(TRANSPORT)
    void thoseThatLeaveTheirHandshakeUnfinishedTakeNoPlaceOfAConnection(Setup setup) throws Exception {
        byte[] hello = ClientHelloBytes.builder().build().bytes();
        List<HostileClient> clients = new ArrayList<>();
        try (WatchedServer server =
                WatchedServer.open(setup, options -> options.maxConnections(2).acceptQueue(1))) {
            for (int i = 0; i < 5; i++) {
                clients.add(server.hostile().send(hello));
                clients.get(i).receive(100);
            }
            assertThat(server.statistics().handshakesPending()).isEqualTo(5);
            server.assertServes();
        } finally {
            for (HostileClient client : clients) {
                client.close();
            }
        }
    }

    /** Those that wait for their peer go in the order in which they began, and not before they had a second. */
    @Matrix(TRANSPORT)
    void theOneThatHasWaitedLongestForItsPeerMakesRoomForTheNext(Setup setup) throws Exception {
        byte[] hello = ClientHelloBytes.builder().build().bytes();
        List<HostileClient> clients = new ArrayList<>();
        try (WatchedServer server = WatchedServer.open(setup, options -> options.maxPendingHandshakes(3))) {
            for (int i = 0; i < 3; i++) {
                clients.add(server.hostile().send(hello));
                clients.get(i).receive(100);
            }
            for (int i = 0; i < 3; i++) {
                clients.add(server.hostile().send(hello));
                HandshakeException evicted =
                        server.failure(Reason.LOCAL_OVERLOADED, clients.get(i).localAddress(), null);
                assertThat(evicted).hasMessageContaining("maxPendingHandshakes");
                clients.get(3 + i).receive(100);
            }
            assertThat(server.limit()).isEqualTo(Limit.MAX_PENDING_HANDSHAKES);
            assertThat(server.statistics().handshakesPending()).isEqualTo(3);
            try (TlsConnection good = server.client().connect()) {
                good.send("x");
                assertThat(good.receive(1)).containsExactly('x');
            }
            server.failure(Reason.LOCAL_OVERLOADED, clients.get(3).localAddress(), null);
        } finally {
            for (HostileClient client : clients) {
                client.close();
            }
        }
    }

    @Matrix(TRANSPORT)
    void handshakesAboveTheirBoundWaitForTheirTurn(Setup setup) throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        CountDownLatch blocked = new CountDownLatch(1);
        SecurityContext context = setup.context()
                .trustedCertificates(TestPki.ca().certificate())
                .clientCertificateCheck(chain -> {
                    blocked.countDown();
                    await(release);
                })
                .build();
        var clients = Executors.newCachedThreadPool();
        try (WatchedServer server = WatchedServer.open(
                setup,
                context,
                options -> options.requireClientCertificate(true).maxPendingHandshakes(1))) {
            var first = clients.submit(() -> {
                server.assertServes(server.client().identity(TestPki.client()));
                return true;
            });
            await(blocked);
            var second = clients.submit(() -> {
                server.assertServes(server.client().identity(TestPki.client()));
                return true;
            });
            Awaiting.until(
                    "two handshakes to be pending",
                    PATIENCE,
                    () -> server.statistics().handshakesPending() == 2);
            assertThat(server.limit()).isEqualTo(Limit.MAX_PENDING_HANDSHAKES);
            release.countDown();
            assertThat(Awaiting.result("the first client", PATIENCE, first)).isTrue();
            assertThat(Awaiting.result("the second client", PATIENCE, second)).isTrue();
            assertThat(server.statistics().handshakesPending()).isZero();
            assertThat(server.statistics().limitsReached().get(Limit.MAX_PENDING_HANDSHAKES))
                    .isOne();
        } finally {
            release.countDown();
            clients.shutdown();
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(10, TimeUnit.SECONDS)).as("waited 10 s").isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody interrupts", e);
        }
    }
}
