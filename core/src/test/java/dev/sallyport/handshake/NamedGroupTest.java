package dev.sallyport.handshake;

import static dev.sallyport.support.ConnectedPair.assertTalks;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.HandshakeException.Reason;
import dev.sallyport.SecureServerSocket;
import dev.sallyport.SecurityContext;
import dev.sallyport.TlsProvider;
import dev.sallyport.TlsVersion;
import dev.sallyport.matrix.Matrix;
import dev.sallyport.matrix.Matrix.Dimension;
import dev.sallyport.matrix.Setup;
import dev.sallyport.support.ConnectedPair;
import dev.sallyport.support.WatchedServer;
import dev.sallyport.testkit.JdkTlsClient;
import dev.sallyport.testkit.OpensslClient;
import dev.sallyport.testkit.OpensslResult;
import dev.sallyport.testkit.RequiresTool;
import java.util.List;

/** The key exchange group is told by IANA's name, as it is set, and only where there was a key exchange. */
class NamedGroupTest {
    @Matrix(Dimension.VERSION)
    void hasTheNameThatItIsSetBy(Setup setup) throws Exception {
        for (String group : List.of("x25519", "secp256r1", "secp384r1", "secp521r1")) {
            SecurityContext context = setup.context().namedGroups(group).build();
            try (SecureServerSocket server = setup.open(context, options -> {});
                    var pair = ConnectedPair.of(server, setup.client(server.port()))) {
                assertThat(pair.socket.handshake().namedGroup()).isEqualTo(group);
            }
        }
    }

    @Matrix({Dimension.PROVIDER, Dimension.VERSION})
    void isNullWhereNobodyCanTellOrAResumptionHadNone(Setup setup) throws Exception {
        try (SecureServerSocket server = setup.open(options -> {})) {
            JdkTlsClient client = setup.client(server.port());
            try (var first = ConnectedPair.of(server, client)) {
                assertTalks(first);
                assertThat(first.socket.resumed()).isFalse();
                assertThat(first.socket.handshake().namedGroup())
                        .isEqualTo(setup.provider() == TlsProvider.JDK ? null : "x25519");
            }
            try (var second = ConnectedPair.of(server, client)) {
                assertThat(second.socket.resumed()).isTrue();
                boolean exchanged = setup.provider() == TlsProvider.BORINGSSL && setup.version() == TlsVersion.TLS_1_3;
                assertThat(second.socket.handshake().namedGroup()).isEqualTo(exchanged ? "x25519" : null);
            }
        }
    }

    /** The JDK has them (RFC 7919), and fails with one secret in some 256. */
    @Matrix(Dimension.PROVIDER)
    @RequiresTool("openssl")
    void groupsOverFiniteFieldsAreTakenByNobody(Setup setup) throws Exception {
        try (WatchedServer server = WatchedServer.open(setup)) {
            OpensslResult refused = client(server, setup, "ffdhe2048").runToEnd(new byte[0]);
            assertThat(refused.alerts()).hasSize(1).first().asString().startsWith("fatal ");
            server.failure(Reason.PEER_NO_COMMON_CIPHER_SUITE);
            assertThat(client(server, setup, "ffdhe2048:X25519").echo("x").outputText())
                    .isEqualTo("x");
        }
    }

    private static OpensslClient client(WatchedServer server, Setup setup, String groups) {
        return OpensslClient.to(server.address())
                .protocols(setup.version().protocolName())
                .args("-groups", groups);
    }
}
