package dev.sallyport.bind;

import static dev.sallyport.bind.SharedServers.first;
import static dev.sallyport.bind.SharedServers.join;
import static dev.sallyport.bind.SharedServers.open;
import static dev.sallyport.bind.SharedServers.sharing;
import static dev.sallyport.support.ConnectedPair.assertTalks;
import static dev.sallyport.testkit.Awaiting.PATIENCE;
import static dev.sallyport.testkit.Awaiting.result;
import static dev.sallyport.testkit.Awaiting.until;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.sallyport.BindOptions;
import dev.sallyport.HandshakeException;
import dev.sallyport.InternetAddress;
import dev.sallyport.SecureServerSocket;
import dev.sallyport.SecureSocket;
import dev.sallyport.SecurityContext;
import dev.sallyport.ServerStatistics;
import dev.sallyport.matrix.Matrix;
import dev.sallyport.matrix.Matrix.Dimension;
import dev.sallyport.matrix.Setup;
import dev.sallyport.support.ClientLoad;
import dev.sallyport.support.ConnectedPair;
import dev.sallyport.testkit.HostileClient;
import dev.sallyport.testkit.TestPki;
import dev.sallyport.testkit.TlsConnection;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/** One of the servers that share an address closes: who gets its connections, and who does not. */
class SharedCloseTest {
    private static void assertRefused(InetAddress address, int port) {
        assertThatExceptionOfType(ConnectException.class).isThrownBy(() -> new Socket(address, port).close());
    }

    @Matrix(Dimension.TRANSPORT)
    void closingOneLeavesTheOthersAndTheLastTakesThePortAlong(Setup setup) throws Exception {
        SecureServerSocket one = first(setup, options -> {});
        SecureServerSocket two = join(one, setup, options -> {});
        int port = one.port();
        one.close();
        result("the first close", PATIENCE, one.onClosed());
        try (var pair = ConnectedPair.of(two, setup.client(port))) {
            assertTalks(pair);
        }
        two.close();
        result("the last close", PATIENCE, two.onClosed());
        assertRefused(InternetAddress.LOOPBACK_IPV4, port);
        try (SecureServerSocket unshared = open(setup, "127.0.0.1", port, options -> {});
                var pair = ConnectedPair.of(unshared, setup.client(port))) {
            assertTalks(pair);
        }
    }

    @Matrix(Dimension.TRANSPORT)
    void handsOnWhatItHasNotDelivered(Setup setup) throws Exception {
        SecurityContext context = setup.context().build();
        try (SecureServerSocket leaving = setup.open(context, sharing(options -> {}));
                SecureServerSocket staying = SecureServerSocket.open(
                        "127.0.0.1", leaving.port(), context, setup.withTransport(sharing(options -> {})))) {
            assertThat(leaving.acceptAsync().cancel(false)).isTrue();
            try (TlsConnection done = setup.client(leaving.port()).connect();
                    HostileClient halfway =
                            HostileClient.to(leaving.localAddress()).halfClientHello()) {
                until(
                        "one to wait and one to be halfway",
                        PATIENCE,
                        () -> leaving.statistics().acceptQueueLength() == 1
                                && leaving.statistics().connectionsSilent() == 1);
                CompletableFuture<SecureSocket> accepted = staying.acceptAsync();
                leaving.close();
                try (var pair = new ConnectedPair<>(done, result("the one handed on", PATIENCE, accepted))) {
                    assertTalks(pair);
                }
                until(
                        "the halfway one to be handed on",
                        PATIENCE,
                        () -> staying.statistics().connectionsSilent() == 1);
                assertThat(halfway.sendFailure()).isNull();
                assertThat(leaving.statistics().connectionsOpen()).isZero();
            }
        }
    }

    @Matrix(Dimension.TRANSPORT)
    void whoHasSaidNothingIsServedByTheRulesOfTheOneThatTakesIt(Setup setup) throws Exception {
        SecurityContext other = setup.context(TestPki.identity("other.example")).build();
        try (SecureServerSocket leaving = first(setup, options -> options.supportedProtocols("old"));
                SecureServerSocket staying =
                        open(other, leaving, setup, options -> options.supportedProtocols("new"))) {
            assertThat(leaving.acceptAsync().cancel(false)).isTrue();
            try (Socket silent = new Socket(InternetAddress.LOOPBACK_IPV4, leaving.port())) {
                until("it to be taken", PATIENCE, () -> leaving.statistics().connectionsSilent() == 1);
                CompletableFuture<SecureSocket> accepted = staying.acceptAsync();
                leaving.close();
                SSLSocket client = (SSLSocket) TestPki.clientContext()
                        .getSocketFactory()
                        .createSocket(silent, "localhost", staying.port(), true);
                SSLParameters parameters = client.getSSLParameters();
                parameters.setApplicationProtocols(new String[] {"old", "new"});
                client.setSSLParameters(parameters);
                client.startHandshake();
                assertThat(client.getSession().getPeerCertificates()[0])
                        .isEqualTo(TestPki.identity("other.example").certificate());
                SecureSocket socket = result("the one that was silent", PATIENCE, accepted);
                assertThat(socket.selectedProtocol()).isEqualTo("new");
                socket.abort();
            }
            assertThat(leaving.statistics().handshakesFailed()).isZero();
        }
    }

    @Matrix(Dimension.TRANSPORT)
    void aConnectionIsNotDeliveredUnderOtherRulesForProtocols(Setup setup) throws Exception {
        SecurityContext context = setup.context().supportedProtocols("a", "b").build();
        List<Consumer<BindOptions.Builder>> others = List.of(
                options -> options.supportedProtocols("a", "b"),
                options -> options.supportedProtocols("b"),
                options -> options.requireProtocol(true));
        for (Consumer<BindOptions.Builder> other : others) {
            try (SecureServerSocket leaving = setup.open(context, sharing(options -> {}));
                    SecureServerSocket staying = open(context, leaving, setup, other)) {
                assertThat(leaving.acceptAsync().cancel(false)).isTrue();
                try (TlsConnection old = setup.client(leaving.port()).alpn("a").connect()) {
                    until("it to wait", PATIENCE, () -> leaving.statistics().acceptQueueLength() == 1);
                    CompletableFuture<SecureSocket> accepted = staying.acceptAsync();
                    leaving.close();
                    assertThat(old.receiveAll()).as("ended with close_notify").isEmpty();
                    assertThat(accepted.cancel(false)).isTrue();
                }
                assertThat(leaving.statistics()
                                .handshakesFailedByReason()
                                .get(HandshakeException.Reason.LOCAL_SHUTTING_DOWN))
                        .isEqualTo(1);
            }
        }
    }

    @Matrix(Dimension.TRANSPORT)
    void losesNoneOfManyWhileHandlesComeAndGo(Setup setup) throws Exception {
        SecurityContext context = setup.context().build();
        int clients = 300;
        List<SecureServerSocket> open = new ArrayList<>();
        try (SecureServerSocket anchor = setup.open(context, sharing(options -> {}));
                ClientLoad load = ClientLoad.of(clients, 8, setup.client(anchor.port()))) {
            anchor.serve(ClientLoad::serve);
            for (int turn = 0; !load.done(); turn++) {
                SecureServerSocket visitor = SecureServerSocket.open(
                        "127.0.0.1", anchor.port(), context, setup.withTransport(sharing(options -> {})));
                open.add(visitor);
                if (turn % 2 == 0) {
                    visitor.serve(ClientLoad::serve);
                } else {
                    CompletableFuture<SecureSocket> wanted = visitor.acceptAsync();
                    if (!wanted.cancel(false)) { // takes, but delivers to nobody, unless one came before the cancel
                        ClientLoad.serve(wanted.join());
                    }
                }
                until("the visitor to get something", PATIENCE, () -> load.done() || hasGot(visitor.statistics()));
                open.remove(visitor);
                visitor.close();
            }
            load.assertServed();
        } finally {
            open.forEach(SecureServerSocket::close);
        }
    }

    /** From the kernel, or from the visitor before. */
    private static boolean hasGot(ServerStatistics visitor) {
        return visitor.accepted() > 0 || visitor.connectionsOpen() > 0;
    }

    @Matrix(Dimension.TRANSPORT)
    void aStrictOneNeverDeliversWhatALaxOneLetIn(Setup setup) throws Exception {
        SecurityContext context =
                setup.context().trustedCertificates(TestPki.ca().certificate()).build();
        try (SecureServerSocket lax = setup.open(context, sharing(options -> {}));
                SecureServerSocket strict = SecureServerSocket.open(
                        "127.0.0.1",
                        lax.port(),
                        context,
                        setup.withTransport(sharing(options -> options.requireClientCertificate(true))))) {
            assertThat(lax.acceptAsync().cancel(false)).isTrue();
            try (TlsConnection anonymous = setup.client(lax.port()).connect()) {
                until("it to wait", PATIENCE, () -> lax.statistics().acceptQueueLength() == 1);
                CompletableFuture<SecureSocket> accepted = strict.acceptAsync();
                lax.close();
                assertThat(anonymous.receiveAll()).as("ended with close_notify").isEmpty();
                try (var pair = new ConnectedPair<>(
                        setup.client(strict.port()).identity(TestPki.client()).connect(),
                        result("the one with a certificate", PATIENCE, accepted))) {
                    assertThat(pair.socket.peerCertificate())
                            .isEqualTo(TestPki.client().certificate());
                }
            }
            assertThat(lax.statistics().handshakesFailedByReason().get(HandshakeException.Reason.LOCAL_SHUTTING_DOWN))
                    .isEqualTo(1);
        }
    }

    /** The new one's trust may be narrower than what the old connection was let in under. */
    @Matrix(Dimension.TRANSPORT)
    void aConnectionIsNotDeliveredUnderAContextThatCameAfterIt(Setup setup) throws Exception {
        SecurityContext before = setup.context().build();
        SecurityContext after = setup.context().build();
        try (SecureServerSocket leaving = setup.open(before, sharing(options -> {}));
                SecureServerSocket staying = SecureServerSocket.open(
                        "127.0.0.1", leaving.port(), after, setup.withTransport(sharing(options -> {})))) {
            assertThat(leaving.acceptAsync().cancel(false)).isTrue();
            try (TlsConnection old = setup.client(leaving.port()).connect()) {
                until("it to wait", PATIENCE, () -> leaving.statistics().acceptQueueLength() == 1);
                leaving.replaceContext(after);
                CompletableFuture<SecureSocket> accepted = staying.acceptAsync();
                leaving.close();
                assertThat(old.receiveAll()).as("ended with close_notify").isEmpty();
                assertThat(accepted.cancel(false)).isTrue();
            }
        }
    }
}
