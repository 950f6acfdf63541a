package dev.sallyport.handshake;

import static dev.sallyport.matrix.Matrix.Dimension.PROVIDER;
import static dev.sallyport.matrix.Matrix.Dimension.TRANSPORT;
import static dev.sallyport.matrix.Matrix.Dimension.VERSION;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.sallyport.BindOptions;
import dev.sallyport.HandshakeException;
import dev.sallyport.HandshakeException.Reason;
import dev.sallyport.SecureSocket;
import dev.sallyport.SecurityContext;
import dev.sallyport.TlsProvider;
import dev.sallyport.matrix.Matrix;
import dev.sallyport.matrix.Setup;
import dev.sallyport.support.WatchedServer;
import dev.sallyport.testkit.ClientHelloBytes;
import dev.sallyport.testkit.HostileClient;
import dev.sallyport.testkit.JdkTlsClient;
import dev.sallyport.testkit.OpensslClient;
import dev.sallyport.testkit.RequiresTool;
import dev.sallyport.testkit.TestPki;
import dev.sallyport.testkit.TlsConnection;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Which application protocol is agreed on (RFC 7301), and what happens when none is. */
class AlpnTest {
    private static final Consumer<BindOptions.Builder> H2_THEN_HTTP1 =
            options -> options.supportedProtocols("h2", "http/1.1");

    @Matrix({PROVIDER, VERSION})
    void theServersPreferenceDecides(Setup setup) throws Exception {
        try (WatchedServer server = WatchedServer.open(setup, H2_THEN_HTTP1)) {
            assertAgreed(server, "h2", "http/1.1", "h2");
            assertAgreed(server, "http/1.1", "spdy/3", "http/1.1");
        }
    }

    @Matrix(PROVIDER)
    void theServersFirstThatTheClientHasIsAgreedOnWhateverTheLists(Setup setup) throws Exception {
        long seed = 20_261_122;
        Random random = new Random(seed);
        List<String> names = new ArrayList<>();
        for (int length : new int[] {1, 1, 2, 3, 5, 8, 100, 254, 255, 255}) {
            names.add(
                    random.ints(length, '!', '~').mapToObj(Character::toString).collect(Collectors.joining()));
        }
        for (int i = 0; i < 20; i++) {
            String[] ours = some(names, random);
            try (WatchedServer server = WatchedServer.open(setup, options -> options.supportedProtocols(ours))) {
                for (int j = 0; j < 3; j++) {
                    List<String> theirs = List.of(some(names, random));
                    String expected =
                            Stream.of(ours).filter(theirs::contains).findFirst().orElse(null);
                    try (TlsConnection client =
                            server.client().alpn(theirs.toArray(new String[0])).connect()) {
                        assertThat(client.selectedProtocol())
                                .as("seed %s: %s of %s", seed, theirs, List.of(ours))
                                .isEqualTo(expected);
                        assertThat(server.accepted().selectedProtocol()).isEqualTo(expected);
                    }
                }
            }
        }
    }

    private static String[] some(List<String> names, Random random) {
        List<String> shuffled = new ArrayList<>(names);
        Collections.shuffle(shuffled, random);
        return shuffled.subList(0, 1 + random.nextInt(5)).toArray(new String[0]);
    }

    @Matrix({PROVIDER, VERSION})
    void withoutOverlapTheConnectionGoesOnWithNone(Setup setup) throws Exception {
        try (WatchedServer server = WatchedServer.open(setup, H2_THEN_HTTP1)) {
            assertAgreed(server, null, "spdy/3");
            assertAgreed(server, null, "h", "h22", "http/1.");
            server.assertServes(server.client().alpn("spdy/3"));
        }
    }

    @Matrix({PROVIDER, VERSION})
    void whenEitherSideHasNoneTheConnectionGoesOnWithNone(Setup setup) throws Exception {
        try (WatchedServer server = WatchedServer.open(setup, H2_THEN_HTTP1)) {
            assertAgreed(server, null);
        }
        try (WatchedServer server = WatchedServer.open(setup)) {
            assertAgreed(server, null, "h2");
        }
    }

    @Matrix({TRANSPORT, PROVIDER, VERSION})
    void aRequiredProtocolIsRefusedWithItsAlert(Setup setup) throws Exception {
        try (WatchedServer server =
                WatchedServer.open(setup, H2_THEN_HTTP1.andThen(options -> options.requireProtocol(true)))) {
            assertThat(server.client().alpn("spdy/3").sni("localhost").handshakeFailure())
                    .hasMessageContaining("no_application_protocol");
            HandshakeException failure = server.failure(Reason.PEER_NO_COMMON_PROTOCOL);
            assertThat(failure.serverName()).isEqualTo("localhost");
            assertThat(failure).hasMessageContaining("spdy/3").hasMessageContaining("http/1.1");

            assertThat(server.client().handshakeFailure()).hasMessageContaining("no_application_protocol");
            server.failure(Reason.PEER_NO_COMMON_PROTOCOL);

            assertAgreed(server, "http/1.1", "spdy/3", "http/1.1");
            server.assertServes(server.client().alpn("h2"));
        }
    }

    @Matrix(PROVIDER)
    void whatAHostileClientOffersIsRepeatedInPartOnly(Setup setup) throws Exception {
        String[] offered =
                IntStream.range(0, 100).mapToObj(i -> "\nroot logged in " + i).toArray(String[]::new);
        ClientHelloBytes hello = ClientHelloBytes.builder().alpn(offered).build();
        try (WatchedServer server =
                        WatchedServer.open(setup, H2_THEN_HTTP1.andThen(options -> options.requireProtocol(true)));
                HostileClient client = server.hostile().clientHello(hello)) {
            assertThat(Objects.requireNonNull(client.readAll().alert()).name()).isEqualTo("no_application_protocol");
            assertThat(server.failure(Reason.PEER_NO_COMMON_PROTOCOL).getMessage())
                    .doesNotContain("\n")
                    .hasSizeLessThan(250);
        }
    }

    @Matrix(PROVIDER)
    @RequiresTool("openssl")
    void aRealClientSeesTheProtocolAndTheAlert(Setup setup) throws Exception {
        try (WatchedServer server =
                WatchedServer.open(setup, H2_THEN_HTTP1.andThen(options -> options.requireProtocol(true)))) {
            assertThat(openssl(server, "http/1.1", "h2").handshake().selectedProtocol())
                    .isEqualTo("h2");
            assertThat(openssl(server, "spdy/3").handshake().diagnostics()).contains("SSL alert number 120");
            server.failure(Reason.PEER_NO_COMMON_PROTOCOL);
        }
    }

    private static OpensslClient openssl(WatchedServer server, String... protocols) {
        return OpensslClient.to(server.address()).alpn(protocols);
    }

    @Matrix({PROVIDER, VERSION})
    void namesMayHave255Bytes(Setup setup) throws Exception {
        String longest = "n".repeat(255);
        try (WatchedServer server = WatchedServer.open(setup, options -> options.supportedProtocols("h2", longest))) {
            assertAgreed(server, longest, "n".repeat(254), longest);
        }
    }

    /** BoringSSL's binding would turn it into question marks, so it is refused there. */
    @Matrix(PROVIDER)
    void namesMayHaveAnyCharactersOnTheJdksProviderOnly(Setup setup) throws Exception {
        String cyrillic = "\u043f\u0440\u043e\u0442\u043e\u043a\u043e\u043b";
        Consumer<BindOptions.Builder> named = options -> options.supportedProtocols(cyrillic);
        if (setup.provider() == TlsProvider.BORINGSSL) {
            assertThatExceptionOfType(SSLException.class)
                    .isThrownBy(() -> setup.open(named))
                    .withMessageContaining("boringssl takes names in ASCII only");
            return;
        }
        // the JDK's client takes each character for a byte
        String asBytes = new String(cyrillic.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
        try (WatchedServer server = WatchedServer.open(setup, named);
                TlsConnection connection = server.client().alpn(asBytes).connect()) {
            assertThat(connection.selectedProtocol()).isEqualTo(asBytes);
            assertThat(server.accepted().selectedProtocol()).isEqualTo(cyrillic);
        }
    }

    @Matrix(PROVIDER)
    void fourThousandNamesAreFine(Setup setup) throws Exception {
        List<String> names = IntStream.range(0, 4095)
                .mapToObj(i -> String.valueOf((char) ('a' + i % 26)))
                .toList();
        try (WatchedServer server = WatchedServer.open(setup, options -> options.supportedProtocols(names))) {
            assertAgreed(server, "z", "z");
            assertAgreed(server, "a", names.toArray(String[]::new));
            assertAgreed(server, null, "0");
        }
    }

    @Matrix(PROVIDER)
    void duplicatesDoNoHarm(Setup setup) throws Exception {
        try (WatchedServer server =
                WatchedServer.open(setup, options -> options.supportedProtocols("h2", "h2", "http/1.1"))) {
            assertAgreed(server, "h2", "http/1.1", "http/1.1", "h2", "h2");
            assertAgreed(server, "http/1.1", "http/1.1");
        }
    }

    @Matrix(PROVIDER)
    void thoseOfBindGoBeforeThoseOfTheContext(Setup setup) throws Exception {
        SecurityContext context =
                setup.context().supportedProtocols("h2", "http/1.1").build();
        try (WatchedServer server =
                WatchedServer.open(setup, context, options -> options.supportedProtocols("mqtt", "http/1.1"))) {
            assertAgreed(server, "http/1.1", "h2", "http/1.1");
            assertAgreed(server, null, "h2");
        }
        try (WatchedServer server = WatchedServer.open(setup, context, options -> {})) {
            assertAgreed(server, "h2", "http/1.1", "h2");
        }
        try (WatchedServer server =
                WatchedServer.open(setup, context, options -> options.supportedProtocols(List.of()))) {
            assertAgreed(server, null, "http/1.1", "h2");
        }
    }

    @Matrix(PROVIDER)
    void aServerNameBringsItsOwnUnlessBindHasSome(Setup setup) throws Exception {
        SecurityContext named = setup.context(TestPki.identity("mail.example.com"))
                .supportedProtocols("imap")
                .build();
        SecurityContext context = setup.context()
                .supportedProtocols("h2")
                .forServerName("mail.example.com", named)
                .build();
        try (WatchedServer server = WatchedServer.open(setup, context, options -> {})) {
            assertAgreedWith(server, server.client().sni("mail.example.com"), "imap", "h2", "imap");
            assertAgreed(server, "h2", "h2", "imap");
        }
        try (WatchedServer server = WatchedServer.open(setup, context, options -> options.supportedProtocols("pop3"))) {
            assertAgreedWith(server, server.client().sni("mail.example.com"), "pop3", "imap", "pop3");
        }
    }

    private static void assertAgreed(WatchedServer server, @Nullable String protocol, String... offered)
            throws Exception {
        assertAgreedWith(server, server.client(), protocol, offered);
    }

    private static void assertAgreedWith(
            WatchedServer server, JdkTlsClient client, @Nullable String protocol, String... offered) throws Exception {
        try (TlsConnection connection = client.alpn(offered).connect()) {
            SecureSocket socket = server.accepted();
            assertThat(socket.selectedProtocol()).isEqualTo(protocol);
            assertThat(socket.handshake().selectedProtocol()).isEqualTo(protocol);
            assertThat(connection.selectedProtocol()).isEqualTo(protocol);
        }
    }
}
