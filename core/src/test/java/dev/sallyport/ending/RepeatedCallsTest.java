package dev.sallyport.ending;

import static dev.sallyport.matrix.Matrix.Dimension.TRANSPORT;
import static dev.sallyport.testkit.Awaiting.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.RawSecureServerSocket;
import dev.sallyport.RawSecureSocket;
import dev.sallyport.SecureServerSocket;
import dev.sallyport.SocketDirection;
import dev.sallyport.matrix.Matrix;
import dev.sallyport.matrix.Setup;
import dev.sallyport.support.ConnectedPair;
import dev.sallyport.testkit.Awaiting;
import dev.sallyport.testkit.BackgroundTask;
import dev.sallyport.testkit.TlsConnection;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** What changes a state may be said twice, and from two threads at once, and is as if it had been said once. */
class RepeatedCallsTest {
    @Matrix(TRANSPORT)
    void aServerThatIsResumedAgainAndAgainCallsItsHandlerOneAtATime(Setup setup) throws Exception {
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        AtomicInteger handled = new AtomicInteger();
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        try (RawSecureServerSocket server = setup.openRaw(options -> {})) {
            server.listen(socket -> {
                most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                begun.countDown();
                awaitQuietly(goOn);
                inside.decrementAndGet();
                handled.incrementAndGet();
                socket.close();
            });
            List<TlsConnection> clients = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                clients.add(setup.client(server.port()).connect());
            }
            assertThat(begun.await(20, TimeUnit.SECONDS)).isTrue();
            BackgroundTask<Void> other = BackgroundTask.run("the other thread", () -> repeat(server));
            repeat(server);
            other.await();
            goOn.countDown();
            Awaiting.until("all to be handled", PATIENCE, () -> handled.get() == 6);
            assertThat(most).hasValue(1);
            for (TlsConnection client : clients) {
                client.close();
            }
        }
    }

    private static void repeat(RawSecureServerSocket server) {
        for (int i = 0; i < 1_000; i++) {
            server.resume();
            server.pause();
            server.pause();
            server.resume();
            server.resume();
        }
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody interrupts", e);
        }
    }

    private static RawSecureSocket awaitAccepted(RawSecureServerSocket server) {
        CompletableFuture<RawSecureSocket> accepted = new CompletableFuture<>();
        Awaiting.until("a connection", PATIENCE, () -> {
            RawSecureSocket next = acceptNow(server);
            return next != null && accepted.complete(next);
        });
        return accepted.join();
    }

    private static @Nullable RawSecureSocket acceptNow(RawSecureServerSocket server) {
        try {
            return server.accept();
        } catch (IOException closed) {
            throw new UncheckedIOException(closed);
        }
    }

    @Matrix(TRANSPORT)
    void acceptGivesWhatIsThereAndDoesNotUndoAPause(Setup setup) throws Exception {
        try (RawSecureServerSocket server = setup.openRaw(options -> {})) {
            assertThat(server.accept()).isNull();
            try (TlsConnection first = setup.client(server.port()).connect()) {
                Awaiting.until(
                        "a connection to wait",
                        PATIENCE,
                        () -> server.statistics().acceptQueueLength() == 1);
                server.pause();
                server.pause();
                BackgroundTask<TlsConnection> late = BackgroundTask.supply(
                        "the late client", () -> setup.client(server.port()).connect());
                RawSecureSocket taken = awaitAccepted(server);
                for (int i = 0; i < 100; i++) {
                    assertThat(server.accept()).isNull();
                }
                assertThat(server.statistics().accepted()).isOne();
                assertThat(late.isDone()).isFalse();
                server.resume();
                try (TlsConnection second = late.await()) {
                    awaitAccepted(server).abort();
                    assertThat(second).isNotNull();
                }
                taken.abort();
                assertThat(first).isNotNull();
            }
        }
    }

    /** Events come one at a time and once, however often they are turned on. */
    @Matrix(TRANSPORT)
    void aSocketWhoseEventsAreTurnedOnAgainAndAgainTellsThemOnce(Setup setup) throws Exception {
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        AtomicInteger closed = new AtomicInteger();
        AtomicInteger readClosed = new AtomicInteger();
        AtomicInteger received = new AtomicInteger();
        try (var pair = ConnectedPair.openRaw(setup)) {
            RawSecureSocket socket = pair.socket;
            socket.listen((one, event) -> {
                most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                switch (event) {
                    case READ -> received.addAndGet(one.read(ByteBuffer.allocate(100)));
                    case READ_CLOSED -> readClosed.incrementAndGet();
                    case CLOSED -> closed.incrementAndGet();
                    default -> {}
                }
                inside.decrementAndGet();
            });
            BackgroundTask<Void> other = BackgroundTask.run("the other thread", () -> repeat(socket));
            pair.client.send(new byte[5_000]);
            repeat(socket);
            other.await();
            Awaiting.until("all to be read", PATIENCE, () -> received.get() == 5_000);
            pair.client.shutdownOutput();
            Awaiting.until("the end to be read", PATIENCE, () -> readClosed.get() == 1);
            for (int i = 0; i < 3; i++) {
                socket.shutdown(SocketDirection.SEND);
                socket.close();
                socket.abort();
                socket.close();
            }
            Awaiting.result("the end", PATIENCE, socket.onClosed());
            Awaiting.until("CLOSED", PATIENCE, () -> closed.get() == 1);
            assertThat(most).hasValue(1);
            assertThat(readClosed).hasValue(1);
        }
    }

    private static void repeat(RawSecureSocket socket) {
        for (int i = 0; i < 1_000; i++) {
            socket.pause();
            socket.pause();
            socket.readEventsEnabled(false);
            socket.readEventsEnabled(true);
            socket.readEventsEnabled(true);
            socket.writeEventsEnabled(true);
            socket.writeEventsEnabled(true);
            socket.resume();
            socket.resume();
        }
    }

    @Matrix(TRANSPORT)
    void aServerThatIsShutDownAndClosedAgainAndAgainEndsOnce(Setup setup) throws Exception {
        SecureServerSocket server = setup.open(options -> {});
        CompletableFuture<Void> served =
                server.serve(socket -> socket.inputStream().transferTo(socket.outputStream()));
        try (TlsConnection client = setup.client(server.port()).connect()) {
            client.send("x");
            assertThat(client.receive(1)).asString().isEqualTo("x");
            List<CompletableFuture<Void>> ends = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                ends.add(server.shutdown(PATIENCE));
                server.close();
                ends.add(BackgroundTask.supply("the call of shutdown", () -> server.shutdown(PATIENCE))
                        .outcome()
                        .thenCompose(end -> end));
            }
            client.shutdownOutput();
            for (CompletableFuture<Void> end : ends) {
                Awaiting.result("a shutdown", PATIENCE, end);
            }
            Awaiting.result("serve", PATIENCE, served);
            Awaiting.result("the server", PATIENCE, server.onClosed());
        }
    }
}
