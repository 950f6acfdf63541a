package dev.sallyport.accept;

import static dev.sallyport.testkit.Awaiting.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.Limit;
import dev.sallyport.RawSecureServerSocket;
import dev.sallyport.RawSecureSocket;
import dev.sallyport.RawSocketEvent;
import dev.sallyport.SecureServerSocket;
import dev.sallyport.SecureSocket;
import dev.sallyport.SecurityContext;
import dev.sallyport.ServerObserver;
import dev.sallyport.TlsProvider;
import dev.sallyport.TlsVersion;
import dev.sallyport.Transport;
import dev.sallyport.matrix.Setup;
import dev.sallyport.support.RejectingExecutor;
import dev.sallyport.support.RejectingExecutor.Refusal;
import dev.sallyport.testkit.Awaiting;
import dev.sallyport.testkit.BackgroundTask;
import dev.sallyport.testkit.JdkTlsClient;
import dev.sallyport.testkit.TestPki;
import dev.sallyport.testkit.TlsConnection;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * An executor that does not take one task, however it says so: the connection the task was for may end, the next client is
 * served, and nothing is left over.
 */
class ExecutorFaultTest {
    /** Where the library gives a task to the executor. */
    enum Place {
        SERVE {
            @Override
            SecureServerSocket open(Setup setup, RejectingExecutor executor) throws IOException {
                SecureServerSocket server = setup.open(options -> options.executor(executor));
                server.serve(socket -> socket.inputStream().transferTo(socket.outputStream()));
                return server;
            }
        },
        ACCEPT_ASYNC {
            @Override
            SecureServerSocket open(Setup setup, RejectingExecutor executor) throws IOException {
                SecureServerSocket server = setup.open(options -> options.executor(executor));
                acceptNext(server);
                return server;
            }

            private void acceptNext(SecureServerSocket server) {
                server.acceptAsync().whenComplete((socket, failure) -> {
                    if (server.isOpen()) {
                        acceptNext(server);
                    }
                    if (socket != null) {
                        echo(socket);
                    }
                });
            }
        },
        CONNECTIONS {
            @Override
            SecureServerSocket open(Setup setup, RejectingExecutor executor) throws IOException {
                SecureServerSocket server = setup.open(options -> options.executor(executor));
                server.connections().subscribe(new Flow.Subscriber<>() {
                    @Override
                    public void onSubscribe(Flow.Subscription subscription) {
                        subscription.request(Long.MAX_VALUE);
                    }

                    @Override
                    public void onNext(SecureSocket socket) {
                        echo(socket);
                    }

                    @Override
                    public void onError(Throwable failure) {}

                    @Override
                    public void onComplete() {}
                });
                return server;
            }
        },
        OBSERVER {
            @Override
            SecureServerSocket open(Setup setup, RejectingExecutor executor) throws IOException {
                SecureServerSocket server =
                        setup.open(options -> options.executor(executor).observer(new ServerObserver() {
                            @Override
                            public void limitReached(Limit limit) {}
                        }));
                acceptOnAThread(server);
                return server;
            }
        },
        SELECTOR {
            @Override
            SecureServerSocket open(Setup setup, RejectingExecutor executor) throws IOException {
                SecurityContext chosen = setup.context().build();
                SecurityContext choosing = setup.context()
                        .forClientHello(hello -> CompletableFuture.<@Nullable SecurityContext>completedStage(chosen))
                        .build();
                SecureServerSocket server = setup.open(choosing, options -> options.executor(executor));
                acceptOnAThread(server);
                return server;
            }
        },
        CERTIFICATE_CHECK {
            @Override
            SecureServerSocket open(Setup setup, RejectingExecutor executor) throws IOException {
                SecurityContext checking = setup.context()
                        .trustedCertificates(TestPki.ca().certificate())
                        .clientCertificateCheck(chain -> {})
                        .build();
                SecureServerSocket server = setup.open(
                        checking, options -> options.executor(executor).requireClientCertificate(true));
                acceptOnAThread(server);
                return server;
            }
        };

        abstract SecureServerSocket open(Setup setup, RejectingExecutor executor) throws IOException;

        static void echo(SecureSocket socket) {
            BackgroundTask.run("echo", () -> socket.inputStream().transferTo(socket.outputStream()))
                    .outcome()
                    .whenComplete((nothing, failure) -> socket.close());
        }

        static void acceptOnAThread(SecureServerSocket server) {
            BackgroundTask.run("acceptor", () -> {
                for (; ; ) {
                    echo(server.accept());
                }
            });
        }
    }

    static Stream<Arguments> placesAndRefusals() {
        return Stream.of(Place.values())
                .flatMap(place -> Stream.of(Refusal.values()).map(refusal -> Arguments.of(place, refusal)));
    }

    @ParameterizedTest
    @MethodSource("placesAndRefusals")
    void aTaskThatIsNotTakenEndsItsConnectionAtMost(Place place, Refusal refusal) throws Exception {
        Setup setup = new Setup(Transport.AUTO, TlsProvider.AUTO, TlsVersion.TLS_1_3);
        try (RejectingExecutor executor = new RejectingExecutor();
                SecureServerSocket server = place.open(setup, executor)) {
            JdkTlsClient client = setup.client(server.port()).identity(TestPki.client());
            echo(client);
            executor.refuseNext(refusal);
            try {
                echo(client);
            } catch (IOException | AssertionError refused) {
                assertThat(executor.refused()).as(refused.toString()).isOne();
            }
            Awaiting.until("the executor to have refused a task", PATIENCE, () -> executor.refused() == 1);
            for (int i = 0; i < 3; i++) {
                echo(client);
            }
            Awaiting.until(
                    "all connections to be gone",
                    PATIENCE,
                    () -> server.statistics().connectionsOpen() == 0);
        }
    }

    private static void echo(JdkTlsClient client) throws IOException {
        try (TlsConnection connection = client.connect()) {
            connection.send("x");
            assertThat(connection.receive(1)).asString().isEqualTo("x");
        }
    }

    /** Where the library gives a task of one raw socket to the executor. */
    @ParameterizedTest
    @MethodSource("rawRefusals")
    void aRawHandlerGoesOnWithTheNextConnection(Refusal refusal, boolean direct) throws Exception {
        Setup setup = new Setup(Transport.AUTO, TlsProvider.AUTO, TlsVersion.TLS_1_3);
        try (RejectingExecutor executor = new RejectingExecutor();
                RawSecureServerSocket server = setup.openRaw(options -> options.executor(executor))) {
            Consumer<RawSecureSocket> refuseWithin = direct ? socket -> executor.refuseNext(refusal) : socket -> {};
            server.listen(socket -> {
                refuseWithin.accept(socket);
                socket.listen(ExecutorFaultTest::echoOnEvent);
            });
            JdkTlsClient client = setup.client(server.port());
            if (!direct) {
                echo(client);
                executor.refuseNext(refusal);
            }
            try {
                echo(client);
            } catch (IOException | AssertionError refused) {
                assertThat(executor.refused()).as(refused.toString()).isPositive();
            }
            Awaiting.until("the executor to have refused a task", PATIENCE, () -> executor.refused() > 0);
            if (!direct) {
                echo(client);
                echo(client);
            }
            Awaiting.until(
                    "all connections to be gone",
                    PATIENCE,
                    () -> server.statistics().connectionsOpen() == 0);
        }
    }

    static Stream<Arguments> rawRefusals() {
        return Stream.of(Refusal.values())
                .flatMap(refusal -> Stream.of(Arguments.of(refusal, false), Arguments.of(refusal, true)));
    }

    private static void echoOnEvent(RawSecureSocket socket, RawSocketEvent event) throws IOException {
        if (event == RawSocketEvent.READ) {
            ByteBuffer bytes = ByteBuffer.allocate(100);
            socket.read(bytes);
            socket.write(bytes.flip());
        } else if (event == RawSocketEvent.READ_CLOSED) {
            socket.close();
        }
    }
}
