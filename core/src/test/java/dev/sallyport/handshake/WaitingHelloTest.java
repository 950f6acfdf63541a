package dev.sallyport.handshake;

import static dev.sallyport.matrix.Matrix.Dimension.TRANSPORT;
import static dev.sallyport.matrix.Matrix.Dimension.VERSION;
import static dev.sallyport.testkit.Awaiting.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.HandshakeException;
import dev.sallyport.SecureServerSocket;
import dev.sallyport.SecurityContext;
import dev.sallyport.TlsProvider;
import dev.sallyport.matrix.Matrix;
import dev.sallyport.matrix.Setup;
import dev.sallyport.support.WatchedServer;
import dev.sallyport.testkit.Awaiting;
import dev.sallyport.testkit.ClientHelloBytes;
import dev.sallyport.testkit.HostileClient;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;

/** What clients cost that wait with a hello whose lists are as long as they can be: a small multiple of what they sent. */
class WaitingHelloTest {
    private static final int CLIENTS = 100;
    private static final int NAMES = 8_000;
    private static final long KIB_16 = 16 * 1024;

    private static final byte[] MANY_NAMES = ClientHelloBytes.builder()
            .alpn(IntStream.range(0, NAMES)
                    .mapToObj(i -> String.valueOf((char) ('!' + i % 90)))
                    .toArray(String[]::new))
            .build()
            .bytes();

    private static final byte[] MANY_SUITES = ClientHelloBytes.builder()
            .cipherSuites(IntStream.range(0, NAMES).toArray())
            .build()
            .bytes();

    private static final byte[] MANY_EXTENSIONS = manyExtensions();

    private static byte[] manyExtensions() {
        var builder = ClientHelloBytes.builder();
        IntStream.range(0, NAMES / 2).forEach(i -> builder.extension(0x4000 + i, new byte[0]));
        return builder.build().bytes();
    }

    /** In records of eight bytes. */
    private static final byte[] MANY_RECORDS =
            ClientHelloBytes.builder().paddedTo(16_000).build().fragmented(8);

    @Matrix(TRANSPORT)
    @Tag("slow")
    void whileTheirContextIsChosen(Setup setup) throws Exception {
        CompletableFuture<@Nullable SecurityContext> never = new CompletableFuture<>();
        SecurityContext context = setup.context().forClientHello(hello -> never).build();
        for (byte[] hello : new byte[][] {MANY_NAMES, MANY_SUITES, MANY_EXTENSIONS, MANY_RECORDS}) {
            try (SilentClients silent = SilentClients.of(setup, context)) {
                assertThat(silent.bytesForEach(hello, () -> silent.pending() == CLIENTS))
                        .isLessThan(3 * KIB_16);
            }
        }
    }

    /** With the hello handed over, nothing of it is left on the heap but what the TLS library makes of it. */
    @Matrix(VERSION)
    @Tag("slow")
    void onceTheirHandshakeHasBegun(Setup setup) throws Exception {
        for (byte[] hello : new byte[][] {MANY_NAMES, MANY_SUITES, MANY_EXTENSIONS, MANY_RECORDS}) {
            try (SilentClients silent = SilentClients.of(setup, setup.context().build())) {
                assertThat(silent.bytesForEach(hello, silent::haveAllBeenAnswered))
                        .isLessThan(KIB_16 / 2);
            }
        }
    }

    /** The JDK's engine makes 580 KiB of such a hello, so that few of them may wait at a time; there is always one. */
    @Matrix(VERSION)
    void onTheJdkOthersMakeRoomForTheNext(Setup anySetup) throws Exception {
        Setup setup = new Setup(anySetup.transport(), TlsProvider.JDK, anySetup.version());
        int most = 64; // of 1 KiB each: four hellos of 16 KiB
        SecurityContext context = setup.context().build();
        try (WatchedServer server = WatchedServer.open(setup, context, options -> options.maxPendingHandshakes(most))) {
            List<HostileClient> clients = new ArrayList<>();
            try {
                for (int i = 0; i < 4; i++) {
                    clients.add(server.hostile().send(MANY_NAMES));
                    clients.get(i).receive(6);
                }
                HostileClient usual = server.hostile().send(hello(setup));
                usual.receive(6);
                clients.add(usual);
                Awaiting.until(
                        "all to wait", PATIENCE, () -> server.statistics().handshakesPending() == 5);
                for (int i = 0; i < 5; i++) {
                    HostileClient next = server.hostile().send(MANY_NAMES);
                    clients.add(next);
                    next.receive(6);
                    HandshakeException gone = server.failure(HandshakeException.Reason.LOCAL_OVERLOADED);
                    assertThat(gone.remoteAddress()).isNotIn(usual.localAddress(), next.localAddress());
                    assertThat(gone).hasMessageContaining("a large hello");
                }
                server.assertServes();
            } finally {
                for (HostileClient client : clients) {
                    client.close();
                }
            }
        }
    }

    private static byte[] hello(Setup setup) {
        return ClientHelloBytes.builder()
                .versions(setup.version().protocolName())
                .build()
                .bytes();
    }

    /** Clients of one server, which are connected and silent at first. */
    private static final class SilentClients implements AutoCloseable {
        private final SecureServerSocket server;
        private final List<HostileClient> clients = new ArrayList<>();

        private SilentClients(SecureServerSocket server) {
            this.server = server;
        }

        static SilentClients of(Setup setup, SecurityContext context) throws IOException {
            SilentClients silent = new SilentClients(setup.open(context, options -> {}));
            silent.server.serve(socket -> {});
            for (int i = 0; i < CLIENTS; i++) {
                silent.clients.add(HostileClient.to(silent.server.localAddress()));
            }
            Awaiting.until(
                    "all to be accepted",
                    PATIENCE,
                    () -> silent.server.statistics().connectionsSilent() == CLIENTS);
            return silent;
        }

        int pending() {
            return server.statistics().handshakesPending();
        }

        boolean haveAllBeenAnswered() throws IOException {
            for (HostileClient client : clients) {
                client.receive(6);
            }
            return true;
        }

        /** {@return how much more of the heap is in use for each of them once they have sent this} */
        long bytesForEach(byte[] sent, Callable<Boolean> waiting) throws Exception {
            long before = usedHeap();
            for (HostileClient client : clients) {
                client.send(sent);
            }
            Awaiting.until("all to wait", PATIENCE, () -> {
                try {
                    return waiting.call();
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            });
            return (usedHeap() - before) / CLIENTS;
        }

        private static long usedHeap() {
            for (int i = 0; i < 3; i++) {
                System.gc();
            }
            return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
        }

        @Override
        public void close() throws IOException {
            for (HostileClient client : clients) {
                client.close();
            }
            server.close();
        }
    }
}
