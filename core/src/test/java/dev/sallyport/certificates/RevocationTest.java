package dev.sallyport.certificates;

import static dev.sallyport.matrix.Matrix.Dimension.PROVIDER;
import static dev.sallyport.matrix.Matrix.Dimension.VERSION;
import static dev.sallyport.testkit.Awaiting.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.sallyport.HandshakeException.Reason;
import dev.sallyport.Revocation;
import dev.sallyport.SecurityContext;
import dev.sallyport.matrix.Matrix;
import dev.sallyport.matrix.Setup;
import dev.sallyport.support.WatchedServer;
import dev.sallyport.testkit.Awaiting;
import dev.sallyport.testkit.BackgroundTask;
import dev.sallyport.testkit.JdkTlsClient;
import dev.sallyport.testkit.KeyKind;
import dev.sallyport.testkit.RequiresTool;
import dev.sallyport.testkit.RevokingAuthority;
import dev.sallyport.testkit.TestIdentity;
import dev.sallyport.testkit.TestPki;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Clients whose certificates were revoked. */
@RequiresTool("openssl")
class RevocationTest {
    private static final TestIdentity GOOD = TestPki.client();
    private static final TestIdentity REVOKED = TestPki.client(KeyKind.RSA_2048);
    private static final TestIdentity UNDER_INTERMEDIATE = TestPki.clientWithIntermediate();

    @TempDir
    Path folder;

    private static RevokingAuthority authority() throws IOException {
        return RevokingAuthority.of(TestPki.ca(), List.of(GOOD), List.of(REVOKED));
    }

    private static SecurityContext context(Setup setup, Revocation revocation) throws IOException {
        return setup.context()
                .trustedCertificates(TestPki.ca().certificate())
                .revocation(revocation)
                .build();
    }

    private static WatchedServer open(Setup setup, SecurityContext context) throws IOException {
        return WatchedServer.open(setup, context, options -> options.requireClientCertificate(true));
    }

    private static void assertRefuses(WatchedServer server, TestIdentity client, Reason reason) throws Exception {
        server.client().identity(client).handshakeFailure();
        server.failure(reason);
    }

    // ---- lists

    @Matrix({PROVIDER, VERSION})
    void aListKeepsOutWhoIsOnItAndNobodyElse(Setup setup) throws Exception {
        try (WatchedServer server =
                open(setup, context(setup, Revocation.lists(authority().list())))) {
            assertThat(server.client().identity(REVOKED).handshakeFailure())
                    .hasMessageMatching("(?i).*(certificate_revoked|bad_certificate|certificate_unknown).*");
            assertThat(server.failure(Reason.PEER_BAD_CERTIFICATE)).hasMessageContaining("revoked");
            server.assertServes(server.client().identity(GOOD));
        }
    }

    @Matrix(PROVIDER)
    void withoutAListOfItsIssuerNobodyComesInUnlessThatIsAllowed(Setup setup) throws Exception {
        Path list = authority().list(); // of the root, not of the intermediate
        try (WatchedServer server = open(setup, context(setup, Revocation.lists(list)))) {
            assertRefuses(server, UNDER_INTERMEDIATE, Reason.PEER_UNTRUSTED_CERTIFICATE);
            server.assertServes(server.client().identity(GOOD));
        }
        try (WatchedServer server =
                open(setup, context(setup, Revocation.lists(list).unsafeAllowUnknown()))) {
            server.assertServes(server.client().identity(UNDER_INTERMEDIATE));
            assertRefuses(server, REVOKED, Reason.PEER_BAD_CERTIFICATE);
        }
    }

    @Matrix(PROVIDER)
    void aListPastItsNextUpdateLetsNobodyIn(Setup setup) throws Exception {
        try (WatchedServer server =
                open(setup, context(setup, Revocation.lists(authority().expiredList())))) {
            assertRefuses(server, GOOD, Reason.PEER_UNTRUSTED_CERTIFICATE);
        }
    }

    @Matrix(PROVIDER)
    void aNewListCountsOnceTheContextIsReloaded(Setup setup) throws Exception {
        Path list = folder.resolve("list.pem");
        Files.copy(RevokingAuthority.of(TestPki.ca(), List.of(), List.of()).list(), list);
        try (WatchedServer server = open(setup, context(setup, Revocation.lists(list)))) {
            server.assertServes(server.client().identity(REVOKED));
            Files.copy(authority().list(), list, StandardCopyOption.REPLACE_EXISTING);
            server.server().replaceContext(server.server().context().reload());
            assertRefuses(server, REVOKED, Reason.PEER_BAD_CERTIFICATE);
            server.assertServes(server.client().identity(GOOD));
        }
    }

    // ---- responders

    /** Answers questions as the authority does, on this machine. */
    private static HttpServer responder(Supplier<RevokingAuthority> authority) throws IOException {
        HttpServer http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        http.createContext("/", exchange -> {
            try (exchange) {
                byte[] answer = authority.get().answer(question(exchange));
                exchange.getResponseHeaders().set("Content-Type", "application/ocsp-response");
                exchange.sendResponseHeaders(200, answer.length);
                exchange.getResponseBody().write(answer);
            }
        });
        http.start();
        return http;
    }

    /** The body, or, of a short question, the path (RFC 6960 appendix A.1). */
    private static byte[] question(HttpExchange exchange) throws IOException {
        return exchange.getRequestMethod().equals("POST")
                ? exchange.getRequestBody().readAllBytes()
                : Base64.getDecoder().decode(exchange.getRequestURI().getPath().replaceFirst("^/+", ""));
    }

    private static URI address(int port) {
        return URI.create("http://localhost:" + port + "/");
    }

    @Matrix(PROVIDER)
    void aResponderIsAsked(Setup setup) throws Exception {
        RevokingAuthority authority = authority();
        HttpServer responder = responder(() -> authority);
        Revocation revocation = Revocation.ocsp(address(responder.getAddress().getPort()));
        try (WatchedServer server = open(setup, context(setup, revocation))) {
            server.assertServes(server.client().identity(GOOD));
            assertRefuses(server, REVOKED, Reason.PEER_BAD_CERTIFICATE);
        } finally {
            responder.stop(0);
        }
    }

    @Matrix({PROVIDER, VERSION})
    void aResponderIsAskedAgainAboutWhoResumesASession(Setup setup) throws Exception {
        AtomicReference<RevokingAuthority> authority =
                new AtomicReference<>(RevokingAuthority.of(TestPki.ca(), List.of(REVOKED), List.of()));
        HttpServer responder = responder(authority::get);
        Revocation revocation = Revocation.ocsp(address(responder.getAddress().getPort()));
        try (WatchedServer server = open(setup, context(setup, revocation))) {
            JdkTlsClient client = server.client().identity(REVOKED);
            server.assertServes(client);
            assertThat(server.accepted().resumed()).isFalse();
            server.assertServes(client);
            assertThat(server.accepted().resumed()).isTrue();
            authority.set(authority());
            client.handshakeFailure();
            assertThat(server.failure(Reason.PEER_BAD_CERTIFICATE)).hasMessageContaining("revoked");
        } finally {
            responder.stop(0);
        }
    }

    @Matrix(PROVIDER)
    void aResponderThatIsNotThereLetsNobodyInUnlessThatIsAllowed(Setup setup) throws Exception {
        try (Socket nobody = new Socket()) {
            nobody.bind(
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)); // has the port, and does not listen
            Revocation revocation = Revocation.ocsp(address(nobody.getLocalPort()));
            try (WatchedServer server = open(setup, context(setup, revocation))) {
                assertRefuses(server, GOOD, Reason.PEER_UNTRUSTED_CERTIFICATE);
            }
            try (WatchedServer server = open(setup, context(setup, revocation.unsafeAllowUnknown()))) {
                server.assertServes(server.client().identity(GOOD));
            }
        }
    }

    /** A responder that says nothing holds a thread of the executor, and neither the loops nor the other clients. */
    @Matrix(PROVIDER)
    void aResponderThatSaysNothingHoldsUpNobodyElse(Setup setup) throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            Revocation revocation = Revocation.ocsp(address(silent.getLocalPort()));
            try (WatchedServer server = WatchedServer.open(
                    setup, context(setup, revocation), options -> options.requestClientCertificate(true))) {
                var waiting = BackgroundTask.supply(
                        "the one that waits to be ended",
                        () -> server.client().identity(GOOD).handshakeFailure());
                Awaiting.until(
                        "the handshake to wait for the responder",
                        PATIENCE,
                        () -> server.statistics().handshakesPending() == 1);
                server.assertServes(server.client()); // has no certificate, so nobody is asked
                server.server().close();
                waiting.await();
                server.failure(Reason.LOCAL_SHUTTING_DOWN);
            }
        }
    }

    // ---- what is refused at once

    @Test
    void needsTrustedCertificates() throws IOException {
        SecurityContext.Builder builder =
                SecurityContext.selfSigned().toBuilder().revocation(Revocation.ocsp());
        assertThatIllegalArgumentException()
                .isThrownBy(builder::build)
                .withMessageContaining("revocation without trustedCertificates");
    }

    @Test
    void refusesWhatIsNoListAndNoAddress() throws IOException {
        Path chain = TestPki.ca().chainFile();
        SecurityContext.Builder builder = SecurityContext.selfSigned().toBuilder()
                .trustedCertificates(chain)
                .revocation(Revocation.lists(chain));
        assertThatExceptionOfType(SSLException.class)
                .isThrownBy(builder::build)
                .withMessageContaining(chain.toString())
                .withMessageContaining("is a certificate where certificate revocation lists are expected");
        assertThatIllegalArgumentException().isThrownBy(Revocation::lists).withMessageContaining("no list");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Revocation.ocsp(URI.create("ldap://ca.example/")))
                .withMessageContaining("ldap://ca.example/");
    }
}
