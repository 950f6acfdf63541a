package dev.sallyport.handshake;

import static dev.sallyport.matrix.Matrix.Dimension.PROVIDER;
import static dev.sallyport.matrix.Matrix.Dimension.TRANSPORT;
import static dev.sallyport.matrix.Matrix.Dimension.VERSION;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.ClientHello;
import dev.sallyport.ContextSelector;
import dev.sallyport.HandshakeException;
import dev.sallyport.HandshakeException.Reason;
import dev.sallyport.SecureSocket;
import dev.sallyport.SecurityContext;
import dev.sallyport.TlsProvider;
import dev.sallyport.TlsVersion;
import dev.sallyport.matrix.Matrix;
import dev.sallyport.matrix.Setup;
import dev.sallyport.support.WatchedServer;
import dev.sallyport.testkit.ClientHelloBytes;
import dev.sallyport.testkit.HostileClient;
import dev.sallyport.testkit.JdkTlsClient;
import dev.sallyport.testkit.TestIdentity;
import dev.sallyport.testkit.TestPki;
import dev.sallyport.testkit.TlsConnection;
import java.io.IOException;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Which context a client gets by the name that it asks for (RFC 6066), or by all that its hello says. */
class SniTest {
    private static final TestIdentity WWW = TestPki.identity("www.example.com");
    private static final TestIdentity WILDCARD = TestPki.identity("*.example.com");

    @Matrix({PROVIDER, VERSION})
    void anExactNameGoesBeforeAWildcardAndTheRestGetTheDefault(Setup setup) throws Exception {
        SecurityContext context = setup.context()
                .forServerName("*.example.com", setup.context(WILDCARD).build())
                .forServerName("www.example.com", setup.context(WWW).build())
                .build();
        try (WatchedServer server = WatchedServer.open(setup, context, options -> {})) {
            assertServed(server, "www.example.com", WWW);
            assertServed(server, "WWW.Example.COM", WWW);
            assertServed(server, "mail.example.com", WILDCARD);
            assertServed(server, "localhost", TestPki.server());
            assertServed(server, null, TestPki.server());
        }
    }

    @Matrix({TRANSPORT, PROVIDER, VERSION})
    void aNameThatNobodyAnswersToIsRefusedWithItsAlert(Setup setup) throws Exception {
        SecurityContext onlyNames = SecurityContext.builder()
                .provider(setup.provider())
                .forServerName("www.example.com", setup.context(WWW).build())
                .build();
        try (WatchedServer server = WatchedServer.open(setup, onlyNames, options -> {})) {
            for (String unknown : new String[] {"other.example.com", "example.com", "www.example.com.evil.example"}) {
                assertThat(server.client().sni(unknown).handshakeFailure()).hasMessageContaining("unrecognized_name");
                HandshakeException failure = server.failure(Reason.PEER_UNKNOWN_SERVER_NAME);
                assertThat(failure.serverName()).isEqualTo(unknown);
                assertThat(failure).hasMessageContaining(unknown);
            }
            assertThat(server.client().handshakeFailure()).hasMessageContaining("unrecognized_name");
            assertThat(server.failure(Reason.PEER_UNKNOWN_SERVER_NAME).serverName())
                    .isNull();
            assertServed(server, "www.example.com", WWW);
        }
    }

    /** The JDK's engine takes none of these, so that they are refused by name: alike, whoever does the TLS. */
    @Matrix({PROVIDER, VERSION})
    void aNameThatNobodyCanHaveIsUnknown(Setup setup) throws Exception {
        try (WatchedServer server = WatchedServer.open(setup)) {
            for (String name : new String[] {"a..b", "-bad-", "localhost:8443", "l".repeat(64), "*.example.com"}) {
                assertUnknown(server, setup, name, name);
            }
            assertServed(server, "localhost", TestPki.server());
        }
    }

    @Matrix({PROVIDER, VERSION})
    void everyHostNameIsServedByEitherProvider(Setup setup) throws Exception {
        String label = "l".repeat(63);
        String longest = String.join(".", label, label, label, "l".repeat(61));
        try (WatchedServer server = WatchedServer.open(setup)) {
            for (String name : new String[] {"127.0.0.1", "1", "a", "a--b", "xn--a", "3com.example", label, longest}) {
                assertServerHello(server, setup, name);
            }
        }
    }

    @Matrix({PROVIDER, VERSION})
    void namesThatOnlyBoringSslTakesAreUnknownToTheJdk(Setup setup) throws Exception {
        String underscore = "_service.example";
        SecurityContext context = setup.context()
                .forServerName(underscore, setup.context(WWW).build())
                .build();
        try (WatchedServer server = WatchedServer.open(setup, context, options -> {})) {
            for (String name : new String[] {underscore, "my_host.example", "localhost."}) {
                if (setup.provider() == TlsProvider.BORINGSSL) {
                    assertServerHello(server, setup, name);
                } else {
                    assertUnknown(server, setup, name, name.equals("localhost.") ? "localhost" : name);
                }
            }
        }
    }

    private static void assertServerHello(WatchedServer server, Setup setup, String name) throws Exception {
        try (HostileClient client = server.hostile().clientHello(hello(setup, name))) {
            assertThat(client.receive(6)).as(name).startsWith(22).endsWith(2);
            client.reset();
            server.failure(Reason.PEER_GONE);
        }
    }

    private static void assertUnknown(WatchedServer server, Setup setup, String name, String reported)
            throws Exception {
        try (HostileClient client = server.hostile().clientHello(hello(setup, name))) {
            HostileClient.Answer answer = client.readAll();
            assertThat(Objects.requireNonNull(answer.alert(), name).name()).isEqualTo("unrecognized_name");
            assertThat(server.failure(Reason.PEER_UNKNOWN_SERVER_NAME, client.localAddress(), reported))
                    .hasMessageContaining(reported);
        }
    }

    private static ClientHelloBytes hello(Setup setup, String name) {
        return ClientHelloBytes.builder()
                .versions(setup.version().protocolName())
                .sni(name)
                .build();
    }

    /** Names get into messages and files, so what could not be one gets nowhere. */
    @Matrix(PROVIDER)
    void whatCouldNotBeAHostNameIsMisbehaviour(Setup setup) throws Exception {
        try (WatchedServer server = WatchedServer.open(setup)) {
            for (String name : new String[] {"a\r\nroot logged in", "a b", "\u043f", "n".repeat(256), "."}) {
                ClientHelloBytes hello = ClientHelloBytes.builder().sni(name).build();
                try (HostileClient client = server.hostile().clientHello(hello)) {
                    assertThat(client.readAll().alert()).isNotNull();
                    server.failure(Reason.PEER_MISBEHAVED, client.localAddress(), null);
                }
            }
            assertServed(server, "localhost", TestPki.server());
        }
    }

    @Matrix({PROVIDER, VERSION})
    void aSelectorSeesTheHelloAndItsChoiceIsUsed(Setup setup) throws Exception {
        SecurityContext chosen = setup.context(WWW).build();
        BlockingQueue<ClientHello> seen = new LinkedBlockingQueue<>();
        ContextSelector selector = hello -> {
            seen.add(hello);
            return CompletableFuture.completedStage("www.example.com".equals(hello.serverName()) ? chosen : null);
        };
        try (WatchedServer server = selecting(setup, selector)) {
            assertServed(server, server.client().alpn("h2", "http/1.1"), "www.example.com", WWW);
            ClientHello hello = seen.take();
            assertThat(hello.serverName()).isEqualTo("www.example.com");
            assertThat(hello.protocols()).containsExactly("h2", "http/1.1");
            assertThat(hello.versions()).containsExactly(setup.version() == TlsVersion.TLS_1_3 ? 0x0304 : 0x0303);
            assertThat(hello.cipherSuites()).contains(setup.version() == TlsVersion.TLS_1_3 ? 0x1301 : 0xc02b);
            assertServed(server, "localhost", TestPki.server());
            assertServed(server, null, TestPki.server());
        }
    }

    @Matrix(PROVIDER)
    void aSelectorMayAnswerLaterAndHoldsUpItsClientOnly(Setup setup) throws Exception {
        CompletableFuture<@Nullable SecurityContext> answer = new CompletableFuture<>();
        CompletableFuture<ClientHello> asked = new CompletableFuture<>();
        ContextSelector selector = hello -> {
            if ("www.example.com".equals(hello.serverName())) {
                asked.complete(hello);
                return answer;
            }
            return CompletableFuture.completedStage(null);
        };
        try (WatchedServer server = selecting(setup, selector)) {
            CompletableFuture<String> slow = new CompletableFuture<>();
            Thread thread = new Thread(() -> {
                try (TlsConnection connection =
                        server.client().sni("www.example.com").connect()) {
                    slow.complete(connection
                            .peerCertificate()
                            .getSubjectX500Principal()
                            .getName());
                } catch (IOException failure) {
                    slow.completeExceptionally(failure);
                }
            });
            thread.start();
            asked.get(10, TimeUnit.SECONDS);
            assertServed(server, "localhost", TestPki.server());
            assertThat(slow).isNotDone();
            answer.complete(setup.context(WWW).build());
            assertThat(slow.get(10, TimeUnit.SECONDS)).contains("CN=www.example.com");
            thread.join();
        }
    }

    @Matrix(PROVIDER)
    void aSelectorThatFailsCostsOnlyItsClient(Setup setup) throws Exception {
        ContextSelector selector = hello -> switch (String.valueOf(hello.serverName())) {
            case "throws.example" -> throw new IOException("the database is down");
            case "bug.example" -> throw new IllegalStateException("a bug");
            case "error.example" -> throw new AssertionError("a worse bug");
            case "later.example" -> CompletableFuture.failedStage(new IOException("the database went down"));
            case "nostage.example" -> nothing();
            default -> CompletableFuture.completedStage(null);
        };
        try (WatchedServer server = selecting(setup, selector)) {
            assertFails(server, "throws.example", "the database is down");
            assertFails(server, "bug.example", "a bug");
            assertFails(server, "error.example", "a worse bug");
            assertFails(server, "later.example", "the database went down");
            assertFails(server, "nostage.example", "");
            assertServed(server, "localhost", TestPki.server());
        }
    }

    /** Bind could not know. */
    @Matrix(PROVIDER)
    void aChosenContextWithoutTheProtocolsThatAreRequiredIsThisServersFault(Setup setup) throws Exception {
        SecurityContext silent = setup.context().build();
        SecurityContext context = setup.context()
                .supportedProtocols("h2")
                .forClientHello(hello ->
                        CompletableFuture.completedStage("silent.example".equals(hello.serverName()) ? silent : null))
                .build();
        try (WatchedServer server = WatchedServer.open(setup, context, options -> options.requireProtocol(true))) {
            assertThat(server.client().alpn("h2").sni("silent.example").handshakeFailure())
                    .hasMessageContaining("internal_error");
            assertThat(server.failure(Reason.INTERNAL))
                    .hasMessageContaining("requireProtocol(true), but a context has no protocols");
            assertServed(server, server.client().alpn("h2"), "localhost", TestPki.server());
        }
    }

    @SuppressWarnings("NullAway") // what a careless selector in a language without null checks returns
    private static CompletionStage<@Nullable SecurityContext> nothing() {
        return null;
    }

    private static void assertFails(WatchedServer server, String name, String message) throws Exception {
        assertThat(server.client().sni(name).handshakeFailure()).hasMessageContaining("internal_error");
        HandshakeException failure = server.failure(Reason.INTERNAL);
        assertThat(failure.serverName()).isEqualTo(name);
        assertThat(failure).hasMessageContaining(message);
    }

    private static WatchedServer selecting(Setup setup, ContextSelector selector) throws IOException {
        return WatchedServer.open(
                setup, setup.context().forClientHello(selector).build(), options -> {});
    }

    private static void assertServed(WatchedServer server, @Nullable String name, TestIdentity identity)
            throws Exception {
        assertServed(server, server.client(), name, identity);
    }

    private static void assertServed(
            WatchedServer server, JdkTlsClient client, @Nullable String name, TestIdentity identity) throws Exception {
        try (TlsConnection connection = (name == null ? client : client.sni(name)).connect()) {
            assertThat(connection.peerCertificate()).isEqualTo(identity.certificate());
            SecureSocket socket = server.accepted();
            String lowerCase = name == null ? null : name.toLowerCase(Locale.ROOT);
            assertThat(socket.serverName()).isEqualTo(lowerCase);
            assertThat(socket.handshake().serverName()).isEqualTo(lowerCase);
        }
    }
}
