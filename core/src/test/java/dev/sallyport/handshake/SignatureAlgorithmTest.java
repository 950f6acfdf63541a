package dev.sallyport.handshake;

import static dev.sallyport.matrix.Matrix.Dimension.PROVIDER;
import static dev.sallyport.matrix.Matrix.Dimension.VERSION;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.HandshakeException.Reason;
import dev.sallyport.SecurityContext;
import dev.sallyport.TlsProvider;
import dev.sallyport.TlsVersion;
import dev.sallyport.matrix.Matrix;
import dev.sallyport.matrix.Setup;
import dev.sallyport.support.WatchedServer;
import dev.sallyport.testkit.ClientHelloBytes;
import dev.sallyport.testkit.HostileClient;
import dev.sallyport.testkit.KeyKind;
import dev.sallyport.testkit.OpensslClient;
import dev.sallyport.testkit.OpensslResult;
import dev.sallyport.testkit.RequiresTool;
import dev.sallyport.testkit.TestIdentity;
import dev.sallyport.testkit.TestPki;
import dev.sallyport.testkit.TlsBytes;
import java.io.IOException;
import java.util.Map;

/** The certificate that a client is shown is one whose signatures it says it can verify (RFC 8446 section 4.4.2.2). */
@RequiresTool("openssl")
class SignatureAlgorithmTest {
    private static final TestIdentity P256 = TestPki.server(KeyKind.ECDSA_P256);
    private static final TestIdentity RSA = TestPki.server(KeyKind.RSA_2048);
    private static final int SIGNATURE_ALGORITHMS_CERT = 50;

    /** In TLS 1.2 the name is of the hash alone, which BoringSSL goes by, and the JDK does not. */
    @Matrix({PROVIDER, VERSION})
    void whoCanVerifyNoneIsRefusedWithAHandshakeFailure(Setup setup) throws Exception {
        try (WatchedServer server =
                WatchedServer.open(setup, setup.context(P256).build(), options -> {})) {
            boolean served = setup.provider() == TlsProvider.BORINGSSL && setup.version() == TlsVersion.TLS_1_2;
            OpensslClient client = client(setup, server, "ECDSA+SHA384");
            if (served) {
                assertThat(client.echo("hello").outputText()).isEqualTo("hello");
            } else {
                assertThat(client.runToEnd(new byte[0]).alerts()).containsExactly("fatal handshake_failure");
                server.failure(Reason.PEER_NO_COMMON_CIPHER_SUITE);
            }
            assertThat(client(setup, server, "ECDSA+SHA256").echo("hello").outputText())
                    .isEqualTo("hello");
        }
    }

    @Matrix({PROVIDER, VERSION})
    void ofTwoTheOneIsShownThatTheClientCanVerify(Setup setup) throws Exception {
        SecurityContext both =
                setup.context(P256).identity(RSA.chainFile(), RSA.keyFile()).build();
        try (WatchedServer server = WatchedServer.open(setup, both, options -> {})) {
            assertThat(shown(setup, server, "RSA-PSS+SHA256")).contains(RSA.name());
            boolean hashAlone = setup.provider() == TlsProvider.BORINGSSL && setup.version() == TlsVersion.TLS_1_2;
            assertThat(shown(setup, server, "ECDSA+SHA384:RSA-PSS+SHA384")).contains((hashAlone ? P256 : RSA).name());
            for (String algorithms : new String[] {"ECDSA+SHA256", "ECDSA+SHA256:RSA-PSS+SHA256"}) {
                assertThat(shown(setup, server, algorithms)).contains(P256.name());
            }
        }
    }

    private static String shown(Setup setup, WatchedServer server, String algorithms) throws IOException {
        OpensslResult result = client(setup, server, algorithms).echo("x");
        assertThat(result.outputText()).as(algorithms).isEqualTo("x");
        return String.valueOf(result.peerSubject());
    }

    @Matrix({PROVIDER, VERSION})
    void eachKindOfKeyIsShownToWhoCanVerifyIt(Setup setup) throws Exception {
        Map<KeyKind, String> algorithms = Map.of(
                KeyKind.ECDSA_P256, "ECDSA+SHA256",
                KeyKind.ECDSA_P384, "ECDSA+SHA384",
                KeyKind.RSA_2048, "RSA-PSS+SHA512",
                KeyKind.ED25519, "ed25519");
        for (Map.Entry<KeyKind, String> each : algorithms.entrySet()) {
            TestIdentity identity = TestPki.server(each.getKey());
            try (WatchedServer server =
                    WatchedServer.open(setup, setup.context(identity).build(), options -> {})) {
                assertThat(shown(setup, server, each.getValue())).contains(identity.name());
            }
        }
    }

    /** What it can verify in certificates is another matter (RFC 8446 section 4.2.3). */
    @Matrix(PROVIDER)
    void whatAClientTakesInCertificatesDoesNotDecide(Setup setup) throws Exception {
        TlsBytes list = new TlsBytes();
        list.vector16(new byte[] {5, 3, 4, 1}); // P-384 with SHA-384, RSA with SHA-256
        ClientHelloBytes hello = ClientHelloBytes.builder()
                .versions("TLSv1.2")
                .extension(SIGNATURE_ALGORITHMS_CERT, list.toByteArray())
                .build();
        try (WatchedServer server =
                        WatchedServer.open(setup, setup.context(P256).build(), options -> {});
                HostileClient client = server.hostile().clientHello(hello)) {
            byte[] record = client.receive(6);
            assertThat(record[0]).as("a handshake record").isEqualTo((byte) 22);
            assertThat(record[5]).as("ServerHello").isEqualTo((byte) 2);
            client.reset();
            server.failure(Reason.PEER_GONE);
        }
    }

    private static OpensslClient client(Setup setup, WatchedServer server, String algorithms) {
        return OpensslClient.to(server.address())
                .protocols(setup.version().protocolName())
                .args("-sigalgs", algorithms);
    }
}
