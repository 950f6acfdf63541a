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
import dev.sallyport.testkit.OpensslClient;
import dev.sallyport.testkit.OpensslResult;
import dev.sallyport.testkit.RequiresTool;
import dev.sallyport.testkit.TestPki;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** What clients meet with one provider and not with the other: the rows of docs/capabilities.md about them. */
@RequiresTool("openssl")
class ProviderDifferencesTest {
    private static final int FALLBACK_SCSV = 0x5600;
    private static final int INAPPROPRIATE_FALLBACK = 86;

    @TempDir
    Path folder;

    private static OpensslClient client(WatchedServer server, Setup setup) {
        return OpensslClient.to(server.address()).protocols(setup.version().protocolName());
    }

    /** As a group for the key exchange it is not among BoringSSL's defaults, and can be named. */
    @Matrix(PROVIDER)
    void aClientThatHasOnlyP521IsServedByTheJdk(Setup setup) throws Exception {
        try (WatchedServer server = WatchedServer.open(setup)) {
            if (setup.provider() == TlsProvider.JDK) {
                assertThat(client(server, setup)
                                .args("-groups", "P-521")
                                .echo("x")
                                .outputText())
                        .isEqualTo("x");
            } else {
                OpensslResult refused =
                        client(server, setup).args("-groups", "P-521").runToEnd(new byte[0]);
                assertThat(refused.alerts()).containsExactly("fatal handshake_failure");
                server.failure(Reason.PEER_NO_COMMON_CIPHER_SUITE);
            }
        }
    }

    /** BoringSSL signs with such a key, and does not say in TLS 1.3 that it would verify what one signs. */
    @Matrix({PROVIDER, VERSION})
    void aClientCertificateOnP521IsNotSeenByBoringSslInTls13(Setup setup) throws Exception {
        SecurityContext context = setup.context(TestPki.serverOnP521())
                .trustedCertificates(TestPki.ca().certificate())
                .build();
        boolean unseen = setup.provider() == TlsProvider.BORINGSSL && setup.version() == TlsVersion.TLS_1_3;
        try (WatchedServer server =
                WatchedServer.open(setup, context, options -> options.requestClientCertificate(true))) {
            OpensslResult served =
                    client(server, setup).identity(TestPki.clientOnP521()).echo("x");
            assertThat(served.outputText()).isEqualTo("x");
            assertThat(server.accepted().peerCertificate() == null).isEqualTo(unseen);
        }
    }

    @Matrix({PROVIDER, VERSION})
    void whoTakesNoTicketsIsResumedBySessionIdOnTheJdk(Setup setup) throws Exception {
        boolean full = setup.provider() == TlsProvider.BORINGSSL && setup.version() == TlsVersion.TLS_1_2;
        try (WatchedServer server = WatchedServer.open(setup)) {
            Path session = folder.resolve("session");
            client(server, setup).args("-no_ticket").saveSession(session).echo("x");
            OpensslResult again = client(server, setup)
                    .args("-no_ticket")
                    .resumeSession(session)
                    .echo("x");
            assertThat(again.resumed()).isEqualTo(!full);
        }
    }

    @Matrix(PROVIDER)
    void aFallBackToAnOlderVersionIsRefusedByBoringSsl(Setup setup) throws Exception {
        ClientHelloBytes hello = ClientHelloBytes.builder()
                .versions("TLSv1.2")
                .cipherSuites(0xc02b, 0xc02f, FALLBACK_SCSV)
                .build();
        try (WatchedServer server = WatchedServer.open(setup);
                HostileClient client = server.hostile().clientHello(hello)) {
            byte[] record = client.receive(7);
            if (setup.provider() == TlsProvider.BORINGSSL) {
                assertThat(record[6]).isEqualTo((byte) INAPPROPRIATE_FALLBACK);
                server.failure(Reason.PEER_NO_COMMON_VERSION);
            } else {
                assertThat(record[0]).as("a ServerHello's record").isEqualTo((byte) 22);
                client.reset();
                server.failure(Reason.PEER_GONE);
            }
        }
    }
}
