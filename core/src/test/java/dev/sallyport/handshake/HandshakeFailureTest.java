package dev.sallyport.handshake;

import static dev.sallyport.matrix.Matrix.Dimension.PROVIDER;
import static dev.sallyport.matrix.Matrix.Dimension.TRANSPORT;
import static dev.sallyport.matrix.Matrix.Dimension.VERSION;
import static dev.sallyport.testkit.Awaiting.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.ConnectionInfo;
import dev.sallyport.HandshakeException;
import dev.sallyport.HandshakeException.Reason;
import dev.sallyport.SecureServerSocket;
import dev.sallyport.SecureSocket;
import dev.sallyport.ServerObserver;
import dev.sallyport.TlsVersion;
import dev.sallyport.matrix.Matrix;
import dev.sallyport.matrix.Setup;
import dev.sallyport.support.WatchedServer;
import dev.sallyport.testkit.Awaiting;
import dev.sallyport.testkit.ClientHelloBytes;
import dev.sallyport.testkit.HostileClient;
import dev.sallyport.testkit.OpensslClient;
import dev.sallyport.testkit.RequiresTool;
import dev.sallyport.testkit.TestPki;
import dev.sallyport.testkit.TlsAlert;
import dev.sallyport.testkit.TlsConnection;
import dev.sallyport.testkit.hostile.HelloCases;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Clients with which there is nothing to be agreed on: each is told why, reported and counted, and hurts nobody. */
class HandshakeFailureTest {
    @Matrix(TRANSPORT)
    void plainHttpIsRecognised(Setup setup) throws Exception {
        try (WatchedServer server = WatchedServer.open(setup);
                HostileClient client = server.hostile()) {
            assertThat(client.plainHttp().readAll().bytes()).isEmpty();
            assertThat(server.failure(Reason.PEER_NOT_TLS, client.localAddress(), null))
                    .hasMessageContaining("looks like plain HTTP");
            server.assertServes();
        }
    }

    @Matrix(TRANSPORT)
    void randomBytesAreNotTls(Setup setup) throws Exception {
        try (WatchedServer server = WatchedServer.open(setup)) {
            for (int seed = 0; seed < 20; seed++) {
                try (HostileClient client = server.hostile().garbage(seed)) {
                    client.readAll();
                    server.failure(Reason.PEER_NOT_TLS, client.localAddress(), null);
                }
            }
            server.assertServes();
        }
    }

    @Matrix(TRANSPORT)
    void whatElseIsNotTlsIsNamed(Setup setup) throws Exception {
        try (WatchedServer server = WatchedServer.open(setup)) {
            assertNotTls(server, ClientHelloBytes.sslv2(), "looks like SSL 2.0");
            assertNotTls(server, ascii("PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n"), "looks like a PROXY protocol header");
            assertNotTls(server, ascii("EHLO example.com\r\n"), "not tls: the first byte is 69");
            assertNotTls(server, new byte[] {22, 0x47, 0, 0, 1, 1}, "not tls: the record version is 71.x");
            server.assertServes();
        }
    }

    private static void assertNotTls(WatchedServer server, byte[] bytes, String guess) throws Exception {
        try (HostileClient client = server.hostile().send(bytes)) {
            client.readAll();
            assertThat(server.failure(Reason.PEER_NOT_TLS, client.localAddress(), null))
                    .hasMessageContaining(guess);
        }
    }

    @Matrix({TRANSPORT, PROVIDER})
    void versionsBelowTls12AreAnsweredWithAnAlert(Setup setup) throws Exception {
        try (WatchedServer server = WatchedServer.open(setup)) {
            String[][] offers = {{"TLSv1"}, {"TLSv1.1"}, {"TLSv1", "TLSv1.1"}, {"SSLv3"}};
            for (String[] offered : offers) {
                boolean named = !offered[0].equals("SSLv3");
                ClientHelloBytes hello = ClientHelloBytes.builder()
                        .versions(offered)
                        .sni("old.example")
                        .build();
                assertAlert(
                        server,
                        hello.bytes(),
                        "protocol_version",
                        Reason.PEER_NO_COMMON_VERSION,
                        named ? "old.example" : null);
            }
            server.assertServes();
        }
    }

    /** A message of servers only; JDK 17's engine falls over it. */
    @Matrix({PROVIDER, VERSION})
    void aHelloRequestOfAClientIsItsMisbehaviour(Setup setup) throws Exception {
        byte[] hello = ClientHelloBytes.builder()
                .versions(setup.version().protocolName())
                .build()
                .bytes();
        byte[] request = {22, 3, 3, 0, 4, 0, 0, 0, 0};
        try (WatchedServer server = WatchedServer.open(setup);
                HostileClient client = server.hostile().send(hello).send(request)) {
            client.readAll();
            server.failure(Reason.PEER_MISBEHAVED, client.localAddress(), null);
            server.assertServes();
        }
    }

    @Matrix(PROVIDER)
    @RequiresTool("openssl")
    void aRealClientOfTls11SeesTheAlert(Setup setup) throws Exception {
        try (WatchedServer server = WatchedServer.open(setup)) {
            assertThat(OpensslClient.to(server.address())
                            .protocols("TLSv1.1")
                            .handshake()
                            .alerts())
                    .containsExactly("fatal protocol_version");
            server.failure(Reason.PEER_NO_COMMON_VERSION);
        }
    }

    @Matrix({PROVIDER, VERSION})
    void noCommonCipherSuiteIsAnsweredWithAnAlert(Setup setup) throws Exception {
        int notThere = setup.version() == TlsVersion.TLS_1_3 ? 0x1305 : 0x0005;
        ClientHelloBytes hello = ClientHelloBytes.builder()
                .versions(setup.version().protocolName())
                .cipherSuites(notThere)
                .sni("localhost")
                .build();
        try (WatchedServer server = WatchedServer.open(setup)) {
            assertAlert(server, hello.bytes(), "handshake_failure", Reason.PEER_NO_COMMON_CIPHER_SUITE, "localhost");
            server.assertServes();
        }
    }

    @Matrix(PROVIDER)
    void aClientThatTakesRsaOnlyCannotUseAnEcdsaCertificate(Setup setup) throws Exception {
        ClientHelloBytes rsaOnly = ClientHelloBytes.builder()
                .versions("TLSv1.2")
                .cipherSuites(0xc02f, 0xc030)
                .build();
        try (WatchedServer server = WatchedServer.open(setup)) {
            assertAlert(server, rsaOnly.bytes(), "handshake_failure", Reason.PEER_NO_COMMON_CIPHER_SUITE, null);
            server.assertServes();
        }
    }

    @Matrix({TRANSPORT, PROVIDER})
    void garbageInsideAValidRecordIsMisbehaviour(Setup setup) throws Exception {
        try (WatchedServer server = WatchedServer.open(setup)) {
            for (byte[] bytes : HelloCases.malformedRecords()) {
                assertAlert(server, bytes, null, Reason.PEER_MISBEHAVED, null);
            }
            server.assertServes();
        }
    }

    @Matrix({PROVIDER, VERSION})
    void garbageAfterTheServersFlightIsMisbehaviour(Setup setup) throws Exception {
        ClientHelloBytes hello = ClientHelloBytes.builder()
                .versions(setup.version().protocolName())
                .sni("localhost")
                .build();
        try (WatchedServer server = WatchedServer.open(setup);
                HostileClient client = server.hostile().clientHello(hello)) {
            client.receive(200);
            client.send(new byte[] {23, 3, 3, 0, 40}).garbage(3);
            client.readAll();
            server.failure(Reason.PEER_MISBEHAVED, client.localAddress(), "localhost");
            server.assertServes();
        }
    }

    @Matrix({TRANSPORT, PROVIDER, VERSION})
    void aClientThatRejectsOurCertificateIsReportedWithItsAlert(Setup setup) throws Exception {
        try (WatchedServer server = WatchedServer.open(setup)) {
            IOException atTheClient =
                    server.client().trusting(TestPki.otherCa()).sni("localhost").handshakeFailure();
            assertThat(atTheClient).hasMessageContaining("PKIX path building failed");
            HandshakeException failure = server.failure(Reason.PEER_REJECTED_US);
            assertThat(failure.serverName()).isEqualTo("localhost");
            assertThat(String.valueOf(failure.getMessage())
                            .toLowerCase(Locale.ROOT)
                            .replace('_', ' '))
                    .contains("certificate unknown");
            server.assertServes();
        }
    }

    /** Whatever it throws, and even where user code runs on the library's own threads. */
    @Matrix(TRANSPORT)
    void anObserverThatThrowsHarmsNobody(Setup setup) throws Exception {
        Throwing observer = new Throwing();
        Logger log = Logger.getLogger("dev.sallyport");
        log.setUseParentHandlers(false); // what it throws is logged, which nobody needs to read here
        try (SecureServerSocket server =
                setup.open(options -> options.observer(observer).executor(Runnable::run))) {
            for (int round = 0; round < 2; round++) {
                CompletableFuture<SecureSocket> accepted = server.acceptAsync();
                try (HostileClient bad = HostileClient.to(server.localAddress())) {
                    bad.plainHttp().readAll();
                }
                try (TlsConnection client = setup.client(server.port()).connect();
                        SecureSocket socket = Awaiting.result("the good client", PATIENCE, accepted)) {
                    client.send("x");
                    ByteBuffer received = ByteBuffer.allocate(1);
                    assertThat(Awaiting.result("its byte", PATIENCE, socket.readAsync(received)))
                            .isOne();
                }
            }
            Awaiting.until("the observer to have heard of all", PATIENCE, () -> observer.calls.get() == 6);
        } finally {
            log.setUseParentHandlers(true);
        }
    }

    /** Throws what may be caught, and what usually is not, in turn. */
    private static final class Throwing implements ServerObserver {
        final AtomicInteger calls = new AtomicInteger();

        @Override
        public void handshakeFailed(HandshakeException failure) {
            fail();
        }

        @Override
        public void connectionOpened(ConnectionInfo connection) {
            fail();
        }

        @Override
        public void connectionClosed(ConnectionInfo connection, @Nullable Throwable error) {
            fail();
        }

        private void fail() {
            if (calls.getAndIncrement() % 2 == 0) {
                throw new IllegalStateException("a bug in the observer");
            }
            throw new AssertionError("a worse bug in the observer");
        }
    }

    private static void assertAlert(
            WatchedServer server, byte[] hello, @Nullable String alert, Reason reason, @Nullable String serverName)
            throws Exception {
        try (HostileClient client = server.hostile().send(hello)) {
            HostileClient.Answer answer = client.readAll();
            TlsAlert received = Objects.requireNonNull(answer.alert(), () -> "no alert in " + answer);
            assertThat(received.fatal()).isTrue();
            if (alert != null) {
                assertThat(received.name()).isEqualTo(alert);
            }
            assertThat(answer.end()).isEqualTo(HostileClient.End.FIN);
            server.failure(reason, client.localAddress(), serverName);
        }
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
