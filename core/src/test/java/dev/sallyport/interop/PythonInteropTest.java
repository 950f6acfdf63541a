package dev.sallyport.interop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.HandshakeException.Reason;
import dev.sallyport.HandshakeInfo;
import dev.sallyport.SecureServerSocket;
import dev.sallyport.SecurityContext;
import dev.sallyport.matrix.Matrix;
import dev.sallyport.matrix.Matrix.Dimension;
import dev.sallyport.matrix.Setup;
import dev.sallyport.support.WatchedEcho;
import dev.sallyport.testkit.KeyKind;
import dev.sallyport.testkit.Payload;
import dev.sallyport.testkit.PythonClient;
import dev.sallyport.testkit.RequiresTool;
import dev.sallyport.testkit.TestPki;
import org.junit.jupiter.api.Tag;

/** Python's {@code ssl}, which is strict about how a connection ends. */
@RequiresTool("python3")
@Tag("slow")
class PythonInteropTest {
    @Matrix
    void echoesAndEndsInOrder(Setup setup) throws Exception {
        try (WatchedEcho server = WatchedEcho.open(setup, setup.context().build())) {
            PythonClient.Result result = client(setup, server).sni("localhost").echo("hello from python");
            assertThat(result.outputText()).as(result.toString()).isEqualTo("hello from python");
            assertThat(result.protocol()).isEqualTo(setup.version().protocolName());
            assertThat(result.end()).isEqualTo("close_notify");
            assertThat(server.nextHandshake().serverName()).isEqualTo("localhost");
            assertThat(server.nextEnd()).isEqualTo("in order");
        }
    }

    @Matrix({Dimension.PROVIDER, Dimension.VERSION})
    void exchangesAMebibyteBothWays(Setup setup) throws Exception {
        try (WatchedEcho server = WatchedEcho.open(setup, setup.context().build())) {
            Payload payload = Payload.of(11, 1 << 20);
            PythonClient.Result result = client(setup, server).exchange(payload, payload);
            assertThat(result.exitCode()).as(result.toString()).isZero();
        }
    }

    @Matrix({Dimension.PROVIDER, Dimension.VERSION})
    void readsToOurCloseNotify(Setup setup) throws Exception {
        try (SecureServerSocket server = setup.open(options -> {})) {
            server.serve(socket -> Payload.of(3, 100_000).writeTo(socket.outputStream()));
            PythonClient.Result result = PythonClient.to("127.0.0.1", server.port())
                    .protocols(setup.version().protocolName())
                    .runToEnd(new byte[0]);
            assertThat(result.end()).as(result.toString()).isEqualTo("close_notify");
            assertThat(result.output()).isEqualTo(Payload.of(3, 100_000).bytes());
        }
    }

    @Matrix({Dimension.PROVIDER, Dimension.VERSION})
    void agreesOnAProtocolAndShowsItsCertificate(Setup setup) throws Exception {
        SecurityContext context = setup.context(TestPki.server(KeyKind.RSA_2048))
                .trustedCertificates(TestPki.ca().chainFile())
                .build();
        try (WatchedEcho server = WatchedEcho.open(
                setup,
                context,
                options -> options.requireClientCertificate(true).supportedProtocols("imap", "pop3"))) {
            PythonClient.Result result = client(setup, server)
                    .identity(TestPki.client())
                    .alpn("pop3", "imap")
                    .echo("mail");
            assertThat(result.outputText()).as(result.toString()).isEqualTo("mail");
            assertThat(result.selectedProtocol()).isEqualTo("imap");
            HandshakeInfo handshake = server.nextHandshake();
            assertThat(handshake.selectedProtocol()).isEqualTo("imap");
            assertThat(handshake.peerCertificateChain())
                    .first()
                    .isEqualTo(TestPki.client().certificate());
            PythonClient.Result refused = client(setup, server).runToEnd(new byte[0]);
            assertThat(refused.exitCode()).as(refused.toString()).isNotZero();
            assertThat(server.nextFailure().reason()).isEqualTo(Reason.PEER_NO_CERTIFICATE);
        }
    }

    private static PythonClient client(Setup setup, WatchedEcho server) {
        return PythonClient.to("127.0.0.1", server.port())
                .protocols(setup.version().protocolName());
    }
}
