package dev.sallyport.handshake;

import static dev.sallyport.matrix.Matrix.Dimension.PROVIDER;
import static dev.sallyport.matrix.Matrix.Dimension.VERSION;
import static dev.sallyport.testkit.Awaiting.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.HandshakeInfo;
import dev.sallyport.SecureSocket;
import dev.sallyport.TlsProvider;
import dev.sallyport.matrix.Matrix;
import dev.sallyport.matrix.Setup;
import dev.sallyport.support.NettyTlsClient;
import dev.sallyport.support.WatchedServer;
import dev.sallyport.testkit.Awaiting;
import dev.sallyport.testkit.JdkTlsClient;
import dev.sallyport.testkit.OpensslClient;
import dev.sallyport.testkit.RequiresTool;
import dev.sallyport.testkit.TlsConnection;
import java.time.Duration;
import javax.net.ssl.SSLSession;

/** What is told of a finished handshake. */
class HandshakeInfoTest {
    @Matrix({PROVIDER, VERSION})
    void tellsWhatTheClientHasAgreedTo(Setup setup) throws Exception {
        try (WatchedServer server = WatchedServer.open(setup, options -> options.supportedProtocols("h2"))) {
            SecureSocket socket;
            try (TlsConnection connection =
                    server.client().sni("localhost").alpn("h2").connect()) {
                socket = server.accepted();
                HandshakeInfo info = socket.handshake();
                assertThat(info.version()).isEqualTo(setup.version());
                assertThat(info.cipherSuite()).isEqualTo(connection.session().getCipherSuite());
                assertThat(info.selectedProtocol()).isEqualTo("h2");
                assertThat(info.serverName()).isEqualTo("localhost");
                assertThat(info.resumed()).isFalse();
                assertThat(info.peerCertificateChain()).isEmpty();
                assertThat(info.duration()).isPositive().isLessThan(Duration.ofSeconds(10));
                SSLSession session = socket.session();
                assertThat(session.getProtocol()).isEqualTo(setup.version().protocolName());
                assertThat(session.getCipherSuite()).isEqualTo(info.cipherSuite());
                assertThat(socket.remoteAddress()).isEqualTo(connection.socket().getLocalSocketAddress());
            }
            HandshakeInfo open = socket.handshake();
            Awaiting.result(
                    "the connection's end",
                    PATIENCE,
                    socket.onClosed().handle((nothing, failure) -> "however it ended"));
            assertThat(socket.handshake()).isEqualTo(open);
        }
    }

    @Matrix(PROVIDER)
    void keepsWhatAnApplicationPutsIntoTheSession(Setup setup) throws Exception {
        try (WatchedServer server = WatchedServer.open(setup);
                TlsConnection connection = server.client().connect()) {
            SSLSession session = server.accepted().session();
            assertThat(session.getValue("user")).isNull();
            assertThat(session.getValueNames()).isEmpty();
            session.removeValue("user");
            session.putValue("user", "alice");
            session.putValue("tenant", 7);
            assertThat(session.getValue("user")).isEqualTo("alice");
            assertThat(session.getValueNames()).containsExactlyInAnyOrder("user", "tenant");
            session.removeValue("user");
            assertThat(session.getValue("user")).isNull();
            assertThat(session.getValueNames()).containsExactly("tenant");
            assertThat(connection.session().isValid()).isTrue();
        }
    }

    /** The JDK does not tell a group. */
    @Matrix(PROVIDER)
    @RequiresTool("openssl")
    void tellsTheGroupWhereTheProviderKnows(Setup setup) throws Exception {
        try (WatchedServer server = WatchedServer.open(setup)) {
            for (String[] names : new String[][] {{"X25519", "x25519"}, {"P-256", "secp256r1"}}) {
                OpensslClient.to(server.address()).args("-groups", names[0]).echo("x");
                String group = server.accepted().handshake().namedGroup();
                if (setup.provider() == TlsProvider.BORINGSSL) {
                    assertThat(group).isEqualTo(names[1]);
                } else {
                    assertThat(group).isNull();
                }
            }
        }
    }

    @Matrix(PROVIDER)
    void agreesOnThePostQuantumGroupWithAClientThatHasIt(Setup setup) throws Exception {
        String expected = setup.provider() == TlsProvider.BORINGSSL ? "X25519MLKEM768" : null;
        try (WatchedServer server = WatchedServer.open(setup)) {
            NettyTlsClient.handshake(server.address(), "X25519MLKEM768", "X25519");
            assertThat(server.accepted().handshake().namedGroup()).isEqualTo(expected);
        }
    }

    @Matrix({PROVIDER, VERSION})
    void tellsWhenASessionWasResumed(Setup setup) throws Exception {
        try (WatchedServer server = WatchedServer.open(setup)) {
            JdkTlsClient client = server.client().sni("localhost");
            for (boolean resumed : new boolean[] {false, true}) {
                server.assertServes(client);
                SecureSocket socket = server.accepted();
                assertThat(socket.resumed()).isEqualTo(resumed);
                assertThat(socket.handshake().resumed()).isEqualTo(resumed);
                assertThat(socket.handshake().serverName()).isEqualTo("localhost");
            }
            assertThat(server.statistics().handshakesCompleted()).isEqualTo(2);
            assertThat(server.statistics().handshakesResumed()).isEqualTo(1);
        }
    }
}
