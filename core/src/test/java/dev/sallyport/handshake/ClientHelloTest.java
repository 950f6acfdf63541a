package dev.sallyport.handshake;

import static dev.sallyport.matrix.Matrix.Dimension.PROVIDER;
import static dev.sallyport.matrix.Matrix.Dimension.TRANSPORT;
import static dev.sallyport.matrix.Matrix.Dimension.VERSION;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.sallyport.ClientHello;
import dev.sallyport.HandshakeException.Reason;
import dev.sallyport.matrix.Matrix;
import dev.sallyport.matrix.Setup;
import dev.sallyport.support.WatchedServer;
import dev.sallyport.testkit.ClientHelloBytes;
import dev.sallyport.testkit.HostileClient;
import dev.sallyport.testkit.TlsAlert;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.Objects;
import org.junit.jupiter.api.Test;

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

    /** 16,384 bytes without the header of the message, however many records they are in. */
    @Matrix({TRANSPORT, PROVIDER, VERSION})
    void upTo16KibIsServedInRecordsOfAnySize(Setup setup) throws Exception {
        int largest = 4 + 16 * 1024;
        byte[][] hellos = {
            hello(setup, 16_380).bytes(),
            hello(setup, largest).bytes(),
            hello(setup, 12_000).fragmented(10),
            hello(setup, 16_200).fragmented(100),
            hello(setup, largest).fragmented(1), // 98,328 bytes with the headers
            hello(setup, largest).fragmented(16_383)
        };
        try (WatchedServer server = WatchedServer.open(setup)) {
            for (byte[] hello : hellos) {
                assertAnswered(server, hello);
            }
            server.assertServes();
        }
    }

    @Matrix({TRANSPORT, PROVIDER})
    void moreThan16KibIsRefusedWithAnAlert(Setup setup) throws Exception {
        byte[][] tooLarge = {
            hello(setup, 4 + 16 * 1024 + 1).bytes(),
            hello(setup, 17 * 1024).bytes(),
            hello(setup, 60_000).bytes(),
            hello(setup, 17 * 1024).fragmented(1)
        };
        try (WatchedServer server = WatchedServer.open(setup)) {
            for (byte[] bytes : tooLarge) {
                try (HostileClient client = server.hostile().send(bytes)) {
                    HostileClient.Answer answer = client.readAll();
                    TlsAlert alert = Objects.requireNonNull(answer.alert(), () -> "no alert in " + answer);
                    assertThat(alert.fatal()).isTrue();
                    assertThat(alert.name()).isEqualTo("illegal_parameter");
                    server.failure(Reason.PEER_MISBEHAVED, client.localAddress(), null);
                }
            }
            server.assertServes();
        }
    }

    @Test
    void canBeMadeFromAMessage() {
        InetSocketAddress from = InetSocketAddress.createUnresolved("client", 1);
        byte[] message = ClientHelloBytes.builder()
                .sni("www.example.com")
                .alpn("h2", "http/1.1")
                .build()
                .message();
        ClientHello hello = ClientHello.of(message, from);
        message[0] = 2; // it was copied
        assertThat(hello.serverName()).isEqualTo("www.example.com");
        assertThat(hello.protocols()).containsExactly("h2", "http/1.1");
        assertThat(hello.versions()).containsExactly(0x0303, 0x0304);
        assertThat(hello.cipherSuites()).startsWith(0x1301, 0x1302);
        assertThat(hello.remoteAddress()).isEqualTo(from);
        assertThat(hello).asString().contains("www.example.com").contains("client");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ClientHello.of(message, from))
                .withMessageStartingWith("message: ");
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
