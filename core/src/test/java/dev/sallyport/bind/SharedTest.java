package dev.sallyport.bind;

import static dev.sallyport.support.ConnectedPair.assertTalks;
import static dev.sallyport.testkit.Awaiting.PATIENCE;
import static dev.sallyport.testkit.Awaiting.result;
import static dev.sallyport.testkit.Awaiting.until;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.BindOptions;
import dev.sallyport.HandshakeException;
import dev.sallyport.InternetAddress;
import dev.sallyport.RawSecureServerSocket;
import dev.sallyport.RawSecureSocket;
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
import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Several servers of one process on one address: who may share it, and who gets which connection. */
class SharedTest {
    private static SecureServerSocket first(Setup setup, Consumer<BindOptions.Builder> options) throws IOException {
        return setup.open(sharing(options));
    }

    private static SecureServerSocket join(SecureServerSocket other, Setup setup, Consumer<BindOptions.Builder> options)
            throws IOException {
        return open(setup, "127.0.0.1", other.port(), sharing(options));
    }

    private static SecureServerSocket open(Setup setup, String address, int port, Consumer<BindOptions.Builder> options)
            throws IOException {
        return SecureServerSocket.open(address, port, setup.context().build(), setup.withTransport(options));
    }

    private static Consumer<BindOptions.Builder> sharing(Consumer<BindOptions.Builder> options) {
        return builder -> options.accept(builder.shared(true));
    }

    private static void assertRefused(InetAddress address, int port) {
        assertThatExceptionOfType(ConnectException.class).isThrownBy(() -> new Socket(address, port).close());
    }

    // ---- who may share

    @Matrix(Dimension.TRANSPORT)
    void refusesToShareUnlessBothSaySo(Setup setup) throws Exception {
        for (boolean earlier : new boolean[] {true, false}) {
            for (boolean later : new boolean[] {true, false}) {
                if (earlier && later) {
                    continue;
                }
                try (SecureServerSocket server = setup.open(options -> options.shared(earlier))) {
                    assertThatThrownBy(() -> open(setup, "127.0.0.1", server.port(), options -> options.shared(later)))
                            .isExactlyInstanceOf(BindException.class)
                            .hasMessageContainingAll("127.0.0.1:" + server.port(), "shared flag", "shared(true)");
                }
            }
        }
    }

    @Matrix(Dimension.TRANSPORT)
    void refusesToShareWithAnotherV6OnlyAlsoOnIpv4(Setup setup) throws Exception {
        try (SecureServerSocket server = first(setup, options -> {})) {
            assertThatThrownBy(() -> join(server, setup, options -> options.v6Only(true)))
                    .isExactlyInstanceOf(BindException.class)
                    .hasMessageContainingAll("127.0.0.1:" + server.port(), "v6Only flag");
        }
    }

    @Matrix(Dimension.TRANSPORT)
    void refusesToShareWithAnotherV6OnlyOnIpv6(Setup setup) throws Exception {
        try (SecureServerSocket server = open(setup, "::1", 0, sharing(options -> {}))) {
            assertThatThrownBy(() -> open(setup, "::1", server.port(), sharing(options -> options.v6Only(true))))
                    .isExactlyInstanceOf(BindException.class)
                    .hasMessageContainingAll("[::1]:" + server.port(), "v6Only flag");
        }
    }

    @Matrix(Dimension.TRANSPORT)
    void saysThatItIsNotSharedBeforeItSpeaksOfV6Only(Setup setup) throws Exception {
        for (boolean earlier : new boolean[] {true, false}) {
            try (SecureServerSocket server = setup.open(options -> options.shared(earlier))) {
                assertThatThrownBy(() -> open(
                                setup,
                                "127.0.0.1",
                                server.port(),
                                options -> options.shared(!earlier).v6Only(true)))
                        .isExactlyInstanceOf(BindException.class)
                        .hasMessageContaining("shared flag")
                        .hasMessageNotContaining("v6Only");
            }
        }
    }

    /** Linux decides about a connection at once, so those that do not fit are still on their way. */
    @Matrix(Dimension.TRANSPORT)
    @EnabledOnOs(OS.LINUX)
    void ignoresTheBacklogOfTheSecond(Setup setup) throws Exception {
        try (SecureServerSocket one = first(setup, options -> options.backlog(2));
                SecureServerSocket two = join(one, setup, options -> options.backlog(100))) {
            assertThat(two.options().backlog()).isEqualTo(100);
            assertThat(connectedAtOnce(one.localAddress(), 12)).isBetween(2, 4);
        }
        try (SecureServerSocket one = first(setup, options -> options.backlog(100));
                SecureServerSocket two = join(one, setup, options -> options.backlog(2))) {
            assertThat(two.options().backlog()).isEqualTo(2);
            assertThat(connectedAtOnce(one.localAddress(), 12)).isEqualTo(12);
        }
    }

    private static int connectedAtOnce(SocketAddress address, int clients) throws IOException {
        List<SocketChannel> channels = new ArrayList<>();
        try {
            int connected = 0;
            for (int i = 0; i < clients; i++) {
                SocketChannel channel = SocketChannel.open();
                channels.add(channel);
                channel.configureBlocking(false);
                connected += channel.connect(address) || channel.finishConnect() ? 1 : 0;
            }
            return connected;
        } finally {
            for (SocketChannel channel : channels) {
                channel.close();
            }
        }
    }

    @Matrix(Dimension.TRANSPORT)
    void makesANewSocketForEveryPortThatTheSystemChooses(Setup setup) throws Exception {
        try (SecureServerSocket one = first(setup, options -> {});
                SecureServerSocket two = first(setup, options -> {})) {
            assertThat(one.port()).isNotEqualTo(two.port());
        }
    }

    @Matrix(Dimension.TRANSPORT)
    void sharesAnAddressHoweverItIsSpelled(Setup setup) throws Exception {
        try (SecureServerSocket one = open(setup, "::1", 0, sharing(options -> {}));
                SecureServerSocket two = open(setup, "[0:0:0:0:0:0:0:1]", one.port(), sharing(options -> {}));
                SecureServerSocket three = SecureServerSocket.open(
                        InternetAddress.LOOPBACK_IPV6,
                        one.port(),
                        setup.context().build(),
                        setup.withTransport(sharing(options -> {})))) {
            assertThat(two.localAddress()).isEqualTo(one.localAddress());
            assertThat(three.localAddress()).isEqualTo(one.localAddress());
            assertThatThrownBy(() -> open(setup, "::1", one.port(), options -> {}))
                    .isExactlyInstanceOf(BindException.class)
                    .hasMessageContaining("shared flag");
        }
    }

    @Matrix(Dimension.TRANSPORT)
    void keepsAnotherAddressOfThePortApart(Setup setup) throws Exception {
        try (SecureServerSocket one = setup.open(options -> {});
                SecureServerSocket two = open(setup, "127.0.0.2", one.port(), options -> {});
                var pair = ConnectedPair.of(one, setup.client(one.port()))) {
            assertTalks(pair);
            assertThat(two.statistics().accepted()).isZero();
        }
    }

    // ---- who gets the next connection

    @Matrix(Dimension.TRANSPORT)
    void givesAllWhoTakeEquallyOneAfterTheOther(Setup setup) throws Exception {
        try (SecureServerSocket one = first(setup, options -> {});
                SecureServerSocket two = join(one, setup, options -> {});
                SecureServerSocket three = join(one, setup, options -> {})) {
            List<SecureServerSocket> servers = List.of(one, two, three);
            for (SecureServerSocket server : servers) {
                server.serve(ClientLoad::serve);
            }
            try (ClientLoad crowd = ClientLoad.of(20, 3, setup.client(one.port()))) {
                crowd.assertServed();
            }
            assertThat(servers)
                    .extracting(server -> server.statistics().accepted())
                    .containsOnly(6L, 7L)
                    .satisfies(counts -> assertThat(counts.stream()
                                    .mapToLong(each -> (Long) each)
                                    .sum())
                            .isEqualTo(20));
        }
    }

    @Matrix(Dimension.TRANSPORT)
    void givesNothingToOneWithoutDemand(Setup setup) throws Exception {
        try (SecureServerSocket idle = first(setup, options -> {});
                SecureServerSocket full = join(idle, setup, options -> options.acceptQueue(1));
                SecureServerSocket taking = join(idle, setup, options -> {})) {
            assertThat(full.acceptAsync().cancel(false)).isTrue();
            try (TlsConnection queued = setup.client(idle.port()).connect()) {
                until(
                        "the queue of one to be full",
                        PATIENCE,
                        () -> full.statistics().acceptQueueLength() == 1);
                taking.serve(ClientLoad::serve);
                try (ClientLoad crowd = ClientLoad.of(10, 1, setup.client(idle.port()))) {
                    crowd.assertServed();
                }
                assertThat(idle.statistics().accepted()).isZero();
                assertThat(full.statistics().accepted()).isEqualTo(1);
                assertThat(taking.statistics().accepted()).isEqualTo(10);
                ClientLoad.serve(full.accept(PATIENCE));
                assertThat(queued.receiveAll()).containsExactly(1);
            }
        }
    }

    @Matrix(Dimension.TRANSPORT)
    void givesNothingToOneThatIsPausedUntilItResumes(Setup setup) throws Exception {
        try (RawSecureServerSocket pausing = RawSecureServerSocket.bind(
                                "127.0.0.1", 0, setup.context().build(), setup.withTransport(sharing(options -> {})))
                        .join();
                SecureServerSocket other = open(setup, "127.0.0.1", pausing.port(), sharing(options -> {}))) {
            pausing.listen(RawSecureSocket::close);
            pausing.pause();
            other.serve(SecureSocket::close);
            connectOneByOne(setup, other.port(), 4);
            assertThat(pausing.statistics().accepted()).isZero();
            assertThat(other.statistics().accepted()).isEqualTo(4);
            pausing.resume();
            connectOneByOne(setup, other.port(), 4);
            assertThat(pausing.statistics().accepted()).isEqualTo(2);
            assertThat(other.statistics().accepted()).isEqualTo(6);
        }
    }

    private static void connectOneByOne(Setup setup, int port, int clients) throws IOException {
        for (int i = 0; i < clients; i++) {
            try (TlsConnection client = setup.client(port).connect()) {
                assertThat(client.receiveAll()).isEmpty();
            }
        }
    }

    @Matrix({Dimension.PROVIDER, Dimension.VERSION})
    void eachAsksForCertificatesByItsOwnFlags(Setup setup) throws Exception {
        SecurityContext context =
                setup.context().trustedCertificates(TestPki.ca().certificate()).build();
        try (SecureServerSocket none = setup.open(context, sharing(options -> {}));
                SecureServerSocket requests = open(context, none, setup, o -> o.requestClientCertificate(true));
                SecureServerSocket requires = open(context, none, setup, o -> o.requireClientCertificate(true))) {
            List<String> seen = new CopyOnWriteArrayList<>();
            for (SecureServerSocket server : List.of(none, requests, requires)) {
                String mode = server == none ? "none " : server == requests ? "requests " : "requires ";
                server.serve(socket -> seen.add(mode + (socket.peerCertificate() != null)));
            }
            for (int i = 0; i < 3; i++) { // one each: it is everybody's turn once
                try (TlsConnection client =
                        setup.client(none.port()).identity(TestPki.client()).connect()) {
                    assertThat(client.receiveAll()).isEmpty();
                }
            }
            assertThat(seen).containsExactlyInAnyOrder("none false", "requests true", "requires true");
        }
    }

    private static SecureServerSocket open(
            SecurityContext context, SecureServerSocket other, Setup setup, Consumer<BindOptions.Builder> options)
            throws IOException {
        return SecureServerSocket.open("127.0.0.1", other.port(), context, setup.withTransport(sharing(options)));
    }

    @Matrix(Dimension.TRANSPORT)
    void eachHasItsOwnContextAndProtocols(Setup setup) throws Exception {
        SecurityContext other = setup.context(TestPki.identity("other.example")).build();
        try (SecureServerSocket one = first(setup, options -> options.supportedProtocols("one"));
                SecureServerSocket two = SecureServerSocket.open(
                        "127.0.0.1",
                        one.port(),
                        other,
                        setup.withTransport(sharing(options -> options.supportedProtocols("two"))))) {
            one.serve(ClientLoad::serve);
            two.serve(ClientLoad::serve);
            List<String> seen = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                try (TlsConnection client =
                        setup.client(one.port()).alpn("one", "two").connect()) {
                    seen.add(client.selectedProtocol() + " "
                            + client.peerCertificate()
                                    .getSubjectX500Principal()
                                    .getName()
                                    .contains("other.example"));
                    assertThat(client.receiveAll()).containsExactly(1);
                }
            }
            assertThat(seen).containsExactlyInAnyOrder("one false", "one false", "two true", "two true");
        }
    }

    // ---- closing

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
                ClientLoad crowd = ClientLoad.of(clients, 8, setup.client(anchor.port()))) {
            anchor.serve(ClientLoad::serve);
            for (int turn = 0; !crowd.done(); turn++) {
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
                until("the visitor to get something", PATIENCE, () -> crowd.done() || hasGot(visitor.statistics()));
                open.remove(visitor);
                visitor.close();
            }
            crowd.assertServed();
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
