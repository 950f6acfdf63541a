package dev.sallyport.certificates;

import static dev.sallyport.matrix.Matrix.Dimension.PROVIDER;
import static dev.sallyport.matrix.Matrix.Dimension.VERSION;
import static dev.sallyport.testkit.Awaiting.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.BindOptions;
import dev.sallyport.ClientCertificateCheck;
import dev.sallyport.HandshakeException.Reason;
import dev.sallyport.SecurityContext;
import dev.sallyport.TlsProvider;
import dev.sallyport.matrix.Matrix;
import dev.sallyport.matrix.Setup;
import dev.sallyport.support.WatchedServer;
import dev.sallyport.testkit.Awaiting;
import dev.sallyport.testkit.JdkTlsClient;
import dev.sallyport.testkit.OpensslClient;
import dev.sallyport.testkit.OpensslResult;
import dev.sallyport.testkit.RequiresTool;
import dev.sallyport.testkit.TestIdentity;
import dev.sallyport.testkit.TestPki;
import java.io.IOException;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.junit.jupiter.api.io.TempDir;

/** A client that resumes a session is looked at as if it showed its certificate: it may have ended, or been taken back. */
class ResumedClientCertificateTest {
    private static final Consumer<BindOptions.Builder> REQUIRE = options -> options.requireClientCertificate(true);

    @TempDir
    Path folder;

    @Matrix({PROVIDER, VERSION})
    void thatHasEndedMeanwhileIsRefused(Setup setup) throws Exception {
        try (WatchedServer server = open(setup, builder -> {}, REQUIRE)) {
            Resuming client = Resuming.untilItsEnd(server);
            Instant end = client.identity.certificate().getNotAfter().toInstant();
            Awaiting.until(
                    "the certificate to end", PATIENCE, () -> Instant.now().isAfter(end));
            assertThat(client.client.handshakeFailure()).hasMessageContaining("Received fatal alert");
            server.failure(Reason.PEER_BAD_CERTIFICATE);
            server.assertServes(server.client().identity(TestPki.client()));
        }
    }

    @Matrix({PROVIDER, VERSION})
    void thatACheckRefusesMeanwhileIsRefused(Setup setup) throws Exception {
        AtomicBoolean dismissed = new AtomicBoolean();
        ClientCertificateCheck check = chain -> {
            if (dismissed.get()) {
                throw new CertificateException("dismissed");
            }
        };
        try (WatchedServer server = open(setup, builder -> builder.clientCertificateCheck(check), REQUIRE)) {
            refusesAndServesAgain(server, dismissed);
        }
    }

    @Matrix({PROVIDER, VERSION})
    void thatAVerifierRefusesMeanwhileIsRefused(Setup setup) throws Exception {
        AtomicBoolean dismissed = new AtomicBoolean();
        SecurityContext context = setup.context()
                .unsafeClientCertificateVerifier(chain -> {
                    if (dismissed.get()) {
                        throw new CertificateException("dismissed");
                    }
                })
                .build();
        try (WatchedServer server = WatchedServer.open(setup, context, REQUIRE)) {
            refusesAndServesAgain(server, dismissed);
        }
    }

    private static void refusesAndServesAgain(WatchedServer server, AtomicBoolean dismissed) throws Exception {
        JdkTlsClient client = server.client().identity(TestPki.client());
        assertThat(resumed(server, client)).isFalse();
        assertThat(resumed(server, client)).isTrue();
        dismissed.set(true);
        assertThat(client.handshakeFailure()).hasMessageContaining("Received fatal alert");
        assertThat(server.failure(Reason.PEER_UNTRUSTED_CERTIFICATE)).hasMessageContaining("dismissed");
        dismissed.set(false);
        server.assertServes(client);
    }

    /** BoringSSL lets no ticket outlive the certificate, so the client shows its new one; the JDK's it has to forget first. */
    @Matrix({PROVIDER, VERSION})
    @RequiresTool("openssl")
    void thatWasRenewedMeanwhileIsShown(Setup setup) throws Exception {
        try (WatchedServer server = open(setup, builder -> {}, REQUIRE)) {
            Path session = folder.resolve("session.pem");
            Instant end = saveUntilItsEnd(setup, server, session);
            Awaiting.until(
                    "the certificate to end", PATIENCE, () -> Instant.now().isAfter(end));
            OpensslClient renewed =
                    openssl(setup, server).identity(TestPki.client()).resumeSession(session);
            if (setup.provider() == TlsProvider.JDK) {
                assertThat(renewed.runToEnd(new byte[0]).alerts())
                        .singleElement()
                        .asString()
                        .startsWith("fatal");
                server.failure(Reason.PEER_BAD_CERTIFICATE);
            } else {
                OpensslResult full = renewed.echo("hello");
                assertThat(full.outputText()).isEqualTo("hello");
                assertThat(full.resumed()).isFalse();
            }
            server.assertServes(server.client().identity(TestPki.client()));
        }
    }

    @Matrix({PROVIDER, VERSION})
    void isCheckedOnTheExecutorByWhoIsToldThatItIsResumed(Setup setup) throws Exception {
        BlockingQueue<String> asked = new LinkedBlockingQueue<>();
        ClientCertificateCheck check = new ClientCertificateCheck() {
            @Override
            public void check(List<X509Certificate> chain) {
                assertThat(chain).isEqualTo(TestPki.client().chain());
                asked.add("full on " + Thread.currentThread().getName());
            }

            @Override
            public void checkResumed(List<X509Certificate> chain) {
                assertThat(chain).isEqualTo(TestPki.client().chain());
                asked.add("resumed on " + Thread.currentThread().getName());
            }
        };
        ExecutorService executor = Executors.newCachedThreadPool(task -> new Thread(task, "the users own"));
        try (WatchedServer server = open(
                setup,
                builder -> builder.clientCertificateCheck(check),
                REQUIRE.andThen(builder -> builder.executor(executor)))) {
            JdkTlsClient client = server.client().identity(TestPki.client());
            assertThat(resumed(server, client)).isFalse();
            assertThat(resumed(server, client)).isTrue();
            assertThat(asked).containsExactly("full on the users own", "resumed on the users own");
        } finally {
            executor.shutdown();
        }
    }

    @Matrix({PROVIDER, VERSION})
    void whoseCheckFailsHarmsItsClientOnly(Setup setup) throws Exception {
        AtomicBoolean broken = new AtomicBoolean();
        ClientCertificateCheck check = chain -> {
            if (broken.get()) {
                throw new AssertionError("a bug in the check");
            }
        };
        try (WatchedServer server = open(setup, builder -> builder.clientCertificateCheck(check), REQUIRE)) {
            JdkTlsClient client = server.client().identity(TestPki.client());
            assertThat(resumed(server, client)).isFalse();
            assertThat(resumed(server, client)).isTrue();
            broken.set(true);
            client.handshakeFailure();
            assertThat(server.failure(Reason.INTERNAL)).hasMessageContaining("a bug in the check");
            broken.set(false);
            server.assertServes(client);
            server.awaitNoConnections();
        }
    }

    @Matrix(PROVIDER)
    void whoseCheckDoesNotEndIsNotWaitedFor(Setup setup) throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        AtomicBoolean blocks = new AtomicBoolean();
        ClientCertificateCheck check = chain -> {
            if (blocks.get()) {
                Awaiting.until("the test to end", PATIENCE, () -> release.getCount() == 0);
            }
        };
        try (WatchedServer server = open(
                setup,
                builder -> builder.clientCertificateCheck(check),
                options -> options.requestClientCertificate(true).handshakeTimeout(Duration.ofSeconds(1)))) {
            JdkTlsClient client = server.client().identity(TestPki.client());
            assertThat(resumed(server, client)).isFalse();
            assertThat(resumed(server, client)).isTrue();
            blocks.set(true);
            client.handshakeFailure();
            server.failure(Reason.TIMEOUT);
            server.assertServes(); // somebody without a certificate, about whom nobody is asked
            release.countDown();
            server.awaitNoConnections();
        } finally {
            release.countDown();
        }
    }

    /** Those who came without one are asked for nothing when they come again. */
    @Matrix({PROVIDER, VERSION})
    void thatWasNeverSentIsNotMissed(Setup setup) throws Exception {
        BlockingQueue<List<X509Certificate>> asked = new LinkedBlockingQueue<>();
        try (WatchedServer server = open(
                setup,
                builder -> builder.clientCertificateCheck(asked::add),
                options -> options.requestClientCertificate(true))) {
            JdkTlsClient client = server.client();
            assertThat(resumed(server, client)).isFalse();
            resumed(server, client);
            assertThat(asked).isEmpty();
        }
    }

    @Matrix({PROVIDER, VERSION})
    @RequiresTool("openssl")
    void getsAnAlertThatIsNotItsOwnWhenItIsRefused(Setup setup) throws Exception {
        AtomicBoolean dismissed = new AtomicBoolean();
        ClientCertificateCheck check = chain -> {
            if (dismissed.get()) {
                throw new CertificateException("dismissed");
            }
        };
        try (WatchedServer server = open(setup, builder -> builder.clientCertificateCheck(check), REQUIRE)) {
            Path session = folder.resolve("session.pem");
            OpensslClient client = openssl(setup, server).identity(TestPki.client());
            client.saveSession(session).echo("ticket");
            dismissed.set(true);
            assertThat(client.resumeSession(session).runToEnd(new byte[0]).alerts())
                    .containsExactly(
                            setup.provider() == TlsProvider.JDK ? "fatal unexpected_message" : "fatal record_overflow");
            server.failure(Reason.PEER_UNTRUSTED_CERTIFICATE);
        }
    }

    private static boolean resumed(WatchedServer server, JdkTlsClient client) throws Exception {
        server.assertServes(client);
        return server.accepted().resumed();
    }

    /** A client with a certificate of short life that has resumed a session, so that it is sure to try again. */
    private record Resuming(TestIdentity identity, JdkTlsClient client) {
        static Resuming untilItsEnd(WatchedServer server) throws Exception {
            resumed(server, server.client().identity(TestPki.client())); // so that all is loaded
            for (int seconds = 3; ; seconds *= 2) { // a machine that is busy enough may let the first ones end too soon
                TestIdentity identity = TestPki.clientValidFor(Duration.ofSeconds(seconds));
                JdkTlsClient client = server.client().identity(identity);
                boolean first = resumed(server, client);
                if (!first && resumed(server, client)) {
                    return new Resuming(identity, client);
                }
            }
        }
    }

    /** Leaves a session of a client whose certificate is about to end, which can be resumed; returns the end. */
    private static Instant saveUntilItsEnd(Setup setup, WatchedServer server, Path session) throws IOException {
        for (int seconds = 3; ; seconds *= 2) {
            TestIdentity identity = TestPki.clientValidFor(Duration.ofSeconds(seconds));
            openssl(setup, server).identity(identity).saveSession(session).echo("ticket");
            if (openssl(setup, server)
                    .identity(identity)
                    .resumeSession(session)
                    .echo("again")
                    .resumed()) {
                return identity.certificate().getNotAfter().toInstant();
            }
        }
    }

    private static OpensslClient openssl(Setup setup, WatchedServer server) {
        return OpensslClient.to(server.address()).protocols(setup.version().protocolName());
    }

    private static WatchedServer open(
            Setup setup, Consumer<SecurityContext.Builder> trust, Consumer<BindOptions.Builder> options)
            throws IOException {
        SecurityContext.Builder context =
                setup.context().trustedCertificates(TestPki.ca().certificate());
        trust.accept(context);
        return WatchedServer.open(setup, context.build(), options);
    }
}
