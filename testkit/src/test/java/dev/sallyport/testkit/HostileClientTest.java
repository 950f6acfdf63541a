package dev.sallyport.testkit;

import static dev.sallyport.testkit.Awaiting.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.testkit.HostileClient.Answer;
import dev.sallyport.testkit.HostileClient.End;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HostileClientTest {
    private ServerSocket plain;

    @BeforeEach
    void listen() throws IOException {
        plain = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    }

    @AfterEach
    void close() throws IOException {
        plain.close();
    }

    @Test
    void makesATlsServerAnswerWithAnAlert() throws IOException {
        try (JdkServer server = JdkServer.echo(TestPki.server());
                HostileClient old = HostileClient.to(server.address())
                        .clientHello(
                                ClientHelloBytes.builder().versions("TLSv1.1").build())) {
            Answer answer = old.readAll();
            assertThat(answer.alert()).isEqualTo(new TlsAlert(2, 70));
            assertThat(answer.alert()).extracting(TlsAlert::name).isEqualTo("protocol_version");
        }
    }

    @Test
    void sendsAHelloThatATlsServerGoesOnWith() throws IOException {
        ClientHelloBytes hello =
                ClientHelloBytes.builder().sni("localhost").paddedTo(5000).build();
        try (JdkServer server = JdkServer.echo(TestPki.server());
                HostileClient client = HostileClient.to(server.address()).send(hello.fragmented(100))) {
            assertThat(client.receive(6)).startsWith(22, 3, 3).endsWith(2);
        }
    }

    @Test
    void asksForAPageInPlainHttp() throws IOException {
        try (HostileClient client = HostileClient.to(plain.getLocalSocketAddress());
                Socket accepted = plain.accept()) {
            client.plainHttp().fin();
            assertThat(accepted.getInputStream().readAllBytes())
                    .asString(StandardCharsets.US_ASCII)
                    .startsWith("GET / HTTP/1.1\r\n")
                    .endsWith("\r\n\r\n");
        }
    }

    @Test
    void endsInTheMiddleOfAHello() throws IOException {
        try (HostileClient client = HostileClient.to(plain.getLocalSocketAddress());
                Socket accepted = plain.accept()) {
            client.finAfter(17);
            assertThat(accepted.getInputStream().readAllBytes()).hasSize(17).startsWith(22, 3, 1);
        }
        try (HostileClient client = HostileClient.to(plain.getLocalSocketAddress());
                Socket accepted = plain.accept()) {
            client.resetAfter(17);
            assertThatThrownBy(() -> accepted.getInputStream().readNBytes(18))
                    .isInstanceOf(SocketException.class)
                    .hasMessageContaining("reset");
        }
        try (HostileClient client = HostileClient.to(plain.getLocalSocketAddress());
                Socket accepted = plain.accept()) {
            client.halfClientHello().fin();
            byte[] got = accepted.getInputStream().readAllBytes();
            assertThat(ClientHelloBytes.builder().build().bytes())
                    .startsWith(got)
                    .hasSizeGreaterThan(got.length);
        }
    }

    @Test
    void sendsGarbageThatIsNotTls() throws IOException {
        for (long seed = 0; seed < 300; seed++) {
            assertThat(ClientHelloBytes.garbage(seed, 500)[0]).isNotEqualTo((byte) 22);
        }
        try (HostileClient client = HostileClient.to(plain.getLocalSocketAddress());
                Socket accepted = plain.accept()) {
            client.garbage(1).fin();
            assertThat(accepted.getInputStream().readAllBytes()).isEqualTo(ClientHelloBytes.garbage(1, 500));
        }
    }

    @Test
    void sendsOneByteATime() throws Exception {
        try (HostileClient client = HostileClient.to(plain.getLocalSocketAddress());
                Socket accepted = plain.accept()) {
            CompletableFuture<Integer> sent = client.oneBytePerTick(new byte[] {1, 2, 3}, Duration.ofMillis(20));
            assertThat(Awaiting.result("three bytes", PATIENCE, sent)).isEqualTo(3);
            assertThat(accepted.getInputStream().readNBytes(3)).containsExactly(1, 2, 3);
        }
    }

    @Test
    void noticesThatTheServerHungUp() throws Exception {
        try (HostileClient client = HostileClient.to(plain.getLocalSocketAddress())) {
            Socket accepted = plain.accept();
            accepted.setSoLinger(true, 0);
            accepted.close();
            CompletableFuture<Integer> sent = client.oneBytePerTick(new byte[1000], Duration.ofMillis(5));
            assertThat(Awaiting.result("the client to notice", PATIENCE, sent)).isLessThan(1000);
            assertThat(client.sendFailure()).isInstanceOf(SocketException.class);
        }
    }

    @Test
    void tellsHowTheServerEnded() throws IOException {
        try (HostileClient client =
                HostileClient.to(plain.getLocalSocketAddress()).silent()) {
            try (Socket accepted = plain.accept()) {
                accepted.getOutputStream().write("bye".getBytes(StandardCharsets.US_ASCII));
            }
            Answer answer = client.readAll();
            assertThat(answer.text()).isEqualTo("bye");
            assertThat(answer.end()).isEqualTo(End.FIN);
            assertThat(answer.alert()).isNull();
        }
        try (HostileClient client =
                HostileClient.to(plain.getLocalSocketAddress()).silent()) {
            try (Socket accepted = plain.accept()) {
                accepted.setSoLinger(true, 0);
            }
            assertThat(client.readAll().end()).isEqualTo(End.RESET);
        }
    }

    @Test
    void complainsWhenTheServerDoesNotEnd() throws IOException {
        try (HostileClient client =
                        HostileClient.to(plain.getLocalSocketAddress()).silent();
                Socket accepted = plain.accept()) {
            assertThatThrownBy(() -> client.readAll(Duration.ofMillis(50)))
                    .isInstanceOf(AssertionError.class)
                    .hasMessageContaining("waited 50 ms for the server to end the connection");
            assertThat(accepted.isConnected()).isTrue();
        }
    }
}
