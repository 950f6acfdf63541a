package dev.sallyport.handshake;

import static dev.sallyport.matrix.Matrix.Dimension.PROVIDER;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.HandshakeException.Reason;
import dev.sallyport.SecurityContext;
import dev.sallyport.TlsVersion;
import dev.sallyport.matrix.Matrix;
import dev.sallyport.matrix.Setup;
import dev.sallyport.support.WatchedServer;
import dev.sallyport.testkit.JdkTlsClient;
import dev.sallyport.testkit.TestPki;
import dev.sallyport.testkit.TlsConnection;

/** Which versions are spoken: 1.2 and 1.3 unless the context says otherwise, the newest that both sides have. */
class MinimumVersionTest {
    @Matrix(PROVIDER)
    void theNewestOfBothIsSpoken(Setup setup) throws Exception {
        try (WatchedServer server = WatchedServer.open(setup)) {
            assertSpoken(server, TlsVersion.TLS_1_3, "TLSv1.2", "TLSv1.3");
            assertSpoken(server, TlsVersion.TLS_1_2, "TLSv1.2");
            assertSpoken(server, TlsVersion.TLS_1_3, "TLSv1.3");
        }
    }

    @Matrix(PROVIDER)
    void aMinimumOf13KeepsOut12(Setup setup) throws Exception {
        SecurityContext context =
                setup.context().minimumTlsVersion(TlsVersion.TLS_1_3).build();
        try (WatchedServer server = WatchedServer.open(setup, context, options -> {})) {
            assertThat(client(server, "TLSv1.2").handshakeFailure()).hasMessageContaining("protocol_version");
            server.failure(Reason.PEER_NO_COMMON_VERSION);
            assertSpoken(server, TlsVersion.TLS_1_3, "TLSv1.2", "TLSv1.3");
        }
    }

    @Matrix(PROVIDER)
    void aMaximumOf12KeepsOut13(Setup setup) throws Exception {
        SecurityContext context =
                setup.context().maximumTlsVersion(TlsVersion.TLS_1_2).build();
        try (WatchedServer server = WatchedServer.open(setup, context, options -> {})) {
            assertThat(client(server, "TLSv1.3").handshakeFailure()).hasMessageContaining("protocol_version");
            server.failure(Reason.PEER_NO_COMMON_VERSION);
            assertSpoken(server, TlsVersion.TLS_1_2, "TLSv1.2", "TLSv1.3");
        }
    }

    @Matrix(PROVIDER)
    void aServerNameMayHaveItsOwn(Setup setup) throws Exception {
        SecurityContext modern = setup.context(TestPki.identity("new.example.com"))
                .minimumTlsVersion(TlsVersion.TLS_1_3)
                .build();
        SecurityContext context =
                setup.context().forServerName("new.example.com", modern).build();
        try (WatchedServer server = WatchedServer.open(setup, context, options -> {})) {
            assertThat(client(server, "TLSv1.2").sni("new.example.com").handshakeFailure())
                    .hasMessageContaining("protocol_version");
            assertThat(server.failure(Reason.PEER_NO_COMMON_VERSION).serverName())
                    .isEqualTo("new.example.com");
            assertSpoken(server, TlsVersion.TLS_1_2, "TLSv1.2");
        }
    }

    private static JdkTlsClient client(WatchedServer server, String... versions) {
        return server.client().protocols(versions);
    }

    private static void assertSpoken(WatchedServer server, TlsVersion version, String... offered) throws Exception {
        try (TlsConnection connection = client(server, offered).connect()) {
            assertThat(connection.protocol()).isEqualTo(version.protocolName());
            assertThat(server.accepted().handshake().version()).isEqualTo(version);
        }
    }
}
