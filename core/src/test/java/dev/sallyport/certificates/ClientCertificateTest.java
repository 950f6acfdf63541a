package dev.sallyport.certificates;

import static dev.sallyport.matrix.Matrix.Dimension.PROVIDER;
import static dev.sallyport.matrix.Matrix.Dimension.TRANSPORT;
import static dev.sallyport.matrix.Matrix.Dimension.VERSION;
import static dev.sallyport.testkit.Awaiting.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.sallyport.BindOptions;
import dev.sallyport.HandshakeException.Reason;
import dev.sallyport.SecureSocket;
import dev.sallyport.SecurityContext;
import dev.sallyport.TlsProvider;
import dev.sallyport.matrix.Matrix;
import dev.sallyport.matrix.Setup;
import dev.sallyport.support.WatchedServer;
import dev.sallyport.testkit.AskedAuthorities;
import dev.sallyport.testkit.Awaiting;
import dev.sallyport.testkit.JdkTlsClient;
import dev.sallyport.testkit.KeyKind;
import dev.sallyport.testkit.TestIdentity;
import dev.sallyport.testkit.TestPki;
import dev.sallyport.testkit.TlsConnection;
import java.io.IOException;
import java.util.List;
import java.util.function.Consumer;
import javax.net.ssl.SSLPeerUnverifiedException;

/** Who comes in when clients are asked for certificates, and what is known of them afterwards. */
class ClientCertificateTest {
    private static final Consumer<BindOptions.Builder> REQUEST = options -> options.requestClientCertificate(true);
    private static final Consumer<BindOptions.Builder> REQUIRE = options -> options.requireClientCertificate(true);

    @Matrix({PROVIDER, VERSION})
    void isNotAskedForByDefault(Setup setup) throws Exception {
        try (WatchedServer server = open(setup, options -> {})) {
            assertNone(server, server.client().identity(TestPki.client()));
        }
    }

    @Matrix({PROVIDER, VERSION})
    void mayBeMissingWhenRequested(Setup setup) throws Exception {
        try (WatchedServer server = open(setup, REQUEST)) {
            assertNone(server, server.client());
        }
    }

    @Matrix({TRANSPORT, PROVIDER, VERSION})
    void mayNotBeMissingWhenRequired(Setup setup) throws Exception {
        try (WatchedServer server = open(setup, REQUIRE)) {
            assertThat(server.client().handshakeFailure())
                    .hasMessageMatching("(?i).*(certificate_required|bad_certificate|handshake_failure).*");
            server.failure(Reason.PEER_NO_CERTIFICATE);
            server.assertServes(server.client().identity(TestPki.client()));
        }
    }

    @Matrix({PROVIDER, VERSION})
    void isKnownAfterwardsAndStillAfterClose(Setup setup) throws Exception {
        for (Consumer<BindOptions.Builder> asked : List.of(REQUEST, REQUIRE)) {
            for (KeyKind kind : List.of(KeyKind.ECDSA_P256, KeyKind.RSA_2048)) {
                TestIdentity client = TestPki.client(kind);
                try (WatchedServer server = open(setup, asked)) {
                    assertKnown(server, client);
                }
            }
        }
    }

    @Matrix({PROVIDER, VERSION})
    void comesWithItsChain(Setup setup) throws Exception {
        TestIdentity client = TestPki.clientWithIntermediate();
        assertThat(client.chain()).hasSize(2);
        try (WatchedServer server = open(setup, REQUIRE)) {
            assertKnown(server, client);
        }
    }

    @Matrix({PROVIDER, VERSION})
    void mayComeFromAnyOfSeveralAuthorities(Setup setup) throws Exception {
        SecurityContext context = setup.context()
                .trustedCertificates(
                        TestPki.ca().certificate(), TestPki.otherCa().certificate())
                .build();
        try (WatchedServer server = WatchedServer.open(setup, context, REQUIRE)) {
            assertKnown(server, TestPki.client());
            assertKnown(server, TestPki.clientOfOtherCa());
            assertRefused(server, TestPki.selfSignedClient(), Reason.PEER_UNTRUSTED_CERTIFICATE);
        }
    }

    private static void assertKnown(WatchedServer server, TestIdentity client) throws Exception {
        SecureSocket socket;
        try (TlsConnection connection = server.client().identity(client).connect()) {
            connection.send("x");
            connection.receive(1);
            socket = server.accepted();
        }
        Awaiting.result(
                "the connection's end", PATIENCE, socket.onClosed().handle((nothing, failure) -> "however it ended"));
        assertThat(socket.peerCertificate()).isEqualTo(client.certificate());
        assertThat(socket.peerCertificateChain()).isEqualTo(client.chain());
        assertThat(socket.handshake().peerCertificateChain()).isEqualTo(client.chain());
        assertThat(socket.session().getPeerCertificates())
                .isEqualTo(client.chain().toArray());
        assertThat(socket.session().getPeerPrincipal())
                .isEqualTo(client.certificate().getSubjectX500Principal());
    }

    @Matrix({PROVIDER, VERSION})
    void isRefusedWhenItLeadsToNobodyTrusted(Setup setup) throws Exception {
        for (Consumer<BindOptions.Builder> asked : List.of(REQUEST, REQUIRE)) {
            try (WatchedServer server = open(setup, asked)) {
                assertRefused(server, TestPki.clientOfOtherCa(), Reason.PEER_UNTRUSTED_CERTIFICATE);
                assertRefused(server, TestPki.selfSignedClient(), Reason.PEER_UNTRUSTED_CERTIFICATE);
                server.assertServes(server.client().identity(TestPki.client()));
            }
        }
    }

    @Matrix({PROVIDER, VERSION})
    void isRefusedWhenSomethingIsWrongWithIt(Setup setup) throws Exception {
        for (Consumer<BindOptions.Builder> asked : List.of(REQUEST, REQUIRE)) {
            try (WatchedServer server = open(setup, asked)) {
                assertRefused(server, TestPki.expiredClient(), Reason.PEER_BAD_CERTIFICATE);
                assertRefused(server, TestPki.notYetValidClient(), Reason.PEER_BAD_CERTIFICATE);
                assertRefused(server, TestPki.wrongUsageClient(), Reason.PEER_BAD_CERTIFICATE);
                server.assertServes(server.client().identity(TestPki.client()));
            }
        }
    }

    private static void assertRefused(WatchedServer server, TestIdentity client, Reason reason) throws Exception {
        assertThat(server.client().identity(client).handshakeFailure()).hasMessageContaining("Received fatal alert");
        assertThat(server.failure(reason)).hasMessageContaining("client certificate refused (");
    }

    /** BoringSSL leaves Ed25519 out of what it asks for, so a client that has nothing else sends nothing. */
    @Matrix({PROVIDER, VERSION})
    void ofEd25519IsNotSeenByBoringSsl(Setup setup) throws Exception {
        TestIdentity client = TestPki.client(KeyKind.ED25519);
        if (setup.provider() == TlsProvider.JDK) {
            try (WatchedServer server = open(setup, REQUIRE)) {
                assertKnown(server, client);
            }
            return;
        }
        try (WatchedServer server = open(setup, REQUEST)) {
            assertNone(server, server.client().identity(client));
        }
        try (WatchedServer server = open(setup, REQUIRE)) {
            server.client().identity(client).handshakeFailure();
            server.failure(Reason.PEER_NO_CERTIFICATE);
        }
    }

    @Matrix({PROVIDER, VERSION})
    void isAskedForByTheNamesOfTheAuthorities(Setup setup) throws Exception {
        try (WatchedServer server = open(setup, REQUEST)) {
            assertThat(AskedAuthorities.of(server.address(), setup.version().protocolName()))
                    .containsExactly("ca");
        }
        SecurityContext other = setup.context()
                .trustedCertificates(TestPki.ca().certificate())
                .clientAuthorities(
                        TestPki.otherCa().certificate(), TestPki.server().certificate())
                .build();
        try (WatchedServer server = WatchedServer.open(setup, other, REQUEST)) {
            assertThat(AskedAuthorities.of(server.address(), setup.version().protocolName()))
                    .containsExactly("other-ca", "server-ECDSA_P256");
            assertRefused(server, TestPki.clientOfOtherCa(), Reason.PEER_UNTRUSTED_CERTIFICATE);
        }
    }

    @Matrix(PROVIDER)
    void cannotBeAskedForWithNobodyTrusted(Setup setup) throws Exception {
        for (Consumer<BindOptions.Builder> asked : List.of(REQUEST, REQUIRE)) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> setup.open(asked))
                    .withMessageContaining("trustedCertificates");
        }
    }

    private static WatchedServer open(Setup setup, Consumer<BindOptions.Builder> options) throws IOException {
        SecurityContext context =
                setup.context().trustedCertificates(TestPki.ca().certificate()).build();
        return WatchedServer.open(setup, context, options);
    }

    private static void assertNone(WatchedServer server, JdkTlsClient client) throws Exception {
        try (TlsConnection connection = client.connect()) {
            SecureSocket socket = server.accepted();
            assertThat(socket.peerCertificate()).isNull();
            assertThat(socket.peerCertificateChain()).isEmpty();
            assertThatExceptionOfType(SSLPeerUnverifiedException.class)
                    .isThrownBy(() -> socket.session().getPeerCertificates());
            connection.send("x");
            assertThat(connection.receive(1)).containsExactly('x');
        }
    }
}
