package dev.sallyport;

import static dev.sallyport.matrix.Matrix.Dimension.PROVIDER;
import static dev.sallyport.matrix.Matrix.Dimension.TRANSPORT;
import static dev.sallyport.matrix.Matrix.Dimension.VERSION;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.HandshakeException.Reason;
import dev.sallyport.matrix.Matrix;
import dev.sallyport.matrix.Setup;
import dev.sallyport.testkit.ClientHelloBytes;
import dev.sallyport.testkit.HostileClient;
import dev.sallyport.testkit.TlsAlert;
import java.util.Arrays;
import java.util.Objects;

/** Hellos of unusual shape: in many records, in many segments, large, too large. */
class ClientHelloTest {
    private static final int HANDSHAKE_RECORD = 22;
    private static final int SERVER_HELLO = 2;

    @Matrix({TRANSPORT, PROVIDER, VERSION})
    void spreadOverManyRecordsIsAnswered(Setup setup) throws Exception {
        ClientHelloBytes hello = hello(setup, 0);
        try (WatchedServer server = WatchedServer.open(setup)) {
            for (int recordBytes : new int[] {1, 3, 64}) {
                assertAnswered(server, hello.fragmented(recordBytes));
            }
        }
    }

    @Matrix({TRANSPORT, PROVIDER})
    void spreadOverManySegmentsIsAnswered(Setup setup) throws Exception {
        byte[] hello = hello(setup, 0).fragmented(100);
        try (WatchedServer server = WatchedServer.open(setup);
                HostileClient client = server.hostile()) {
            for (byte each : hello) {
                client.send(new byte[] {each});
            }
            assertServerHello(client);
            client.reset();
            server.failure(Reason.PEER_GONE);
        }
    }

    @Matrix({TRANSPORT, PROVIDER})
    void upTo16KibIsAnswered(Setup setup) throws Exception {
        byte[] hello = hello(setup, 16 * 1024 - 5).bytes();
        try (WatchedServer server = WatchedServer.open(setup)) {
            assertThat(hello).hasSize(16 * 1024);
            assertAnswered(server, hello);
        }
    }

    @Matrix({TRANSPORT, PROVIDER})
    void moreThan16KibIsRefusedWithAnAlert(Setup setup) throws Exception {
        byte[][] tooLarge = {
            hello(setup, 16 * 1024 - 4).bytes(),
            hello(setup, 17 * 1024).bytes(),
            hello(setup, 60_000).bytes(),
            hello(setup, 5_000).fragmented(1) // 5,000 bytes in 30,000 of records
        };
        try (WatchedServer server = WatchedServer.open(setup)) {
            for (byte[] bytes : tooLarge) {
                try (HostileClient client = server.hostile().send(bytes)) {
                    HostileClient.Answer answer = client.readAll();
                    TlsAlert alert = Objects.requireNonNull(answer.alert(), () -> "no alert in " + answer);
                    assertThat(alert.fatal()).isTrue();
                    server.failure(Reason.PEER_MISBEHAVED, client.localAddress(), null);
                }
            }
            server.assertServes();
        }
    }

    private static ClientHelloBytes hello(Setup setup, int paddedTo) {
        var builder = ClientHelloBytes.builder()
                .versions(setup.version().protocolName())
                .sni("localhost");
        return paddedTo == 0 ? builder.build() : builder.paddedTo(paddedTo).build();
    }

    private static void assertAnswered(WatchedServer server, byte[] hello) throws Exception {
        try (HostileClient client = server.hostile().send(hello)) {
            assertServerHello(client);
            client.reset();
            server.failure(Reason.PEER_GONE);
        }
    }

    private static void assertServerHello(HostileClient client) throws Exception {
        byte[] start = client.receive(6);
        assertThat(start[0]).as(Arrays.toString(start)).isEqualTo((byte) HANDSHAKE_RECORD);
        assertThat(start[5]).isEqualTo((byte) SERVER_HELLO);
    }
}
