package dev.sallyport.interop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.HandshakeException;
import dev.sallyport.HandshakeException.Reason;
import dev.sallyport.HandshakeInfo;
import dev.sallyport.SecureServerSocket;
import dev.sallyport.SecurityContext;
import dev.sallyport.matrix.Matrix;
import dev.sallyport.matrix.Matrix.Dimension;
import dev.sallyport.matrix.Setup;
import dev.sallyport.support.EchoServer;
import dev.sallyport.support.WatchedEcho;
import dev.sallyport.testkit.KeyKind;
import dev.sallyport.testkit.OpensslClient;
import dev.sallyport.testkit.OpensslResult;
import dev.sallyport.testkit.Payload;
import dev.sallyport.testkit.RequiresTool;
import dev.sallyport.testkit.TestIdentity;
import dev.sallyport.testkit.TestPki;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;

/** What {@code openssl s_client} and the server agree on. */
@RequiresTool("openssl")
class OpensslInteropTest {
    @Matrix
    void echoesAndEndsInOrder(Setup setup) throws Exception {
        try (WatchedEcho server = WatchedEcho.open(setup, setup.context().build())) {
            OpensslResult result = client(setup, server).sni("localhost").echo("hello from openssl");
            assertThat(result.exitCode()).as(result.toString()).isZero();
            assertThat(result.outputText()).isEqualTo("hello from openssl");
            assertThat(result.protocol()).isEqualTo(setup.version().protocolName());
            assertThat(result.verified()).isTrue();
            HandshakeInfo handshake = server.nextHandshake();
            assertThat(handshake.version()).isEqualTo(setup.version());
            assertThat(handshake.serverName()).isEqualTo("localhost");
            assertThat(handshake.cipherSuite()).startsWith("TLS_").contains("_GCM_");
            assertThat(handshake.resumed()).isFalse();
            assertThat(handshake.peerCertificateChain()).isEmpty();
            assertThat(server.nextEnd()).isEqualTo("in order");
        }
    }

    @Matrix({Dimension.PROVIDER, Dimension.VERSION})
    void hearsOurCloseNotify(Setup setup) throws Exception {
        try (SecureServerSocket server = setup.open(options -> {})) {
            server.serve(socket -> socket.outputStream().write("good bye".getBytes(StandardCharsets.US_ASCII)));
            OpensslResult result = client(setup, server.port()).runToEnd(new byte[0]);
            assertThat(result.outputText()).isEqualTo("good bye");
            assertThat(result.closeNotifyReceived()).as(result.toString()).isTrue();
        }
    }

    @Matrix
    void exchangesAMebibyteBothWays(Setup setup) throws Exception {
        try (EchoServer server = EchoServer.Layer.BLOCKING.start(setup)) {
            Payload payload = Payload.of(7, 1 << 20);
            OpensslResult result = client(setup, server.port()).exchange(payload, payload);
            assertThat(result.exitCode()).as(result.toString()).isZero();
        }
    }

    @Matrix({Dimension.PROVIDER, Dimension.VERSION})
    void trustsAnRsaIdentity(Setup setup) throws Exception {
        try (WatchedEcho server = WatchedEcho.open(
                setup, setup.context(TestPki.server(KeyKind.RSA_2048)).build())) {
            OpensslResult result = client(setup, server).sni("localhost").echo("rsa");
            assertThat(result.outputText()).as(result.toString()).isEqualTo("rsa");
            assertThat(result.verified()).isTrue();
            assertThat(result.peerSubject()).contains("server-RSA_2048");
        }
    }

    @Matrix({Dimension.PROVIDER, Dimension.VERSION})
    void getsTheIdentityItCanUseOfTwo(Setup setup) throws Exception {
        TestIdentity rsa = TestPki.server(KeyKind.RSA_2048);
        SecurityContext both =
                setup.context().identity(rsa.chainFile(), rsa.keyFile()).build();
        try (WatchedEcho server = WatchedEcho.open(setup, both)) {
            OpensslResult onlyEcdsa =
                    client(setup, server).args("-sigalgs", "ECDSA+SHA256").echo("ecdsa");
            assertThat(onlyEcdsa.peerSubject()).as(onlyEcdsa.toString()).contains("server-ECDSA_P256");
            // the authority's own key is ECDSA, so a client that knows RSA only could not verify either
            OpensslResult onlyRsa = client(setup, server)
                    .trustingEverybody()
                    .args("-sigalgs", "rsa_pss_rsae_sha256")
                    .echo("rsa");
            assertThat(onlyRsa.peerSubject()).as(onlyRsa.toString()).contains("server-RSA_2048");
            OpensslResult either = client(setup, server).echo("either");
            assertThat(either.peerSubject()).as(either.toString()).contains("server-ECDSA_P256");
        }
    }

    @Matrix({Dimension.PROVIDER, Dimension.VERSION})
    void agreesOnTheServersFirstProtocol(Setup setup) throws Exception {
        try (WatchedEcho server =
                WatchedEcho.open(setup, setup.context().build(), options -> options.supportedProtocols("h2", "x/1"))) {
            OpensslResult common = client(setup, server).alpn("x/1", "h2").echo("alpn");
            assertThat(common.selectedProtocol()).as(common.toString()).isEqualTo("h2");
            assertThat(server.nextHandshake().selectedProtocol()).isEqualTo("h2");
            OpensslResult none = client(setup, server).alpn("y/1").echo("alpn");
            assertThat(none.outputText()).as(none.toString()).isEqualTo("alpn");
            assertThat(none.selectedProtocol()).isNull();
            assertThat(server.nextHandshake().selectedProtocol()).isNull();
        }
    }

    @Matrix({Dimension.PROVIDER, Dimension.VERSION})
    void getsTheIdentityOfTheNameItAsksFor(Setup setup) throws Exception {
        SecurityContext named = setup.context(TestPki.identity("one.example")).build();
        SecurityContext context =
                setup.context().forServerName("one.example", named).build();
        try (WatchedEcho server = WatchedEcho.open(setup, context)) {
            OpensslResult one = client(setup, server).sni("one.example").echo("sni");
            assertThat(one.verified()).as(one.toString()).isTrue();
            assertThat(one.peerSubject()).contains("one.example");
            OpensslResult other = client(setup, server).sni("localhost").echo("sni");
            assertThat(other.verified()).as(other.toString()).isTrue();
            assertThat(other.peerSubject()).contains("server-ECDSA_P256");
        }
    }

    @Matrix({Dimension.PROVIDER, Dimension.VERSION})
    void showsItsCertificateOnlyWhenAsked(Setup setup) throws Exception {
        for (KeyKind kind : List.of(KeyKind.ECDSA_P256, KeyKind.RSA_2048)) {
            TestIdentity client = TestPki.client(kind);
            SecurityContext context = setup.context()
                    .trustedCertificates(TestPki.ca().chainFile())
                    .build();
            try (WatchedEcho server =
                    WatchedEcho.open(setup, context, options -> options.requireClientCertificate(true))) {
                OpensslResult result = client(setup, server).identity(client).echo("mine");
                assertThat(result.outputText()).as(result.toString()).isEqualTo("mine");
                assertThat(names(server.nextHandshake())).isEqualTo(sentBy(client));
            }
            try (WatchedEcho server = WatchedEcho.open(setup, context)) {
                client(setup, server).identity(client).echo("not asked");
                assertThat(server.nextHandshake().peerCertificateChain()).isEmpty();
            }
        }
    }

    @Matrix({Dimension.PROVIDER, Dimension.VERSION})
    void isRefusedWithoutTheCertificateThatIsRequired(Setup setup) throws Exception {
        SecurityContext context =
                setup.context().trustedCertificates(TestPki.ca().chainFile()).build();
        try (WatchedEcho server = WatchedEcho.open(setup, context, options -> options.requireClientCertificate(true))) {
            OpensslResult result = client(setup, server).runToEnd(new byte[0]);
            assertThat(result.alerts())
                    .as(result.toString())
                    .hasSize(1)
                    .first()
                    .asString()
                    .startsWith("fatal ");
            assertThat(server.nextFailure().reason()).isEqualTo(Reason.PEER_NO_CERTIFICATE);
        }
    }

    @Matrix({Dimension.PROVIDER, Dimension.VERSION})
    void resumesItsSession(Setup setup, @TempDir Path folder) throws Exception {
        Path session = folder.resolve("session.pem");
        try (WatchedEcho server = WatchedEcho.open(setup, setup.context().build())) {
            OpensslResult full = client(setup, server).saveSession(session).echo("full");
            assertThat(full.resumed()).isFalse();
            assertThat(server.nextHandshake().resumed()).isFalse();
            assertThat(session).isNotEmptyFile();
            OpensslResult resumed = client(setup, server).resumeSession(session).echo("again");
            assertThat(resumed.outputText()).as(resumed.toString()).isEqualTo("again");
            assertThat(resumed.resumed()).isTrue();
            assertThat(server.nextHandshake().resumed()).isTrue();
            assertThat(server.statistics().handshakesResumed()).isEqualTo(1);
        }
    }

    @Matrix({Dimension.PROVIDER, Dimension.VERSION})
    void resumesASessionThatHasACertificate(Setup setup, @TempDir Path folder) throws Exception {
        Path session = folder.resolve("session.pem");
        TestIdentity identity = TestPki.client();
        SecurityContext context =
                setup.context().trustedCertificates(TestPki.ca().chainFile()).build();
        try (WatchedEcho server = WatchedEcho.open(setup, context, options -> options.requireClientCertificate(true))) {
            client(setup, server).identity(identity).saveSession(session).echo("full");
            assertThat(server.nextHandshake().resumed()).isFalse();
            OpensslResult result = client(setup, server)
                    .identity(identity)
                    .resumeSession(session)
                    .echo("again");
            assertThat(result.outputText()).as(result.toString()).isEqualTo("again");
            HandshakeInfo resumed = server.nextHandshake();
            assertThat(resumed.resumed()).isTrue();
            assertThat(names(resumed)).isEqualTo(sentBy(identity));
        }
    }

    @Matrix({Dimension.TRANSPORT, Dimension.PROVIDER})
    void isRefusedWithTls11(Setup setup) throws Exception {
        try (WatchedEcho server = WatchedEcho.open(setup, setup.context().build())) {
            OpensslResult result = OpensslClient.to("127.0.0.1", server.port())
                    .protocols("TLSv1.1")
                    .runToEnd(new byte[0]);
            assertThat(result.connected()).as(result.toString()).isFalse();
            assertThat(result.alerts()).containsExactly("fatal protocol_version");
            HandshakeException failure = server.nextFailure();
            assertThat(failure.reason()).isEqualTo(Reason.PEER_NO_COMMON_VERSION);
            assertThat(failure.remoteAddress()).asString().contains("127.0.0.1");
            assertThat(client(setup, server).echo("still serving").outputText()).isEqualTo("still serving");
        }
    }

    private static OpensslClient client(Setup setup, WatchedEcho server) {
        return client(setup, server.port());
    }

    private static OpensslClient client(Setup setup, int port) {
        return OpensslClient.to("127.0.0.1", port).protocols(setup.version().protocolName());
    }

    private static List<String> names(HandshakeInfo handshake) {
        return names(handshake.peerCertificateChain());
    }

    /** OpenSSL completes the chain it sends with the authorities that it trusts itself. */
    private static List<String> sentBy(TestIdentity client) {
        return names(List.of(client.certificate(), TestPki.ca().certificate()));
    }

    private static List<String> names(List<X509Certificate> chain) {
        return chain.stream()
                .map(certificate -> certificate.getSubjectX500Principal().getName())
                .toList();
    }
}
