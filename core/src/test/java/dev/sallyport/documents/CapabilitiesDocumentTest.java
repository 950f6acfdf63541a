package dev.sallyport.documents;

import static dev.sallyport.support.ConnectedPair.assertTalks;
import static dev.sallyport.testkit.Awaiting.PATIENCE;
import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sallyport.BindOptions;
import dev.sallyport.HandshakeException;
import dev.sallyport.InternetAddress;
import dev.sallyport.SecureServerSocket;
import dev.sallyport.SecureSocket;
import dev.sallyport.SecurityContext;
import dev.sallyport.TlsProvider;
import dev.sallyport.TlsVersion;
import dev.sallyport.Transport;
import dev.sallyport.internal.keys.OpaqueKey;
import dev.sallyport.internal.tls.boringssl.BoringSsl;
import dev.sallyport.matrix.Matrix;
import dev.sallyport.matrix.Matrix.Dimension;
import dev.sallyport.matrix.Setup;
import dev.sallyport.support.ConnectedPair;
import dev.sallyport.support.NettyTlsClient;
import dev.sallyport.support.UnixRelay;
import dev.sallyport.support.WatchedServer;
import dev.sallyport.testkit.Awaiting;
import dev.sallyport.testkit.JdkTlsClient;
import dev.sallyport.testkit.KeyKind;
import dev.sallyport.testkit.TestIdentity;
import dev.sallyport.testkit.TestPki;
import dev.sallyport.testkit.TlsConnection;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Security;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPrivateKey;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import javax.net.ssl.SSLSession;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** docs/capabilities.md is true: each of its rows is tried, and the messages that it quotes are those that users get. */
class CapabilitiesDocumentTest {
    private static final Path DOCUMENT = Path.of("..", "docs", "capabilities.md");
    private static final Pattern QUOTED = Pattern.compile("`([^`]+)`");

    private static final String V6_ONLY = "`v6Only(true)` on an IPv6 address";
    private static final String KQUEUE = "kqueue";
    private static final String HALF_CLOSE = "half close in TLS 1.2";
    private static final String SUITES = "choosing among the suites of TLS 1.3";
    private static final String OPAQUE_KEYS = "keys that stay in their provider (HSM, PKCS#11)";
    private static final String ED25519 = "client certificates with Ed25519 keys";
    private static final String ALPN = "ALPN names that are not ASCII";
    private static final String POST_QUANTUM = "`X25519MLKEM768`";
    private static final String NAMED_GROUPS = "`namedGroups`";
    private static final String KEY_LOG = "`unsafeKeyLog`";
    private static final String EXPORT = "`keyingMaterialExport`";

    /** What holds each row. Nothing: it cannot be tried, since it is about costs or about other systems. */
    private static final Map<String, List<String>> HELD_BY = Map.ofEntries(
            entry(V6_ONLY, List.of("CapabilitiesDocumentTest.v6OnlyNeedsAnotherTransportThanNio")),
            entry("cost of a blocking read", List.of()),
            entry(
                    "`idleTimeout` and what the system has already taken",
                    List.of("IdleTimeoutTest.aClientThatTakesSteadilyWhatTheSystemHasIsNotIdle")),
            entry(KQUEUE, List.of("CapabilitiesDocumentTest.kqueueIsRefusedOnLinux")),
            entry(
                    "reset (`abort`, a timeout, a failed handler)",
                    List.of("CapabilitiesDocumentTest.aResetOfAUnixDomainConnectionIsAnEndWithoutCloseNotify")),
            entry(
                    "addresses of Unix-domain connections",
                    List.of(
                            "UnixDomainTest.servesAndSaysWhere",
                            "OptionsOnSocketTest.aUnixDomainConnectionHasBuffersAndNothingOfTcp")),
            entry("sharing a port with other processes", List.of()),
            entry(HALF_CLOSE, List.of("CapabilitiesDocumentTest.theJdkHasNoHalfCloseInTls12")),
            entry(SUITES, List.of("CapabilitiesDocumentTest.boringSslHasAllSuitesOfTls13")),
            entry(OPAQUE_KEYS, List.of("CapabilitiesDocumentTest.boringSslNeedsTheEncodedFormOfAKey")),
            entry(
                    ED25519,
                    List.of(
                            "CapabilitiesDocumentTest.boringSslDoesNotAskForCertificatesWithEd25519Keys",
                            "ClientCertificateTest.ofEd25519IsNotSeenByBoringSsl")),
            entry(ALPN, List.of("CapabilitiesDocumentTest.boringSslTakesProtocolsInAsciiOnly")),
            entry(POST_QUANTUM, List.of("CapabilitiesDocumentTest.theJdkHasNoPostQuantumGroup")),
            entry(NAMED_GROUPS, List.of("CapabilitiesDocumentTest.olderJdksCannotSetGroups")),
            entry(
                    "`HandshakeInfo.namedGroup()`",
                    List.of("NamedGroupTest.isNullWhereNobodyCanTellOrAResumptionHadNone")),
            entry("`resumed()`", List.of("HandshakeInfoTest.tellsWhenASessionWasResumed")),
            entry(
                    "resumption after `replaceContext`",
                    List.of(
                            "CapabilitiesDocumentTest.aReplacedContextOfTheJdkDoesNotResume",
                            "ReplaceContextTest.resumesAcrossASwapThatLeavesTheTrustPolicy",
                            "ReplaceContextTest.doesNotResumeAcrossASwapThatChangesWhoIsTrusted")),
            entry(
                    "a ticket whose certificate is refused meanwhile",
                    List.of("ResumedClientCertificateTest.getsAnAlertThatIsNotItsOwnWhenItIsRefused")),
            entry(
                    "a ticket whose certificate has ended",
                    List.of("ResumedClientCertificateTest.thatWasRenewedMeanwhileIsShown")),
            entry(
                    "resumption after a change of the type of key",
                    List.of("ReplaceContextTest.resumesWithAKeyOfAnotherTypeInTls13Only")),
            entry(
                    "a full handshake with no group in common",
                    List.of("CapabilitiesDocumentTest.noCommonGroupIsReportedAsTheProviderSeesIt")),
            entry(
                    "records without data in TLS 1.3",
                    List.of("HostileSuiteTest.floodsAreCutOff", "HostileSuiteTest.whoBreaksOffTheHandshakeIsRefused")),
            entry(
                    "server names with an underscore, or with a dot at the end",
                    List.of("SniTest.namesThatOnlyBoringSslTakesAreUnknownToTheJdk")),
            entry("hellos of more than 2 KiB", List.of("WaitingHelloTest.onTheJdkOthersMakeRoomForTheNext")),
            entry("P-521 as a group", List.of("ProviderDifferencesTest.aClientThatHasOnlyP521IsServedByTheJdk")),
            entry(
                    "client certificates on P-521",
                    List.of("ProviderDifferencesTest.aClientCertificateOnP521IsNotSeenByBoringSslInTls13")),
            entry(
                    "groups over finite fields (RFC 7919)",
                    List.of("NamedGroupTest.groupsOverFiniteFieldsAreTakenByNobody")),
            entry(
                    "sessions of clients that take no tickets",
                    List.of("ProviderDifferencesTest.whoTakesNoTicketsIsResumedBySessionIdOnTheJdk")),
            entry("Go's clients in TLS 1.2", List.of()),
            entry(
                    "a fall-back to an older version (`TLS_FALLBACK_SCSV`, RFC 7507)",
                    List.of("ProviderDifferencesTest.aFallBackToAnOlderVersionIsRefusedByBoringSsl")),
            entry(
                    "ECDSA of one curve with the hash of another",
                    List.of("SignatureAlgorithmTest.whoCanVerifyNoneIsRefusedWithAHandshakeFailure")),
            entry("alerts that are sealed", List.of("RefusalAlertTest.inTls13TheAlertIsTheProviders")),
            entry("what strict readers refuse", List.of("HostileSuiteTest.oddClientsAreServed")),
            entry(KEY_LOG, List.of("CapabilitiesDocumentTest.theJdkHasNoKeyLog")),
            entry(EXPORT, List.of("CapabilitiesDocumentTest.olderJdksCannotExport")),
            entry(
                    "`exportKeyingMaterial` with a context of more than 255 bytes",
                    List.of("KeyExportTest.refusesArgumentsOutOfRange")),
            entry(
                    "`exportKeyingMaterial` for a client without the extended master secret",
                    List.of("KeyExportTest.refusesWithoutTheExtendedMasterSecret")),
            entry("`session()`", List.of("CapabilitiesDocumentTest.theSessionOfBoringSslIsACopy")));

    @TempDir
    Path folder;

    @Test
    void everyRowIsHeldByATestOrCannotBeTriedHere() throws Exception {
        Map<String, String> rows = rows();
        assertThat(rows.keySet()).containsExactlyInAnyOrderElementsOf(HELD_BY.keySet());
        NamedTests tests = new NamedTests();
        for (List<String> names : HELD_BY.values()) {
            for (String name : names) {
                tests.assertExists(name);
            }
        }
    }

    // ---- transports

    @Test
    void v6OnlyNeedsAnotherTransportThanNio() throws Exception {
        SecurityContext context = jdk().build();
        assertQuoted(
                V6_ONLY,
                failure(() -> SecureServerSocket.open(
                        "::", 8443, context, options -> options.v6Only(true).transport(Transport.NIO))));
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void kqueueIsRefusedOnLinux() throws Exception {
        SecurityContext context = jdk().build();
        assertQuoted(
                KQUEUE,
                failure(() -> SecureServerSocket.open(
                        "127.0.0.1", 0, context, options -> options.transport(Transport.KQUEUE))));
    }

    @Matrix(Dimension.TRANSPORT)
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "nobody has run Unix-domain sockets there")
    void aResetOfAUnixDomainConnectionIsAnEndWithoutCloseNotify(Setup setup) throws Exception {
        UnixDomainSocketAddress address = UnixDomainSocketAddress.of(folder.resolve("s"));
        BindOptions options = BindOptions.builder().transport(setup.transport()).build();
        try (SecureServerSocket server =
                        SecureServerSocket.open(address, setup.context().build(), options);
                UnixRelay relay = new UnixRelay(address);
                var pair = ConnectedPair.of(server, relay.client())) {
            assertTalks(pair);
            pair.socket.abort();
            assertThat(failure(() -> pair.client.receiveAll()))
                    .isInstanceOf(IOException.class)
                    .hasMessageNotContaining("reset");
            assertThat(pair.client.endedWithCloseNotify()).isFalse();
        }
    }

    // ---- providers

    @Test
    void theJdkHasNoHalfCloseInTls12() throws Exception {
        try (var pair = ConnectedPair.open(new Setup(Transport.AUTO, TlsProvider.JDK, TlsVersion.TLS_1_2))) {
            pair.client.sendCloseNotify();
            assertThat(pair.socket.inputStream().read()).isEqualTo(-1);
            Throwable failure = failure(() -> pair.socket.outputStream().write(1));
            assertThat(failure).isInstanceOf(ClosedChannelException.class);
            String message = String.valueOf(failure.getMessage());
            assertQuoted(HALF_CLOSE, message.substring(message.indexOf("tls ")));
        }
    }

    @Test
    void boringSslHasAllSuitesOfTls13() throws Exception {
        SecurityContext some = boringSsl(TestPki.server())
                .cipherSuites("TLS_AES_128_GCM_SHA256", "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256")
                .build();
        assertQuoted(SUITES, failure(() -> open(some)));
    }

    @Test
    void boringSslNeedsTheEncodedFormOfAKey() throws Exception {
        OpaqueKey.Provider provider = new OpaqueKey.Provider();
        Security.addProvider(provider);
        try {
            TestIdentity identity = TestPki.server(KeyKind.ECDSA_P256);
            SecurityContext.Builder opaque = SecurityContext.builder()
                    .identity(
                            new OpaqueKey((ECPrivateKey) identity.privateKey()),
                            identity.chain().toArray(X509Certificate[]::new));
            assumeBoringSsl();
            SecurityContext context = opaque.provider(TlsProvider.BORINGSSL).build();
            assertQuoted(OPAQUE_KEYS, failure(() -> open(context)));
            SecurityContext auto = opaque.provider(TlsProvider.AUTO).build();
            assertQuoted(OPAQUE_KEYS, failure(() -> open(auto)));
            try (SecureServerSocket server =
                            open(opaque.provider(TlsProvider.JDK).build());
                    var pair = ConnectedPair.of(server, JdkTlsClient.to(server.localAddress()))) {
                assertTalks(pair);
            }
        } finally {
            Security.removeProvider(provider.getName());
        }
    }

    @Test
    void boringSslDoesNotAskForCertificatesWithEd25519Keys() throws Exception {
        SecurityContext context = boringSsl(TestPki.server())
                .trustedCertificates(TestPki.ca().certificate())
                .build();
        Setup setup = new Setup(Transport.AUTO, TlsProvider.BORINGSSL, TlsVersion.TLS_1_3);
        try (WatchedServer server =
                WatchedServer.open(setup, context, options -> options.requireClientCertificate(true))) {
            server.client().identity(TestPki.client(KeyKind.ED25519)).handshakeFailure();
            HandshakeException failure = server.failure(HandshakeException.Reason.PEER_NO_CERTIFICATE);
            assertThat(quotes(ED25519))
                    .contains(failure.reason().name())
                    .anyMatch(quote -> quote.contains(" ")
                            && Objects.requireNonNull(failure.getMessage()).contains(quote));
        }
    }

    @Test
    void boringSslTakesProtocolsInAsciiOnly() throws Exception {
        SecurityContext context =
                boringSsl(TestPki.server()).supportedProtocols("grün").build();
        assertQuoted(ALPN, failure(() -> open(context)));
    }

    @Test
    @EnabledForJreRange(min = JRE.JAVA_20)
    void theJdkHasNoPostQuantumGroup() throws Exception {
        SecurityContext context = jdk().namedGroups("X25519MLKEM768")
                .minimumTlsVersion(TlsVersion.TLS_1_3)
                .build();
        assertQuoted(
                POST_QUANTUM,
                described(failure(() -> open(context)))
                        .replaceAll("JDK \\d+", "JDK 25")
                        .replaceAll("(it has: \\w+, \\w+), [^)]*\\)", "$1, ...)"));
    }

    @Test
    @EnabledForJreRange(max = JRE.JAVA_19)
    void olderJdksCannotSetGroups() throws Exception {
        SecurityContext context = jdk().namedGroups("x25519").build();
        assertQuoted(
                NAMED_GROUPS, described(failure(() -> open(context))).replaceAll("this is JDK \\d+", "this is JDK 17"));
    }

    @Test
    void aReplacedContextOfTheJdkDoesNotResume() throws Exception {
        Setup setup = new Setup(Transport.AUTO, TlsProvider.JDK, TlsVersion.TLS_1_3);
        try (SecureServerSocket server = setup.open(options -> {})) {
            JdkTlsClient client = setup.client(server.port()); // which keeps its sessions
            assertThat(resumed(server, client)).isFalse();
            assertThat(resumed(server, client)).as("without a replacement").isTrue();
            server.replaceContext(setup.context().build());
            assertThat(resumed(server, client)).isFalse();
            assertThat(server.statistics().handshakesFailed()).isZero();
        }
    }

    private static boolean resumed(SecureServerSocket server, JdkTlsClient client) throws Exception {
        try (var pair = ConnectedPair.of(server, client)) {
            assertTalks(pair);
            return pair.socket.resumed();
        }
    }

    @Matrix(Dimension.PROVIDER)
    void noCommonGroupIsReportedAsTheProviderSeesIt(Setup setup) throws Exception {
        assumeBoringSsl(); // the client has it too
        SecurityContext.Builder context = setup.context();
        if (setup.provider() == TlsProvider.BORINGSSL) {
            context.namedGroups("secp384r1");
        }
        try (WatchedServer server = WatchedServer.open(setup, context.build(), options -> {})) {
            Throwable refused = failure(() -> NettyTlsClient.handshake(server.address(), "X25519MLKEM768"));
            assertThat(refused).isInstanceOf(IOException.class);
            server.failure(
                    setup.provider() == TlsProvider.BORINGSSL
                            ? HandshakeException.Reason.PEER_NO_COMMON_CIPHER_SUITE
                            : HandshakeException.Reason.PEER_MISBEHAVED);
        }
    }

    @Test
    void theJdkHasNoKeyLog() throws Exception {
        SecurityContext context = jdk().unsafeKeyLog(line -> {}).build();
        assertQuoted(KEY_LOG, failure(() -> open(context)));
    }

    @Test
    @EnabledForJreRange(max = JRE.JAVA_24)
    void olderJdksCannotExport() throws Exception {
        SecurityContext context = jdk().keyingMaterialExport(true).build();
        assertQuoted(EXPORT, described(failure(() -> open(context))).replaceAll("this is JDK \\d+", "this is JDK 17"));
    }

    @Matrix(Dimension.VERSION)
    void theSessionOfBoringSslIsACopy(Setup setup) throws Exception {
        assumeBoringSsl();
        try (SecureServerSocket server = setup.open(options -> {})) {
            CompletableFuture<SecureSocket> accepted = server.acceptAsync();
            try (TlsConnection client = setup.client(server.port()).connect();
                    SecureSocket socket = Awaiting.result("a connection", PATIENCE, accepted)) {
                SSLSession session = socket.session();
                assertThat(session.getSessionContext()).isNull();
                assertThat(session.getLocalCertificates()).isNull();
                assertThat(session.getPeerHost()).isNull();
                assertThat(session.getId()).isEmpty();
                assertThat(session.getCipherSuite()).isEqualTo(client.session().getCipherSuite());
                socket.abort();
            }
        }
    }

    // ---- the document

    private static SecurityContext.Builder jdk() {
        return context(TestPki.server(), TlsProvider.JDK);
    }

    private static SecurityContext.Builder boringSsl(TestIdentity identity) {
        assumeBoringSsl();
        return context(identity, TlsProvider.BORINGSSL);
    }

    private static void assumeBoringSsl() {
        assumeTrue(BoringSsl.unavailabilityCause() == null, "this machine has no BoringSSL");
    }

    private static SecurityContext.Builder context(TestIdentity identity, TlsProvider provider) {
        return SecurityContext.builder()
                .identity(identity.chainFile(), identity.keyFile())
                .provider(provider);
    }

    private static SecureServerSocket open(SecurityContext context) throws IOException {
        return SecureServerSocket.open(
                new InetSocketAddress(InternetAddress.LOOPBACK_IPV4, 0), context, BindOptions.defaults());
    }

    private static Throwable failure(ThrowingCallable call) {
        Throwable failure = catchThrowable(call);
        assertThat(failure).isNotNull();
        return failure;
    }

    private static String described(Throwable failure) {
        return failure.getClass().getSimpleName() + ": " + failure.getMessage();
    }

    private static void assertQuoted(String row, Throwable failure) throws IOException {
        assertQuoted(row, described(failure));
    }

    private static void assertQuoted(String row, String description) throws IOException {
        assertThat(quotes(row)).as("what the row '%s' quotes", row).contains(description);
    }

    private static List<String> quotes(String row) throws IOException {
        String cell = Objects.requireNonNull(rows().get(row), () -> "no row '" + row + "'");
        return QUOTED.matcher(cell)
                .results()
                .map(MatchResult::group)
                .map(quote -> quote.replace("`", ""))
                .toList();
    }

    /** By the first cell, what happens. */
    private static Map<String, String> rows() throws IOException {
        Map<String, String> rows = new LinkedHashMap<>();
        for (String line : Files.readAllLines(DOCUMENT)) {
            if (line.startsWith("| ") && !line.startsWith("| what |") && !line.startsWith("| ---")) {
                List<String> cells =
                        Arrays.stream(line.split("\\|", -1)).map(String::strip).toList();
                assertThat(cells).as("cells of '%s'", line).hasSize(5);
                assertThat(rows.put(cells.get(1), cells.get(3)))
                        .as("a second row '%s'", cells.get(1))
                        .isNull();
            }
        }
        return rows;
    }
}
