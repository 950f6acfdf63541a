package dev.sallyport.handshake;

import static dev.sallyport.support.ConnectedPair.assertTalks;
import static dev.sallyport.testkit.Awaiting.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sallyport.SecureServerSocket;
import dev.sallyport.SecurityContext;
import dev.sallyport.TlsProvider;
import dev.sallyport.internal.keys.OpaqueKey;
import dev.sallyport.matrix.Matrix;
import dev.sallyport.matrix.Matrix.Dimension;
import dev.sallyport.matrix.Setup;
import dev.sallyport.support.ConnectedPair;
import dev.sallyport.testkit.Awaiting;
import dev.sallyport.testkit.ClientHelloBytes;
import dev.sallyport.testkit.HostileClient;
import dev.sallyport.testkit.KeyKind;
import dev.sallyport.testkit.TestIdentity;
import dev.sallyport.testkit.TestPki;
import java.security.Security;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPrivateKey;
import java.time.Duration;

/** A handshake whose client takes its time costs nothing meanwhile. */
class WaitingHandshakeTest {
    @Matrix
    void aHandshakeThatWaitsForItsClientKeepsNoThread(Setup setup) throws Exception {
        assumeTrue(Runtime.getRuntime().availableProcessors() > 1, "one processor: the loop does the handshakes");
        try (SecureServerSocket server = setup.open(options -> options.handshakeTimeout(Duration.ofMinutes(5)))) {
            var accepted = server.acceptAsync();
            try (HostileClient client = HostileClient.to("127.0.0.1", server.port())) {
                client.clientHello(ClientHelloBytes.builder().build()).receive(5);
                Awaiting.until(
                        "the workers to end, which do so when idle",
                        PATIENCE,
                        () -> Thread.getAllStackTraces().keySet().stream()
                                .noneMatch(thread -> thread.getName().startsWith("sallyport-handshake-")));
                assertThat(server.statistics().handshakesPending()).isEqualTo(1);
            }
            accepted.cancel(false);
        }
    }

    /** The JDK signs by way of a provider of ours, which knows where it was called. */
    @Matrix(Dimension.TRANSPORT)
    void theCryptographyOfAHandshakeIsNotOnTheLoop(Setup setup) throws Exception {
        assumeTrue(Runtime.getRuntime().availableProcessors() > 1, "one processor: the loop does the handshakes");
        TestIdentity identity = TestPki.server(KeyKind.ECDSA_P256);
        OpaqueKey.Provider provider = new OpaqueKey.Provider();
        Security.addProvider(provider);
        try {
            SecurityContext context = SecurityContext.builder()
                    .identity(
                            new OpaqueKey((ECPrivateKey) identity.privateKey()),
                            identity.chain().toArray(X509Certificate[]::new))
                    .provider(TlsProvider.JDK)
                    .build();
            OpaqueKey.SIGNED_ON.clear(); // key and certificate were tried together
            try (SecureServerSocket server = setup.open(context, options -> {});
                    var pair = ConnectedPair.of(server, setup.client(server.port()))) {
                assertTalks(pair);
            }
            assertThat(OpaqueKey.SIGNED_ON).isNotEmpty().allMatch(thread -> thread.startsWith("sallyport-handshake-"));
        } finally {
            Security.removeProvider(provider.getName());
        }
    }
}
