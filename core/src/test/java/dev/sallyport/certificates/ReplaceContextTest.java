package dev.sallyport.certificates;

import static dev.sallyport.support.ConnectedPair.assertTalks;
import static dev.sallyport.testkit.Awaiting.PATIENCE;
import static dev.sallyport.testkit.Awaiting.until;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.sallyport.BindOptions;
import dev.sallyport.SecureServerSocket;
import dev.sallyport.SecurityContext;
import dev.sallyport.ServerObserver;
import dev.sallyport.TlsProvider;
import dev.sallyport.TlsVersion;
import dev.sallyport.matrix.LibraryResources;
import dev.sallyport.matrix.Matrix;
import dev.sallyport.matrix.Matrix.Dimension;
import dev.sallyport.matrix.Setup;
import dev.sallyport.support.ClientLoad;
import dev.sallyport.support.ConnectedPair;
import dev.sallyport.testkit.KeyKind;
import dev.sallyport.testkit.OpensslClient;
import dev.sallyport.testkit.RequiresTool;
import dev.sallyport.testkit.TestIdentity;
import dev.sallyport.testkit.TestPki;
import dev.sallyport.testkit.TlsConnection;
import java.io.IOException;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.io.TempDir;

/** Replacing the context of a server that serves. */
class ReplaceContextTest {
    private static final TestIdentity OLD = TestPki.server();
    private static final TestIdentity NEW = TestPki.server(KeyKind.RSA_2048);

    private static final TestIdentity SAME_KIND = TestPki.identity("localhost", "127.0.0.1");

    @TempDir
    Path folder;

    private static X509Certificate seenBy(Setup setup, SecureServerSocket server) throws Exception {
        try (TlsConnection client = setup.client(server.port()).connect()) {
            client.receive(1);
            client.receiveAll();
            return client.peerCertificate();
        }
    }

    @Matrix
    void laterHandshakesGetTheNewCertificateAndEstablishedConnectionsLiveOn(Setup setup) throws Exception {
        AtomicInteger told = new AtomicInteger();
        ServerObserver observer = new ServerObserver() {
            @Override
            public void contextReplaced() {
                told.incrementAndGet();
            }
        };
        SecurityContext replacement = setup.context(NEW).build();
        try (SecureServerSocket server = setup.open(setup.context(OLD).build(), options -> options.observer(observer));
                var before = ConnectedPair.of(server, setup.client(server.port()))) {
            assertThat(before.client.peerCertificate()).isEqualTo(OLD.certificate());
            server.replaceContext(replacement);
            assertThat(server.context()).isSameAs(replacement);
            try (var after = ConnectedPair.of(server, setup.client(server.port()))) {
                assertThat(after.client.peerCertificate()).isEqualTo(NEW.certificate());
                assertTalks(after);
            }
            assertTalks(before);
            until("the observer to hear of it", PATIENCE, () -> told.get() == 1);
        }
    }

    @Matrix(Dimension.PROVIDER)
    void refusesWhatCouldNotHaveBeenBoundWithAndGoesOnWithTheOld(Setup setup) throws Exception {
        SecurityContext original = setup.context(OLD)
                .trustedCertificates(TestPki.ca().certificate())
                .build();
        try (SecureServerSocket server = setup.open(original, options -> options.requestClientCertificate(true))) {
            server.serve(ClientLoad::serve);
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> server.replaceContext(
                            SecurityContext.builder().provider(setup.provider()).build()))
                    .withMessageContaining("no identity");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> server.replaceContext(setup.context(NEW).build()))
                    .withMessageContaining("trustedCertificates");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> server.replaceContext(setup.context(NEW)
                            .trustedCertificates(TestPki.ca().certificate())
                            .namedGroups("no-such-group")
                            .build()))
                    .withMessageContaining("no-such-group");
            assertThat(server.context()).isSameAs(original);
            assertThat(seenBy(setup, server)).isEqualTo(OLD.certificate());
        }
    }

    @Matrix(Dimension.PROVIDER)
    void givesNativeContextsBack(Setup setup) throws Exception {
        LibraryResources library = new LibraryResources();
        long expected = setup.provider() == TlsProvider.BORINGSSL ? 1 : 0;
        try (SecureServerSocket server = setup.open(setup.context(OLD).build(), options -> {})) {
            try (var first = ConnectedPair.of(server, setup.client(server.port()))) {
                for (int i = 0; i < 10; i++) {
                    server.replaceContext(setup.context(i % 2 == 0 ? NEW : OLD).build());
                }
                assertTalks(first);
                assertThat(library.inUse())
                        .as("the current one, and that of the connection")
                        .containsEntry("NATIVE_CONTEXTS", expected * 2);
            }
            until(
                    "the connection's context to go with it",
                    PATIENCE,
                    () -> library.inUse().getOrDefault("NATIVE_CONTEXTS", 0L) == expected);
        }
    }

    @Matrix(Dimension.PROVIDER)
    void failsNoHandshakeBecauseOfIt(Setup setup) throws Exception {
        SecurityContext[] contexts = {
            setup.context(OLD).build(), setup.context(NEW).build()
        };
        try (SecureServerSocket server = setup.open(contexts[0], options -> {});
                ClientLoad load = ClientLoad.of(60, 3, setup.client(server.port()))) {
            server.serve(ClientLoad::serve);
            for (int i = 1; !load.done(); i++) {
                long before = server.statistics().handshakesCompleted();
                server.replaceContext(contexts[i % 2]);
                until(
                        "another handshake",
                        PATIENCE,
                        () -> load.done() || server.statistics().handshakesCompleted() > before);
            }
            load.assertServed();
            assertThat(server.statistics().handshakesFailed()).isZero();
        }
    }

    @Matrix(Dimension.PROVIDER)
    void isRefusedAfterCloseAndGivesTheNativeContextsBack(Setup setup) throws Exception {
        SecureServerSocket server = setup.open(setup.context(OLD).build(), options -> {});
        server.close();
        SecurityContext replacement = setup.context(NEW).build();
        assertThatIllegalStateException()
                .isThrownBy(() -> server.replaceContext(replacement))
                .withMessageContaining("closed");
        assertThat(server.context()).isNotSameAs(replacement);
    }

    // ---- resumption

    private void assertResumes(
            Setup setup,
            SecurityContext before,
            SecurityContext after,
            Consumer<BindOptions.Builder> options,
            boolean expected)
            throws IOException {
        Path session = folder.resolve("session-" + setup.version());
        try (SecureServerSocket server = setup.open(before, options)) {
            server.serve(socket -> socket.inputStream().transferTo(socket.outputStream()));
            OpensslClient client = OpensslClient.to(server.localAddress())
                    .trusting(TestPki.ca())
                    .protocols(setup.version().protocolName());
            client.saveSession(session);
            assertThat(client.echo("first").resumed()).isFalse();
            client.resumeSession(session);
            assertThat(client.echo("control").resumed()).as("without a swap").isTrue();
            server.replaceContext(after);
            assertThat(client.echo("second").resumed()).as("after the swap").isEqualTo(expected);
            assertThat(client.echo("third").resumed())
                    .as("with a session from after the swap")
                    .isTrue();
        }
    }

    @Matrix(Dimension.VERSION)
    @RequiresTool("openssl")
    void resumesAcrossASwapThatLeavesTheTrustPolicy(Setup setup) throws Exception {
        assertResumes(
                setup, setup.context(OLD).build(), setup.context(SAME_KIND).build(), options -> {}, true);
    }

    /** The cipher suite of a session in TLS 1.2 needs a key of its type. */
    @Matrix(Dimension.VERSION)
    @RequiresTool("openssl")
    void resumesWithAKeyOfAnotherTypeInTls13Only(Setup setup) throws Exception {
        assertResumes(
                setup,
                setup.context(OLD).build(),
                setup.context(NEW).build(),
                options -> {},
                setup.version() == TlsVersion.TLS_1_3);
    }

    @Matrix(Dimension.VERSION)
    @RequiresTool("openssl")
    void doesNotResumeAcrossASwapThatChangesWhoIsTrusted(Setup setup) throws Exception {
        assertResumes(
                setup,
                setup.context(OLD)
                        .trustedCertificates(TestPki.ca().certificate())
                        .build(),
                setup.context(OLD)
                        .trustedCertificates(TestPki.otherCa().certificate())
                        .build(),
                options -> options.requestClientCertificate(true),
                false);
    }
}
