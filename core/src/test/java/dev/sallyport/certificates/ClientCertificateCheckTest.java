package dev.sallyport.certificates;

import static dev.sallyport.matrix.Matrix.Dimension.PROVIDER;
import static dev.sallyport.matrix.Matrix.Dimension.VERSION;
import static dev.sallyport.testkit.Awaiting.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.BindOptions;
import dev.sallyport.ClientCertificateCheck;
import dev.sallyport.HandshakeException.Reason;
import dev.sallyport.SecurityContext;
import dev.sallyport.matrix.Matrix;
import dev.sallyport.matrix.Setup;
import dev.sallyport.support.WatchedServer;
import dev.sallyport.testkit.Awaiting;
import dev.sallyport.testkit.JdkTlsClient;
import dev.sallyport.testkit.KeyKind;
import dev.sallyport.testkit.TestIdentity;
import dev.sallyport.testkit.TestPki;
import dev.sallyport.testkit.TlsConnection;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/** The application's word on clients' certificates: a check after the path was validated, or a verifier instead of that. */
class ClientCertificateCheckTest {
    private static final Consumer<BindOptions.Builder> REQUIRE = options -> options.requireClientCertificate(true);

    @Matrix({PROVIDER, VERSION})
    void aCheckThatRefusesKeepsTheClientOut(Setup setup) throws Exception {
        TestIdentity welcome = TestPki.client(KeyKind.RSA_2048);
        ClientCertificateCheck check = chain -> {
            if (!chain.equals(welcome.chain())) {
                throw new CertificateException("not on the list");
            }
        };
        try (WatchedServer server = open(setup, check, REQUIRE)) {
            assertThat(server.client().identity(TestPki.client()).handshakeFailure())
                    .hasMessageContaining("Received fatal alert");
            assertThat(server.failure(Reason.PEER_UNTRUSTED_CERTIFICATE)).hasMessageContaining("not on the list");
            server.assertServes(server.client().identity(welcome));
        }
    }

    @Matrix({PROVIDER, VERSION})
    void aCheckIsAskedOnlyAboutWhatPathValidationLetThrough(Setup setup) throws Exception {
        BlockingQueue<List<X509Certificate>> asked = new LinkedBlockingQueue<>();
        try (WatchedServer server = open(setup, asked::add, options -> options.requestClientCertificate(true))) {
            server.client().identity(TestPki.clientOfOtherCa()).handshakeFailure();
            server.failure(Reason.PEER_UNTRUSTED_CERTIFICATE);
            server.assertServes(server.client());
            assertThat(asked).isEmpty();
            server.assertServes(server.client().identity(TestPki.client()));
            assertThat(asked).containsExactly(TestPki.client().chain());
        }
    }

    @Matrix({PROVIDER, VERSION})
    void aCheckThatThrowsWhatItShouldNotHarmsOnlyItsClient(Setup setup) throws Exception {
        AtomicBoolean broken = new AtomicBoolean(true);
        ClientCertificateCheck check = chain -> {
            if (broken.getAndSet(false)) {
                throw new IllegalStateException("a bug in the check");
            }
        };
        try (WatchedServer server = open(setup, check, REQUIRE)) {
            server.client().identity(TestPki.client()).handshakeFailure();
            assertThat(server.failure(Reason.INTERNAL)).hasMessageContaining("a bug in the check");
            server.assertServes(server.client().identity(TestPki.client()));
        }
    }

    @Matrix({PROVIDER, VERSION})
    void aCheckThatBlocksHoldsUpItsClientOnly(Setup setup) throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        BlockingQueue<String> blocked = new LinkedBlockingQueue<>();
        TestIdentity slow = TestPki.client(KeyKind.RSA_2048);
        ClientCertificateCheck check = chain -> {
            if (chain.equals(slow.chain())) {
                blocked.add("in the check");
                awaitUninterruptibly(release);
            }
        };
        try (WatchedServer server = open(setup, check, REQUIRE)) {
            CompletableFuture<String> echo = new CompletableFuture<>();
            int clients = 2 * Runtime.getRuntime().availableProcessors() + 1;
            List<Thread> threads = IntStream.range(0, clients)
                    .mapToObj(i -> client(server.client().identity(slow), echo))
                    .toList();
            Awaiting.until("all checks to be blocked", PATIENCE, () -> blocked.size() == clients);
            server.assertServes(server.client().identity(TestPki.client()));
            assertThat(echo).isNotDone();
            release.countDown();
            for (Thread thread : threads) {
                thread.join(PATIENCE.toMillis());
            }
            assertThat(echo).isCompletedWithValue("pong");
        } finally {
            release.countDown();
        }
    }

    private static Thread client(JdkTlsClient client, CompletableFuture<String> echo) {
        Thread thread = new Thread(() -> {
            try (TlsConnection connection = client.connect()) {
                connection.send("pong");
                echo.complete(new String(connection.receive(4), StandardCharsets.US_ASCII));
            } catch (IOException | RuntimeException failure) {
                echo.completeExceptionally(failure);
            }
        });
        thread.start();
        return thread;
    }

    @Matrix(PROVIDER)
    void aCheckThatOutlivesTheDeadlineIsNotWaitedFor(Setup setup) throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        AtomicBoolean blocks = new AtomicBoolean();
        ClientCertificateCheck check = chain -> {
            if (blocks.get()) {
                awaitUninterruptibly(release);
            }
        };
        try (WatchedServer server =
                open(setup, check, REQUIRE.andThen(options -> options.handshakeTimeout(Duration.ofSeconds(1))))) {
            blocks.set(true);
            server.client().identity(TestPki.client()).handshakeFailure();
            server.failure(Reason.TIMEOUT);
            release.countDown();
            server.awaitNoConnections();
        } finally {
            release.countDown();
        }
    }

    @Matrix(PROVIDER)
    void checkAndVerifierRunOnTheServersExecutor(Setup setup) throws Exception {
        BlockingQueue<String> threads = new LinkedBlockingQueue<>();
        ClientCertificateCheck noting =
                chain -> threads.add(Thread.currentThread().getName());
        ExecutorService executor = Executors.newCachedThreadPool(task -> new Thread(task, "the users own"));
        try {
            Consumer<BindOptions.Builder> options = REQUIRE.andThen(builder -> builder.executor(executor));
            try (WatchedServer server = open(setup, noting, options)) {
                server.assertServes(server.client().identity(TestPki.client()));
            }
            SecurityContext verifying =
                    setup.context().unsafeClientCertificateVerifier(noting).build();
            try (WatchedServer server = WatchedServer.open(setup, verifying, options)) {
                server.assertServes(server.client().identity(TestPki.client()));
                server.awaitNoConnections();
            }
            assertThat(threads).containsExactly("the users own", "the users own");
        } finally {
            executor.shutdown();
        }
    }

    @Matrix(PROVIDER)
    void anExecutorThatRejectsTheCheckCostsOnlyThatClient(Setup setup) throws Exception {
        AtomicBoolean full = new AtomicBoolean();
        ExecutorService executor = Executors.newCachedThreadPool();
        try (WatchedServer server = open(
                setup,
                chain -> {},
                REQUIRE.andThen(options -> options.executor(task -> {
                    if (full.get()) {
                        throw new RejectedExecutionException("full");
                    }
                    executor.execute(task);
                })))) {
            full.set(true);
            server.client().identity(TestPki.client()).handshakeFailure();
            Awaiting.until(
                    "the handshake to be counted as failed for overload",
                    PATIENCE,
                    () -> server.statistics().handshakesFailed() == 1);
            assertThat(server.statistics().handshakesFailedByReason()).containsEntry(Reason.LOCAL_OVERLOADED, 1L);
            full.set(false);
            server.awaitNoConnections();
            try (TlsConnection connection =
                    server.client().identity(TestPki.client()).connect()) {
                connection.send("x");
                assertThat(connection.receive(1)).containsExactly('x');
            }
        } finally {
            executor.shutdown();
        }
    }

    @Matrix({PROVIDER, VERSION})
    void aVerifierDecidesAloneInPlaceOfPathValidation(Setup setup) throws Exception {
        X509Certificate unwelcome = TestPki.client().certificate();
        SecurityContext context = setup.context()
                .unsafeClientCertificateVerifier(chain -> {
                    if (chain.get(0).equals(unwelcome)) {
                        throw new CertificateException("known for mischief");
                    }
                })
                .build();
        try (WatchedServer server = WatchedServer.open(setup, context, REQUIRE)) {
            for (TestIdentity client :
                    List.of(TestPki.selfSignedClient(), TestPki.clientOfOtherCa(), TestPki.expiredClient())) {
                try (TlsConnection connection = server.client().identity(client).connect()) {
                    assertThat(server.accepted().peerCertificate()).isEqualTo(client.certificate());
                    connection.send("x");
                    assertThat(connection.receive(1)).containsExactly('x');
                }
            }
            server.client().identity(TestPki.client()).handshakeFailure();
            assertThat(server.failure(Reason.PEER_UNTRUSTED_CERTIFICATE)).hasMessageContaining("known for mischief");
            server.client().handshakeFailure();
            server.failure(Reason.PEER_NO_CERTIFICATE);
        }
    }

    private static WatchedServer open(Setup setup, ClientCertificateCheck check, Consumer<BindOptions.Builder> options)
            throws IOException {
        SecurityContext context = setup.context()
                .trustedCertificates(TestPki.ca().certificate())
                .clientCertificateCheck(check)
                .build();
        return WatchedServer.open(setup, context, options);
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody interrupts a check", e);
        }
    }
}
