package dev.sallyport.handshake;

import static dev.sallyport.matrix.Matrix.Dimension.PROVIDER;
import static dev.sallyport.matrix.Matrix.Dimension.VERSION;
import static dev.sallyport.testkit.Awaiting.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.BindOptions;
import dev.sallyport.HandshakeException.Reason;
import dev.sallyport.SecureServerSocket;
import dev.sallyport.SecureSocket;
import dev.sallyport.SecurityContext;
import dev.sallyport.TlsProvider;
import dev.sallyport.matrix.Matrix;
import dev.sallyport.matrix.Setup;
import dev.sallyport.testkit.Awaiting;
import dev.sallyport.testkit.OpensslClient;
import dev.sallyport.testkit.OpensslResult;
import dev.sallyport.testkit.RequiresTool;
import dev.sallyport.testkit.TestPki;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.junit.jupiter.api.io.TempDir;

/** A session is resumed under the policy by which its client was let in, and under no other. */
@RequiresTool("openssl")
class TrustPolicyTest {
    private static final Consumer<BindOptions.Builder> SHARED = options -> options.shared(true);
    private static final Consumer<BindOptions.Builder> STRICT =
            SHARED.andThen(options -> options.requireClientCertificate(true));

    @TempDir
    Path folder;

    @Matrix({PROVIDER, VERSION})
    void aTicketOfALaxHandleDoesNotOpenAStrictOne(Setup setup) throws Exception {
        Path session = folder.resolve("session.pem");
        SecureServerSocket lax = open(setup, 0, context(setup), SHARED);
        serve(lax);
        assertThat(client(setup, lax.port()).saveSession(session).echo("ticket").resumed())
                .isFalse();
        assertThat(client(setup, lax.port())
                        .resumeSession(session)
                        .echo("again")
                        .resumed())
                .isTrue();

        try (SecureServerSocket strict = open(setup, lax.port(), context(setup), STRICT)) {
            serve(strict);
            lax.close();
            OpensslResult refused =
                    client(setup, strict.port()).resumeSession(session).runToEnd(new byte[1]);
            assertThat(refused.output()).isEmpty();
            assertThat(refused.exitCode()).isNotZero();
            awaitRefusal(strict, Reason.PEER_NO_CERTIFICATE);
            assertThat(strict.statistics().handshakesCompleted()).isZero();

            OpensslResult full = client(setup, strict.port())
                    .identity(TestPki.client())
                    .resumeSession(session)
                    .echo("hello");
            assertThat(full.outputText()).isEqualTo("hello");
            assertThat(full.resumed()).isFalse();
        }
    }

    @Matrix({PROVIDER, VERSION})
    void aTicketOfAHandleThatTrustsOthersDoesNotOpenIt(Setup setup) throws Exception {
        Path session = folder.resolve("session.pem");
        SecurityContext others = setup.context()
                .trustedCertificates(TestPki.otherCa().certificate())
                .build();
        SecureServerSocket first = open(setup, 0, others, STRICT);
        serve(first);
        client(setup, first.port())
                .identity(TestPki.clientOfOtherCa())
                .saveSession(session)
                .echo("ticket");
        try (SecureServerSocket second = open(setup, first.port(), context(setup), STRICT)) {
            serve(second);
            first.close();
            OpensslResult refused = client(setup, second.port())
                    .identity(TestPki.clientOfOtherCa())
                    .resumeSession(session)
                    .runToEnd(new byte[1]);
            assertThat(refused.output()).isEmpty();
            awaitRefusal(second, Reason.PEER_UNTRUSTED_CERTIFICATE);
            assertThat(second.statistics().handshakesCompleted()).isZero();
        }
    }

    @Matrix({PROVIDER, VERSION})
    void aTicketOfANameThatTrustsOthersDoesNotOpenAnother(Setup setup) throws Exception {
        Path session = folder.resolve("session.pem");
        SecurityContext others = setup.context(TestPki.identity("others.example"))
                .trustedCertificates(TestPki.otherCa().certificate())
                .build();
        SecurityContext both = setup.context()
                .trustedCertificates(TestPki.ca().certificate())
                .forServerName("others.example", others)
                .build();
        try (SecureServerSocket server = open(setup, 0, both, STRICT)) {
            serve(server);
            OpensslClient client = client(setup, server.port()).identity(TestPki.clientOfOtherCa());
            client.sni("others.example").saveSession(session).echo("ticket");
            assertThat(client(setup, server.port())
                            .sni("others.example")
                            .resumeSession(session)
                            .echo("again")
                            .resumed())
                    .isTrue();
            OpensslResult refused = client(setup, server.port())
                    .identity(TestPki.clientOfOtherCa())
                    .sni("localhost")
                    .resumeSession(session)
                    .runToEnd(new byte[1]);
            assertThat(refused.output()).isEmpty();
            awaitRefusal(server, Reason.PEER_UNTRUSTED_CERTIFICATE);
        }
    }

    /** With BoringSSL also at another handle of the address, and with another certificate; the JDK's keys cannot be shared. */
    @Matrix({PROVIDER, VERSION})
    void aTicketOpensAHandleOfTheSamePolicyAndBringsTheClientsCertificate(Setup setup) throws Exception {
        Path session = folder.resolve("session.pem");
        SecureServerSocket first = open(setup, 0, context(setup), STRICT);
        serve(first);
        client(setup, first.port())
                .identity(TestPki.client())
                .saveSession(session)
                .echo("ticket");
        SecurityContext renewed = setup.context(TestPki.identity("localhost", "127.0.0.1"))
                .trustedCertificates(TestPki.ca().certificate())
                .build();
        try (SecureServerSocket second = open(setup, first.port(), renewed, STRICT)) {
            CompletableFuture<SecureSocket> accepted = second.acceptAsync();
            first.close();
            OpensslResult again = client(setup, second.port())
                    .identity(TestPki.client())
                    .resumeSession(session)
                    .handshake();
            try (SecureSocket socket = Awaiting.result("the client that came again", PATIENCE, accepted)) {
                assertThat(again.resumed()).isEqualTo(setup.provider() == TlsProvider.BORINGSSL);
                assertThat(socket.resumed()).isEqualTo(again.resumed());
                assertThat(socket.peerCertificate()).isEqualTo(TestPki.client().certificate());
            }
        }
    }

    /** A client may see its refusal before it is counted. */
    private static void awaitRefusal(SecureServerSocket server, Reason reason) {
        Awaiting.until(
                "a refusal for " + reason,
                PATIENCE,
                () -> server.statistics().handshakesFailedByReason().getOrDefault(reason, 0L) == 1);
    }

    private static SecurityContext context(Setup setup) throws IOException {
        return setup.context().trustedCertificates(TestPki.ca().certificate()).build();
    }

    private static SecureServerSocket open(
            Setup setup, int port, SecurityContext context, Consumer<BindOptions.Builder> options) throws IOException {
        return SecureServerSocket.open("127.0.0.1", port, context, setup.withTransport(options));
    }

    private static void serve(SecureServerSocket server) {
        server.serve(socket -> socket.inputStream().transferTo(socket.outputStream()));
    }

    private static OpensslClient client(Setup setup, int port) {
        return OpensslClient.to("127.0.0.1", port).protocols(setup.version().protocolName());
    }
}
