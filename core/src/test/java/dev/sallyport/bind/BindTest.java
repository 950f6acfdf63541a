package dev.sallyport.bind;

import static dev.sallyport.support.ConnectedPair.assertTalks;
import static dev.sallyport.testkit.Awaiting.PATIENCE;
import static dev.sallyport.testkit.Awaiting.result;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.BindOptions;
import dev.sallyport.InternetAddress;
import dev.sallyport.RawSecureServerSocket;
import dev.sallyport.SecureServerSocket;
import dev.sallyport.SecureSocket;
import dev.sallyport.SecurityContext;
import dev.sallyport.internal.names.AddressLiteral;
import dev.sallyport.matrix.Matrix;
import dev.sallyport.matrix.Matrix.Dimension;
import dev.sallyport.matrix.Setup;
import dev.sallyport.support.ConnectedPair;
import dev.sallyport.testkit.JdkTlsClient;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Binding: when it is done, how it fails, and what the options of the socket do. */
class BindTest {
    private static final InetAddress LOOPBACK = InternetAddress.LOOPBACK_IPV4;

    private static SecurityContext context() throws IOException {
        return SecurityContext.selfSigned("localhost");
    }

    // ---- success

    @Matrix(Dimension.TRANSPORT)
    void listensWhenTheFutureIsDone(Setup setup) throws Exception {
        CompletableFuture<SecureServerSocket> bound =
                SecureServerSocket.bind("127.0.0.1", 0, setup.context().build(), setup.withTransport(options -> {}));
        try (SecureServerSocket server = result("the bind", PATIENCE, bound);
                Socket client = new Socket(LOOPBACK, server.port())) {
            assertThat(client.isConnected()).isTrue();
            assertThat(server.port()).isBetween(1, 65_534);
            assertThat(server.transport()).isEqualTo(setup.transport());
            assertThat(server.provider()).isEqualTo(setup.provider());
            assertThat(server.localAddress()).isEqualTo(new InetSocketAddress(LOOPBACK, server.port()));
            assertThat(server).hasToString("SecureServerSocket[/127.0.0.1:" + server.port() + "]");
        }
    }

    @Matrix(Dimension.TRANSPORT)
    void answersWhereItWasAfterClose(Setup setup) throws Exception {
        SecureServerSocket server = setup.open(options -> {});
        int port = server.port();
        SocketAddress address = server.localAddress();
        server.close();
        result("the close", PATIENCE, server.onClosed());
        assertThat(server.isOpen()).isFalse();
        assertThat(server.port()).isEqualTo(port);
        assertThat(server.address()).isEqualTo(LOOPBACK);
        assertThat(server.localAddress()).isEqualTo(address);
        assertThat(server.options().transport()).isEqualTo(setup.transport());
    }

    @Matrix(Dimension.TRANSPORT)
    void bindsAnInetAddressAndASocketAddress(Setup setup) throws Exception {
        BindOptions options = BindOptions.builder().transport(setup.transport()).build();
        try (SecureServerSocket first =
                        SecureServerSocket.open(LOOPBACK, 0, setup.context().build(), setup.withTransport(o -> {}));
                SecureServerSocket second = SecureServerSocket.open(
                        new InetSocketAddress(LOOPBACK, 0), setup.context().build(), options);
                var one = ConnectedPair.of(first, setup.client(first.port()));
                var two = ConnectedPair.of(second, setup.client(second.port()))) {
            assertTalks(one);
            assertTalks(two);
        }
    }

    @Test
    void looksUpAnUnresolvedSocketAddress() throws Exception {
        try (SecureServerSocket server = SecureServerSocket.open(
                InetSocketAddress.createUnresolved("localhost", 0), context(), BindOptions.defaults())) {
            assertThat(server.address()).isEqualTo(InetAddress.getByName("localhost"));
        }
    }

    @Test
    void bindsTheFirstAddressOfAName() throws Exception {
        try (SecureServerSocket server = SecureServerSocket.open("localhost", 0, context())) {
            assertThat(server.address()).isEqualTo(InetAddress.getByName("localhost"));
        }
    }

    @Test
    void leavesNothingBoundWhenItIsCancelled() throws Exception {
        CompletableFuture<SecureServerSocket> bound = SecureServerSocket.bind("localhost", 0, context());
        if (!bound.cancel(true)) {
            bound.join().close(); // the lookup was faster; otherwise the leak check looks for the socket
        }
    }

    @Matrix(Dimension.TRANSPORT)
    void bindsAPortWhoseConnectionsLinger(Setup setup) throws Exception {
        int port;
        try (SecureServerSocket server = setup.open(options -> {});
                var pair = ConnectedPair.of(server, setup.client(server.port()))) {
            port = server.port();
            pair.socket.close(); // who ends first has the port in TIME_WAIT
            assertThat(pair.client.receiveAll()).isEmpty();
            pair.client.close();
            result("the connection's end", PATIENCE, pair.socket.onClosed());
            server.close();
            result("the close", PATIENCE, server.onClosed());
        }
        try (SecureServerSocket again = SecureServerSocket.open(
                "127.0.0.1", port, setup.context().build(), setup.withTransport(options -> {}))) {
            assertThat(again.port()).isEqualTo(port);
        }
    }

    /** Nobody waits for {@code onClosed} before a server is started again, and nobody should have to. */
    @Matrix(Dimension.TRANSPORT)
    void bindsAPortAgainRightAfterItsServerWasClosed(Setup setup) throws Exception {
        SecurityContext context = setup.context().build();
        Consumer<BindOptions.Builder> transport = setup.withTransport(options -> {});
        int port;
        try (SecureServerSocket server = setup.open(options -> {})) {
            port = server.port();
        }
        for (String address : List.of("127.0.0.1", "0.0.0.0", "127.0.0.1", "127.0.0.1", "localhost", "127.0.0.1")) {
            for (int i = 0; i < 20; i++) {
                SecureServerSocket.open(address, port, context, transport).close();
            }
        }
    }

    // ---- failure

    @Matrix(Dimension.TRANSPORT)
    void failsForAPortInUseNamingAddressAndPort(Setup setup) throws Exception {
        try (ServerSocket other = new ServerSocket(0, 1, LOOPBACK)) {
            int port = other.getLocalPort();
            SecurityContext context = setup.context().build();
            CompletableFuture<SecureServerSocket> bound =
                    SecureServerSocket.bind("127.0.0.1", port, context, setup.withTransport(options -> {}));
            assertThatExceptionOfType(ExecutionException.class)
                    .isThrownBy(() -> result("the bind", PATIENCE, bound))
                    .withCauseExactlyInstanceOf(BindException.class)
                    .satisfies(failure -> assertThat(failure.getCause()).hasMessageContaining("127.0.0.1:" + port));
            assertThatThrownBy(() ->
                            SecureServerSocket.open("127.0.0.1", port, context, setup.withTransport(options -> {})))
                    .isExactlyInstanceOf(BindException.class)
                    .hasMessageContainingAll("127.0.0.1:" + port, "already in use");
        }
    }

    @Matrix(Dimension.TRANSPORT)
    void failsForAnAddressOfAnotherMachineNamingAddressAndPort(Setup setup) throws Exception {
        SecurityContext context = setup.context().build();
        assertThatThrownBy(
                        () -> SecureServerSocket.open("192.0.2.1", 8443, context, setup.withTransport(options -> {})))
                .isExactlyInstanceOf(BindException.class)
                .hasMessageContaining("192.0.2.1:8443");
        assertThatThrownBy(
                        () -> SecureServerSocket.open("2001:db8::1", 8443, context, setup.withTransport(options -> {})))
                .isExactlyInstanceOf(BindException.class)
                .hasMessageContaining("[2001:db8::1]:8443");
    }

    @Test
    void failsForAnUnknownNameThroughTheFuture() throws Exception {
        SecurityContext context = context();
        CompletableFuture<RawSecureServerSocket> bound =
                RawSecureServerSocket.bind("no-such-host.invalid", 8443, context);
        assertThatExceptionOfType(ExecutionException.class)
                .isThrownBy(() -> result("the lookup", PATIENCE, bound))
                .withCauseExactlyInstanceOf(UnknownHostException.class)
                .withMessageContaining("no-such-host.invalid");
        assertThatThrownBy(() -> SecureServerSocket.open("no-such-host.invalid", 8443, context))
                .isExactlyInstanceOf(UnknownHostException.class)
                .hasMessageContaining("no-such-host.invalid");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "1.2.3",
                "127.1",
                "2130706433",
                "0x7f.0.0.1",
                "256.0.0.1",
                "01.2.3.4",
                "::FFFF::1",
                "[127.0.0.1]",
                "127.0.0.1:80",
                "[::1",
                "::1%",
                "127.0.0.1%lo"
            })
    void refusesWhatOnlyLooksNumericWithoutAskingAResolver(String address) throws Exception {
        CompletableFuture<SecureServerSocket> bound = SecureServerSocket.bind(address, 0, context());
        assertThatExceptionOfType(ExecutionException.class)
                .isThrownBy(() -> result("the refusal", PATIENCE, bound))
                .withCauseExactlyInstanceOf(UnknownHostException.class)
                .withMessageContaining("'" + address + "'");
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1", "[::1]", "0.0.0.0", "::", "0:0:0:0:0:0:0:1", "::ffff:127.0.0.1"})
    void bindsNumericTextOnTheSpotSinceThereIsNothingToLookUp(String address) throws Exception {
        CompletableFuture<SecureServerSocket> bound = SecureServerSocket.bind(address, 0, context());
        assertThat(bound).isCompleted();
        try (SecureServerSocket server = bound.join()) {
            assertThat(server.address()).isEqualTo(AddressLiteral.parseHost(address));
        }
    }

    // ---- the options of the socket

    @Matrix(Dimension.TRANSPORT)
    void queuesMoreThanTheJdksFiftyConnectionsByDefault(Setup setup) throws Exception {
        List<Socket> clients = new ArrayList<>();
        try (SecureServerSocket server = setup.open(options -> {})) {
            for (int i = 0; i < 100; i++) {
                clients.add(connected(server.port(), 10_000));
            }
            assertThat(clients).allMatch(Socket::isConnected);
        } finally {
            closeAll(clients);
        }
    }

    @Matrix(Dimension.TRANSPORT)
    void letsTheKernelTurnAwayWhatIsAboveTheBacklog(Setup setup) throws Exception {
        List<Socket> clients = new ArrayList<>();
        try (SecureServerSocket server = setup.open(options -> options.backlog(2))) {
            assertThatExceptionOfType(IOException.class)
                    .as("the 20th connection does not fit into a backlog of 2")
                    .isThrownBy(() -> {
                        for (int i = 0; i < 20; i++) {
                            clients.add(connected(server.port(), 300));
                        }
                    })
                    .isInstanceOf(SocketTimeoutException.class);
        } finally {
            closeAll(clients);
        }
    }

    private static Socket connected(int port, int timeoutMillis) throws IOException {
        Socket client = new Socket();
        try {
            client.connect(new InetSocketAddress(LOOPBACK, port), timeoutMillis);
            return client;
        } catch (IOException failure) {
            client.close();
            throw failure;
        }
    }

    private static void closeAll(List<Socket> clients) throws IOException {
        for (Socket client : clients) {
            client.close();
        }
    }

    @Matrix(Dimension.TRANSPORT)
    void setsSocketOptionsOnEveryConnection(Setup setup) throws Exception {
        try (SecureServerSocket plain = setup.open(options -> {});
                SecureServerSocket tuned = setup.open(options -> options.tcpNoDelay(false)
                        .socketOption(StandardSocketOptions.SO_KEEPALIVE, true)
                        .socketOption(StandardSocketOptions.SO_SNDBUF, 50_000));
                var untouched = ConnectedPair.of(plain, setup.client(plain.port()));
                var set = ConnectedPair.of(tuned, setup.client(tuned.port()))) {
            assertThat(untouched.socket.getOption(StandardSocketOptions.TCP_NODELAY))
                    .isTrue();
            assertThat(untouched.socket.getOption(StandardSocketOptions.SO_KEEPALIVE))
                    .isFalse();
            assertThat(set.socket.getOption(StandardSocketOptions.TCP_NODELAY)).isFalse();
            assertThat(set.socket.getOption(StandardSocketOptions.SO_KEEPALIVE)).isTrue();
            assertThat(set.socket.getOption(StandardSocketOptions.SO_SNDBUF)).isEqualTo(50_000);
        }
    }

    @Matrix(Dimension.TRANSPORT)
    void failsForASocketOptionThatTheTransportDoesNotHave(Setup setup) throws Exception {
        SecurityContext context = setup.context().build();
        SocketOption<Integer> unheardOf = new SocketOption<>() {
            @Override
            public String name() {
                return "SO_UNHEARD_OF";
            }

            @Override
            public Class<Integer> type() {
                return Integer.class;
            }
        };
        assertThatThrownBy(() -> SecureServerSocket.open(
                        "127.0.0.1", 0, context, setup.withTransport(options -> options.socketOption(unheardOf, 1))))
                .isInstanceOf(UnsupportedOperationException.class)
                .hasMessageContaining("SO_UNHEARD_OF");
    }

    @Test
    void turnsAwayWhomTheFilterRefusesBeforeTheySayAnything() throws Exception {
        List<SocketAddress> asked = new ArrayList<>();
        try (SecureServerSocket server = SecureServerSocket.open(
                "127.0.0.1",
                0,
                context(),
                options -> options.acceptFilter(remote -> {
                    asked.add(remote);
                    return asked.size() > 1;
                }))) {
            CompletableFuture<SecureSocket> accepted = server.acceptAsync();
            try (Socket refused = new Socket(LOOPBACK, server.port())) {
                refused.setSoTimeout((int) PATIENCE.toMillis());
                assertThat(refused.getInputStream().read()).isEqualTo(-1);
                assertThat(asked).containsExactly(refused.getLocalSocketAddress());
            }
            assertThat(server.statistics().filtered()).isEqualTo(1);
            JdkTlsClient client = JdkTlsClient.to(server.localAddress()).trustingEverybody();
            try (var connection = client.connect();
                    SecureSocket second = result("the second client", PATIENCE, accepted)) {
                assertThat(second.remoteAddress()).isEqualTo(asked.get(1));
                assertThat(connection.protocol()).isEqualTo("TLSv1.3");
                second.abort();
            }
        }
    }
}
