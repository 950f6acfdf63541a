package dev.sallyport.accept;

import static dev.sallyport.testkit.Awaiting.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.ConnectionInfo;
import dev.sallyport.RawSecureServerSocket;
import dev.sallyport.SecureConnection;
import dev.sallyport.SecureServerSocket;
import dev.sallyport.SecureSocket;
import dev.sallyport.SecurityContext;
import dev.sallyport.ServerObserver;
import dev.sallyport.matrix.Matrix;
import dev.sallyport.matrix.Matrix.Dimension;
import dev.sallyport.matrix.Setup;
import dev.sallyport.support.Alarms;
import dev.sallyport.support.ConnectedPair;
import dev.sallyport.testkit.Awaiting;
import dev.sallyport.testkit.BackgroundTask;
import dev.sallyport.testkit.JdkTlsClient;
import dev.sallyport.testkit.TestPki;
import dev.sallyport.testkit.TlsConnection;
import java.io.IOException;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;

/** What code of the user throws is said in the log, with its stack, unless an observer of the user's takes it. */
class UserFaultLogTest {
    private static IllegalStateException fault() {
        return new IllegalStateException("thrown on purpose");
    }

    private static void visit(JdkTlsClient client) {
        try (TlsConnection connection = client.connect()) {
            connection.send("x");
            connection.receiveAll();
        } catch (IOException | AssertionError refused) {
            return; // which is what the fault does to its client
        }
    }

    /** The log is bounded for each kind of code, so what is to be told is caused until it is. */
    private static void assertTold(Alarms alarms, String what, BackgroundTask.Work cause) {
        Awaiting.until("a warning of " + what, PATIENCE, () -> {
            try {
                cause.run();
            } catch (Exception failure) {
                throw new IllegalStateException("the cause of " + what, failure);
            }
            return alarms.heard().stream()
                    .anyMatch(line -> line.contains(what)
                            && line.contains("thrown on purpose")
                            && line.contains("UserFaultLogTest"));
        });
    }

    @Matrix(Dimension.TRANSPORT)
    void ofHandlersOfEachLayer(Setup setup) throws Exception {
        try (Alarms alarms = new Alarms();
                SecureServerSocket server = setup.open(options -> {});
                RawSecureServerSocket raw = setup.openRaw(options -> {});
                RawSecureServerSocket events = setup.openRaw(options -> {})) {
            server.serve(socket -> {
                throw fault();
            });
            assertTold(alarms, "the handler of SecureSocket[/127.0.0.1:", () -> visit(setup.client(server.port())));
            raw.listen(socket -> {
                throw fault();
            });
            assertTold(alarms, "the handler of RawSecureSocket[/127.0.0.1:", () -> visit(setup.client(raw.port())));
            events.listen(socket -> socket.listen((one, event) -> {
                throw fault();
            }));
            alarms.heard().clear();
            assertTold(alarms, "the handler of RawSecureSocket[/127.0.0.1:", () -> visit(setup.client(events.port())));
        }
    }

    @Matrix(Dimension.PROVIDER)
    void ofSelectorsChecksFiltersAndObservers(Setup setup) throws Exception {
        SecurityContext selecting = setup.context()
                .forClientHello(hello -> {
                    throw fault();
                })
                .build();
        SecurityContext checking = setup.context()
                .trustedCertificates(TestPki.ca().certificate())
                .clientCertificateCheck(chain -> {
                    throw fault();
                })
                .build();
        ServerObserver throwing = new ServerObserver() {
            @Override
            public void connectionOpened(ConnectionInfo connection) {
                throw fault();
            }
        };
        try (Alarms alarms = new Alarms();
                SecureServerSocket selects = setup.open(selecting, options -> {});
                SecureServerSocket checks = setup.open(checking, options -> options.requireClientCertificate(true));
                SecureServerSocket filters = setup.open(options -> options.acceptFilter(address -> {
                    throw fault();
                }));
                SecureServerSocket observed = setup.open(options -> options.observer(throwing))) {
            for (SecureServerSocket server : List.of(selects, checks, filters, observed)) {
                server.serve(socket -> {});
            }
            assertTold(alarms, "choosing a context failed", () -> visit(setup.client(selects.port())));
            assertTold(
                    alarms,
                    "client certificate check failed",
                    () -> visit(setup.client(checks.port()).identity(TestPki.client())));
            assertTold(alarms, "the accept filter failed", () -> visit(setup.client(filters.port())));
            assertTold(alarms, "the server observer failed", () -> visit(setup.client(observed.port())));
        }
    }

    /** On one transport: on the second it would wait ten seconds, until the log takes another line of the same kind. */
    @Matrix({})
    void ofSubscribersAndOneShots(Setup setup) throws Exception {
        assertFaultsOfSubscribersAndOneShotsAreTold(setup);
    }

    @Matrix(Dimension.TRANSPORT)
    @Tag("slow")
    void ofSubscribersAndOneShotsOnEachTransport(Setup setup) throws Exception {
        assertFaultsOfSubscribersAndOneShotsAreTold(setup);
    }

    private static void assertFaultsOfSubscribersAndOneShotsAreTold(Setup setup) throws Exception {
        try (Alarms alarms = new Alarms();
                SecureServerSocket incoming = setup.open(options -> {})) {
            assertTold(alarms, "a subscriber of incoming() failed", () -> {
                try (var pair = ConnectedPair.of(incoming, setup.client(incoming.port()))) {
                    Throwing<ByteBuffer> throwing = new Throwing<>();
                    pair.socket.incoming().subscribe(throwing);
                    pair.client.send("x");
                    Awaiting.result("the subscriber to throw", PATIENCE, throwing.thrown);
                }
            });
            assertTold(alarms, "a subscriber of connections() failed", () -> {
                try (SecureServerSocket connections = setup.open(options -> {})) {
                    connections.connections().subscribe(new Throwing<SecureSocket>());
                    visit(setup.client(connections.port()));
                }
            });
            assertTold(alarms, "what was to be run for 127.0.0.1:", () -> {
                try (var pair = ConnectedPair.openRaw(setup)) {
                    assertThat(pair.socket.read(ByteBuffer.allocate(1))).isZero(); // else it would run here, now
                    pair.socket.whenReadable(() -> {
                        throw fault();
                    });
                    pair.client.send("x");
                    Awaiting.result(
                            "the reset",
                            PATIENCE,
                            BackgroundTask.supply(
                                            "the client to read",
                                            () -> pair.client.in().read())
                                    .outcome()
                                    .handle((end, reset) -> reset != null || end < 0));
                }
            });
        }
    }

    private static final class Throwing<T> implements Flow.Subscriber<T> {
        private final CompletableFuture<Void> thrown = new CompletableFuture<>();

        @Override
        public void onSubscribe(Flow.Subscription subscription) {
            subscription.request(1);
        }

        @Override
        public void onNext(T item) {
            thrown.complete(null);
            throw fault();
        }

        @Override
        public void onError(Throwable failure) {}

        @Override
        public void onComplete() {}
    }

    /** Nor is what says that a connection has ended, which is its peer's. */
    @Matrix(Dimension.PROVIDER)
    void butNotWhatAnObserverTakes(Setup setup) throws Exception {
        AtomicInteger taken = new AtomicInteger();
        ServerObserver takes = new ServerObserver() {
            @Override
            public void handlerFailed(SecureConnection socket, Throwable error) {
                taken.incrementAndGet();
            }
        };
        AtomicInteger ended = new AtomicInteger();
        try (Alarms alarms = new Alarms();
                SecureServerSocket server = setup.open(options -> options.observer(takes));
                SecureServerSocket quiet = setup.open(options -> {})) {
            server.serve(socket -> {
                throw fault();
            });
            quiet.serve(socket -> {
                ended.incrementAndGet();
                throw new SocketException("connection reset, thrown on purpose");
            });
            visit(setup.client(server.port()));
            visit(setup.client(quiet.port()));
            Awaiting.until("both handlers to have thrown", PATIENCE, () -> taken.get() == 1 && ended.get() == 1);
            Awaiting.until(
                    "both connections to be gone",
                    PATIENCE,
                    () -> server.statistics().connectionsOpen() == 0
                            && quiet.statistics().connectionsOpen() == 0);
            assertThat(alarms.heard()).noneMatch(line -> line.contains("thrown on purpose"));
        }
    }

    @Matrix(Dimension.PROVIDER)
    void aHundredFaultsAtOnceAreNotAHundredLines(Setup setup) throws Exception {
        AtomicInteger thrown = new AtomicInteger();
        try (Alarms alarms = new Alarms();
                SecureServerSocket server = setup.open(options -> {})) {
            server.serve(socket -> {
                thrown.incrementAndGet();
                throw fault();
            });
            long begun = System.nanoTime();
            for (int i = 0; i < 100; i++) {
                visit(setup.client(server.port()));
            }
            Awaiting.until("all handlers to have thrown", PATIENCE, () -> thrown.get() == 100);
            long lines = alarms.heard().stream()
                    .filter(line -> line.contains("the handler of"))
                    .count();
            long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begun);
            assertThat(lines).as("in %d seconds", seconds).isLessThanOrEqualTo(Math.min(99, 11 + seconds));
            Awaiting.until("a line that counts those left out", PATIENCE, () -> {
                visit(setup.client(server.port()));
                return alarms.heard().stream().anyMatch(line -> line.contains(" more like this were not logged"));
            });
        }
    }
}
