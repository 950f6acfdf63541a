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

/** Handshake records without content (RFC 8446, 5.1: must not be sent), of which no more is waited for than the first. */
class EmptyHandshakeRecordTest {
    private static final byte[] EMPTY = {22, 3, 3, 0, 0};

    @Matrix({TRANSPORT, PROVIDER})
    void isRefusedWhereAKeyIsWaitedFor(Setup setup) throws Exception {
        byte[] hello = ClientHelloBytes.builder().versions("TLSv1.2").build().bytes();
        byte[] partOfAKey = {22, 3, 3, 0, 1, 16};
        try (WatchedServer server = WatchedServer.open(setup)) {
            assertRefused(server, hello, EMPTY);
            assertRefused(server, hello, partOfAKey, EMPTY);
            assertRefused(server, hello, new byte[] {22, 3}, new byte[] {3, 0}, new byte[] {0});
            server.assertServes();
        }
    }

    @Matrix({TRANSPORT, PROVIDER})
    void isRefusedWhereASecondHelloIsWaitedFor(Setup setup) throws Exception {
        byte[] hello = ClientHelloBytes.builder()
                .versions("TLSv1.3")
                .withoutKeyShares()
                .build()
                .bytes();
        try (WatchedServer server = WatchedServer.open(setup)) {
            assertRefused(server, hello, EMPTY);
            assertRefused(server, hello, new byte[] {20, 3, 3, 0, 1, 1}, EMPTY);
            server.assertServes();
        }
    }

    /** The alert is sealed there, as all is that the server says by then. */
    @Matrix({PROVIDER, VERSION})
    void isRefusedWhereFinishedIsWaitedFor(Setup setup) throws Exception {
        byte[] hello = ClientHelloBytes.builder()
                .versions(setup.version().protocolName())
                .build()
                .bytes();
        try (WatchedServer server = WatchedServer.open(setup);
                HostileClient client = server.hostile().send(hello)) {
            client.receive(200);
            client.send(EMPTY);
            client.readAll();
            server.failure(Reason.PEER_MISBEHAVED, client.localAddress(), null);
            server.assertServes();
        }
    }

    private static void assertRefused(WatchedServer server, byte[] hello, byte[]... then) throws Exception {
        try (HostileClient client = server.hostile().send(hello)) {
            client.receive(30);
            for (byte[] piece : then) {
                client.send(piece);
            }
            HostileClient.Answer answer = client.readAll();
            byte[] bytes = answer.bytes();
            assertThat(bytes).as(answer.toString()).endsWith(new byte[] {21, 3, 3, 0, 2, 2, 10});
            server.failure(Reason.PEER_MISBEHAVED, client.localAddress(), null);
        }
    }
}
