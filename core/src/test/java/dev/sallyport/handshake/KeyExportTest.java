package dev.sallyport.handshake;

import static dev.sallyport.testkit.Awaiting.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sallyport.RawSecureServerSocket;
import dev.sallyport.SecureServerSocket;
import dev.sallyport.SecureSocket;
import dev.sallyport.SecurityContext;
import dev.sallyport.TlsProvider;
import dev.sallyport.TlsVersion;
import dev.sallyport.matrix.Matrix;
import dev.sallyport.matrix.Matrix.Dimension;
import dev.sallyport.matrix.Setup;
import dev.sallyport.support.ConnectedPair;
import dev.sallyport.testkit.Awaiting;
import dev.sallyport.testkit.OpensslClient;
import dev.sallyport.testkit.OpensslResult;
import dev.sallyport.testkit.RequiresTool;
import dev.sallyport.testkit.TestIdentity;
import dev.sallyport.testkit.TestPki;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.io.TempDir;

/** Both ends of a connection derive the same key material from it. */
class KeyExportTest {
    private static final String LABEL = "EXPERIMENTAL sallyport test";
    /** Longer than one output of each hash. */
    private static final int BYTES = 100;

    private final BlockingQueue<SecureSocket> accepted = new LinkedBlockingQueue<>();

    @Matrix({Dimension.PROVIDER, Dimension.VERSION})
    @RequiresTool("openssl")
    void exportsWhatTheClientExports(Setup setup, @TempDir Path folder) throws Exception {
        Path session = folder.resolve("session.pem");
        try (SecureServerSocket server = open(setup, exporting(setup).build())) {
            for (boolean resumed : new boolean[] {false, true}) {
                OpensslClient client = client(setup, server).exporting(LABEL, BYTES);
                OpensslResult result =
                        (resumed ? client.resumeSession(session) : client.saveSession(session)).runToEnd(new byte[0]);
                SecureSocket socket = next(accepted);
                assertThat(socket.resumed()).as(result.toString()).isEqualTo(resumed);
                assertThat(socket.exportKeyingMaterial(LABEL, null, BYTES))
                        .as(result.outputText())
                        .isEqualTo(result.keyingMaterial());
            }
        }
    }

    @Matrix({Dimension.PROVIDER, Dimension.VERSION})
    @RequiresTool("openssl")
    void exportsWithTheHashOfTheSuite(Setup setup) throws Exception {
        boolean tls13 = setup.version() == TlsVersion.TLS_1_3;
        String option = tls13 ? "-ciphersuites" : "-cipher";
        List<String> suites = tls13
                ? List.of("TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256")
                : List.of("ECDHE-ECDSA-AES256-GCM-SHA384", "ECDHE-ECDSA-CHACHA20-POLY1305");
        try (SecureServerSocket server = open(setup, exporting(setup).build())) {
            for (String suite : suites) {
                OpensslResult result = client(setup, server)
                        .exporting(LABEL, BYTES)
                        .args(option, suite)
                        .runToEnd(new byte[0]);
                assertThat(next(accepted).exportKeyingMaterial(LABEL, null, BYTES))
                        .as(suite + result.outputText())
                        .isEqualTo(result.keyingMaterial());
            }
        }
    }

    @Matrix({Dimension.PROVIDER, Dimension.VERSION})
    @EnabledForJreRange(minVersion = 25)
    void mixesInTheContextAsTheClientDoes(Setup setup) throws Exception {
        try (RawSecureServerSocket server = RawSecureServerSocket.bind(
                                "127.0.0.1", 0, exporting(setup).build(), setup.withTransport(options -> {}))
                        .join();
                var pair = ConnectedPair.of(server, setup.client(server.port()))) {
            Method clientExports = ExtendedSSLSession.class.getMethod(
                    "exportKeyingMaterialData", String.class, byte[].class, int.class);
            for (byte @Nullable [] context : new byte @Nullable [][] {null, {}, {1, 2, 3}, new byte[255]}) {
                assertThat(pair.socket.exportKeyingMaterial(LABEL, context, BYTES))
                        .isEqualTo(clientExports.invoke(pair.client.session(), LABEL, context, BYTES));
            }
            byte[] longer = new byte[256];
            if (setup.provider() == TlsProvider.JDK && setup.version() == TlsVersion.TLS_1_3) {
                assertThatThrownBy(() -> pair.socket.exportKeyingMaterial(LABEL, longer, BYTES))
                        .isInstanceOf(SSLException.class)
                        .hasMessage("exportKeyingMaterial: refused by the jdk provider"
                                + " (context length outside range)");
            } else {
                assertThat(pair.socket.exportKeyingMaterial(LABEL, longer, BYTES))
                        .hasSize(BYTES);
            }
        }
    }

    @Matrix({Dimension.PROVIDER, Dimension.VERSION})
    void givesOtherBytesForOtherArgumentsAndTheSameForTheSame(Setup setup) throws Exception {
        try (SecureServerSocket server = setup.open(exporting(setup).build(), options -> {});
                var pair = ConnectedPair.of(server, setup.client(server.port()));
                var other = ConnectedPair.of(server, setup.client(server.port()))) {
            SecureSocket socket = pair.socket;
            byte[] exported = socket.exportKeyingMaterial(LABEL, null, 32);
            assertThat(exported).hasSize(32).isEqualTo(socket.exportKeyingMaterial(LABEL, null, 32));
            assertThat(socket.exportKeyingMaterial(LABEL + " 2", null, 32)).isNotEqualTo(exported);
            assertThat(socket.exportKeyingMaterial(LABEL, new byte[] {1}, 32)).isNotEqualTo(exported);
            byte[] empty = socket.exportKeyingMaterial(LABEL, new byte[0], 32);
            if (setup.version() == TlsVersion.TLS_1_3) {
                assertThat(empty).isEqualTo(exported);
            } else {
                assertThat(empty).isNotEqualTo(exported);
            }
            assertThat(socket.exportKeyingMaterial("x".repeat(249), new byte[0], 1))
                    .hasSize(1);
            assertThat(socket.exportKeyingMaterial("x", null, 8160)).hasSize(8160);
            assertThat(other.socket.exportKeyingMaterial(LABEL, null, 32)).isNotEqualTo(exported);
        }
    }

    @Matrix({Dimension.PROVIDER, Dimension.VERSION})
    void exportsTheSameAfterTheEnd(Setup setup) throws Exception {
        try (SecureServerSocket server = setup.open(exporting(setup).build(), options -> {});
                var pair = ConnectedPair.of(server, setup.client(server.port()))) {
            SecureSocket socket = pair.socket;
            byte[] before = socket.exportKeyingMaterial(LABEL, null, 32);
            socket.abort();
            Awaiting.result("the connection's end", PATIENCE, socket.onClosed());
            assertThat(socket.exportKeyingMaterial(LABEL, null, 32)).isEqualTo(before);
        }
    }

    @Matrix({Dimension.PROVIDER, Dimension.VERSION})
    void refusesWhereTheContextDidNotAskForIt(Setup setup) throws Exception {
        try (var pair = ConnectedPair.open(setup)) {
            assertThatIllegalStateException()
                    .isThrownBy(() -> pair.socket.exportKeyingMaterial(LABEL, null, 32))
                    .withMessage("exportKeyingMaterial: the SecurityContext of this connection was built without"
                            + " keyingMaterialExport(true)");
        }
    }

    @Test
    @EnabledForJreRange(maxVersion = 24)
    void isRefusedAtBindWhereTheJdkCannot() throws Exception {
        TestIdentity identity = TestPki.server();
        SecurityContext context = SecurityContext.builder()
                .identity(identity.chainFile(), identity.keyFile())
                .provider(TlsProvider.JDK)
                .keyingMaterialExport(true)
                .build();
        assertThatThrownBy(() -> SecureServerSocket.open("127.0.0.1", 0, context))
                .isInstanceOf(SSLException.class)
                .hasMessage("keyingMaterialExport: the jdk provider has it on JDK 25 or newer, and this is JDK "
                        + Runtime.version().feature() + " (leave it out, or use the boringssl provider)");
    }

    /** RFC 7627 section 5.4. */
    @Matrix(Dimension.PROVIDER)
    @RequiresTool("openssl")
    void refusesWithoutTheExtendedMasterSecret(Setup setup) throws Exception {
        try (SecureServerSocket server = open(setup, exporting(setup).build())) {
            OpensslClient.to("127.0.0.1", server.port())
                    .protocols("TLSv1.2")
                    .withoutExtendedMasterSecret()
                    .runToEnd(new byte[0]);
            SecureSocket socket = next(accepted);
            assertThatThrownBy(() -> socket.exportKeyingMaterial(LABEL, null, 32))
                    .isInstanceOf(SSLException.class)
                    .hasMessage(
                            setup.provider() == TlsProvider.JDK
                                    ? "exportKeyingMaterial: refused by the jdk provider"
                                            + " (Exporters require extended master secrets)"
                                    : "exportKeyingMaterial: the client speaks tls 1.2 without the extended master"
                                            + " secret, and then there must be none (RFC 7627 section 5.4)");
        }
    }

    @Matrix({Dimension.PROVIDER, Dimension.VERSION})
    void refusesArgumentsOutOfRange(Setup setup) throws Exception {
        try (var pair = ConnectedPair.open(setup)) {
            SecureSocket socket = pair.socket;
            assertThatThrownBy(() -> socket.exportKeyingMaterial(nothing(), null, 32))
                    .isInstanceOf(NullPointerException.class)
                    .hasMessage("label");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> socket.exportKeyingMaterial("", null, 32))
                    .withMessage("label: has 0 characters, must have 1 to 249");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> socket.exportKeyingMaterial("x".repeat(250), null, 32))
                    .withMessage("label: has 250 characters, must have 1 to 249");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> socket.exportKeyingMaterial("grün", null, 32))
                    .withMessage("label(grün): must be ASCII");
            for (String own : List.of("master secret", "key expansion", "client finished")) {
                assertThatIllegalArgumentException()
                        .isThrownBy(() -> socket.exportKeyingMaterial(own, null, 32))
                        .withMessageStartingWith("label(" + own + "): belongs to TLS itself");
            }
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> socket.exportKeyingMaterial(LABEL, new byte[65_536], 32))
                    .withMessage("context: has 65536 bytes, must have 65535 or less");
            for (int length : new int[] {Integer.MIN_VALUE, 0, 8161}) {
                assertThatIllegalArgumentException()
                        .isThrownBy(() -> socket.exportKeyingMaterial(LABEL, null, length))
                        .withMessage("length(" + length + "): must be 1 to 8160");
            }
        }
    }

    @Matrix(Dimension.VERSION)
    @RequiresTool("openssl")
    void exportsBesideAKeyLog(Setup setup) throws Exception {
        assumeTrue(setup.provider() == TlsProvider.BORINGSSL, "the jdk provider has no key log");
        BlockingQueue<String> lines = new LinkedBlockingQueue<>();
        SecurityContext context = exporting(setup).unsafeKeyLog(lines::add).build();
        String logged = setup.version() == TlsVersion.TLS_1_3 ? "EXPORTER_SECRET " : "CLIENT_RANDOM ";
        try (SecureServerSocket server = open(setup, context)) {
            OpensslResult result = client(setup, server).exporting(LABEL, BYTES).runToEnd(new byte[0]);
            assertThat(next(accepted).exportKeyingMaterial(LABEL, null, BYTES)).isEqualTo(result.keyingMaterial());
            while (!next(lines).startsWith(logged)) {
                // the other secrets
            }
        }
    }

    private static SecurityContext.Builder exporting(Setup setup) {
        assumeTrue(
                setup.provider() == TlsProvider.BORINGSSL || Runtime.version().feature() >= 25,
                "the jdk provider exports on JDK 25 or newer");
        return setup.context().keyingMaterialExport(true);
    }

    /** A server that says good bye to each client and keeps its socket, which is closed then. */
    private SecureServerSocket open(Setup setup, SecurityContext context) throws Exception {
        SecureServerSocket server = setup.open(context, options -> {});
        server.serve(socket -> {
            accepted.add(socket);
            socket.outputStream().write("good bye".getBytes(StandardCharsets.US_ASCII));
        });
        return server;
    }

    private static OpensslClient client(Setup setup, SecureServerSocket server) {
        return OpensslClient.to("127.0.0.1", server.port())
                .protocols(setup.version().protocolName());
    }

    private static <T> T next(BlockingQueue<T> queue) throws InterruptedException {
        T next = queue.poll(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        if (next == null) {
            throw new AssertionError("waited 10 s for the next of " + queue);
        }
        return next;
    }

    @SuppressWarnings("NullAway") // what callers do who are not checked
    private static String nothing() {
        return null;
    }
}
