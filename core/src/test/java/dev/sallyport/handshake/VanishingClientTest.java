package dev.sallyport.handshake;

import static dev.sallyport.matrix.Matrix.Dimension.PROVIDER;
import static dev.sallyport.matrix.Matrix.Dimension.TRANSPORT;
import static dev.sallyport.matrix.Matrix.Dimension.VERSION;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.HandshakeException.Reason;
import dev.sallyport.matrix.Matrix;
import dev.sallyport.matrix.Setup;
import dev.sallyport.support.WatchedServer;
import dev.sallyport.testkit.ClientHelloBytes;
import dev.sallyport.testkit.HostileClient;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** Clients that go away, at each step of the handshake, in order and by reset. */
class VanishingClientTest {
    /** One step of a client that has connected. */
    private interface Step {
        void run(HostileClient client) throws Exception;
    }

    @Matrix(TRANSPORT)
    void beforeItHasSentAnything(Setup setup) throws Exception {
        assertGone(setup, HostileClient::fin, null, "the client left without sending anything");
        assertGone(setup, HostileClient::reset, null, "");
    }

    @Matrix(TRANSPORT)
    void afterHalfOfItsHello(Setup setup) throws Exception {
        assertGone(setup, client -> client.finAfter(100), null, "the client left after 100 bytes of its hello");
        assertGone(setup, client -> client.resetAfter(100), null, "");
        assertGone(setup, client -> client.finAfter(3), null, "the client left after 3 bytes of its hello");
    }

    @Matrix({TRANSPORT, PROVIDER, VERSION})
    void afterItsHelloByFin(Setup setup) throws Exception {
        assertGone(setup, client -> client.clientHello(hello(setup)).fin(), "localhost", "");
    }

    /** The reset may overtake the hello: what the client has asked for is then not known. */
    @Matrix({TRANSPORT, PROVIDER, VERSION})
    void afterItsHelloByReset(Setup setup) throws Exception {
        try (WatchedServer server = WatchedServer.open(setup)) {
            for (int round = 0; round < 10; round++) {
                try (HostileClient client = server.hostile()) {
                    client.clientHello(hello(setup)).reset();
                }
                server.failure(Reason.PEER_GONE);
            }
            server.assertServes();
            server.awaitNoConnections();
        }
    }

    @Matrix({TRANSPORT, PROVIDER, VERSION})
    void afterTheServersFlight(Setup setup) throws Exception {
        assertGone(setup, client -> readFlight(client, setup).fin(), "localhost", "");
        assertGone(setup, client -> readFlight(client, setup).reset(), "localhost", "");
    }

    private static HostileClient readFlight(HostileClient client, Setup setup) throws Exception {
        client.clientHello(hello(setup)).receive(200);
        return client;
    }

    private static ClientHelloBytes hello(Setup setup) {
        return ClientHelloBytes.builder()
                .versions(setup.version().protocolName())
                .sni("localhost")
                .build();
    }

    private static void assertGone(Setup setup, Step step, @Nullable String serverName, String message)
            throws Exception {
        try (WatchedServer server = WatchedServer.open(setup)) {
            try (HostileClient client = server.hostile()) {
                InetSocketAddress address = client.localAddress();
                step.run(client);
                assertThat(server.failure(Reason.PEER_GONE, address, serverName))
                        .hasMessageContaining(message);
            }
            server.assertServes();
            server.awaitNoConnections();
        }
    }
}
