package dev.sallyport.raw;

import static dev.sallyport.matrix.Matrix.Dimension.TRANSPORT;
import static dev.sallyport.testkit.Awaiting.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.SecureServerSocket;
import dev.sallyport.SecureSocket;
import dev.sallyport.matrix.Matrix;
import dev.sallyport.matrix.Setup;
import dev.sallyport.support.Alarms;
import dev.sallyport.testkit.Awaiting;
import dev.sallyport.testkit.BackgroundTask;
import dev.sallyport.testkit.TlsConnection;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** With the event loop as executor: calls that would wait there are refused, and code that holds it is told of. */
class LoopBlockingTest {
    private static SecureServerSocket onTheLoop(Setup setup) throws Exception {
        return setup.open(options -> options.executor(Runnable::run));
    }

    private static void assertRefused(String call, CompletableFuture<Throwable> outcome) throws Exception {
        Throwable refused = Awaiting.result(call, PATIENCE, outcome);
        assertThat(refused)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith(call + " 127.0.0.1:")
                .hasMessageContaining(" would wait on sallyport-")
                .hasMessageContaining("BindOptions.executor");
    }

    private static Throwable thrownBy(BackgroundTask.Work work) {
        try {
            work.run();
        } catch (Throwable thrown) {
            return thrown;
        }
        return new AssertionError("nothing was thrown");
    }

    @Matrix(TRANSPORT)
    void aReadThatWouldWaitIsRefusedAndOneThatNeedNotIsNot(Setup setup) throws Exception {
        CompletableFuture<Throwable> outcome = new CompletableFuture<>();
        try (SecureServerSocket server = onTheLoop(setup)) {
            server.acceptAsync().thenAccept(socket -> {
                outcome.complete(thrownBy(() -> socket.inputStream().read()));
                socket.readAsync(ByteBuffer.allocate(1))
                        .thenAccept(count -> answerWithWhatIsThere(socket))
                        .whenComplete((nothing, failure) -> socket.close());
            });
            try (TlsConnection client = setup.client(server.port()).connect()) {
                assertRefused("read", outcome);
                client.send("ab");
                assertThat(client.receiveAll()).asString().isEqualTo("b");
            }
        }
    }

    private static void answerWithWhatIsThere(SecureSocket socket) {
        try {
            socket.outputStream().write(socket.inputStream().read());
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    @Matrix(TRANSPORT)
    void acceptAndAWriteWithoutRoomAreRefused(Setup setup) throws Exception {
        CompletableFuture<Throwable> accepting = new CompletableFuture<>();
        CompletableFuture<Throwable> writing = new CompletableFuture<>();
        try (SecureServerSocket server = onTheLoop(setup)) {
            CompletableFuture<SecureSocket> first = server.acceptAsync();
            first.thenAccept(socket -> {
                accepting.complete(thrownBy(server::accept));
                writing.complete(thrownBy(() -> socket.outputStream().write(new byte[64 * 1024 * 1024])));
            });
            try (TlsConnection client = setup.client(server.port()).connect()) {
                assertRefused("accept", accepting);
                assertRefused("write", writing);
                Awaiting.result("what is written in part to be cut off", PATIENCE, ended(first.join()));
                assertThat(client).isNotNull();
            }
        }
    }

    private static CompletableFuture<Void> ended(SecureSocket socket) {
        return socket.onClosed().exceptionally(reset -> null);
    }

    @Matrix(TRANSPORT)
    void codeThatHoldsALoopIsToldOfOnceAndTheOthersAreServedAfterwards(Setup setup) throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        try (Alarms alarms = new Alarms();
                SecureServerSocket server = onTheLoop(setup)) {
            CompletableFuture<SecureSocket> first = server.acceptAsync();
            CompletableFuture<Void> held = first.thenAccept(socket -> holdTheLoop(release));
            try (TlsConnection client = setup.client(server.port()).connect()) {
                Awaiting.until(
                        "a warning",
                        PATIENCE,
                        () -> alarms.heard().stream()
                                .anyMatch(line -> line.contains("is held for more than a second")
                                        && line.contains("sallyport-")
                                        && line.contains("holdTheLoop")));
                release.countDown();
                Awaiting.result("the loop to be free", PATIENCE, held);
                first.join().close();
                assertThat(client.receiveAll()).isEmpty();
            }
            assertThat(alarms.heard().stream()
                            .filter(line -> line.contains("is held for more"))
                            .count())
                    .isOne();
        }
    }

    private static void holdTheLoop(CountDownLatch release) {
        try {
            assertThat(release.await(20, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody interrupts", e);
        }
    }
}
