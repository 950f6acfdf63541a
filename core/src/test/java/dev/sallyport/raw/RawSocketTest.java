package dev.sallyport.raw;

import static dev.sallyport.RawSocketEvent.CLOSED;
import static dev.sallyport.RawSocketEvent.READ;
import static dev.sallyport.RawSocketEvent.READ_CLOSED;
import static dev.sallyport.RawSocketEvent.WRITE;
import static dev.sallyport.testkit.Awaiting.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.RawSecureServerSocket;
import dev.sallyport.RawSecureSocket;
import dev.sallyport.RawSocketEvent;
import dev.sallyport.RawSocketHandler;
import dev.sallyport.SecureConnection;
import dev.sallyport.SecurityContext;
import dev.sallyport.ServerObserver;
import dev.sallyport.SocketDirection;
import dev.sallyport.TruncatedStreamException;
import dev.sallyport.matrix.Matrix;
import dev.sallyport.matrix.Matrix.Dimension;
import dev.sallyport.matrix.Setup;
import dev.sallyport.support.ConnectedPair;
import dev.sallyport.testkit.Awaiting;
import dev.sallyport.testkit.BackgroundTask;
import dev.sallyport.testkit.Payload;
import dev.sallyport.testkit.TestPki;
import dev.sallyport.testkit.TlsConnection;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.SocketAddress;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Contract 7: the events of a raw socket, one by one, and what its calls answer at every stage of its end. */
class RawSocketTest {
    private static final int SOME = 5_000;

    /** More than two kernels and any queue of ours will hold. */
    private static final int MORE_THAN_FITS = 12 << 20;

    // ---- READ and READ_CLOSED

    @Matrix
    void theEndOfReadingIsToldOnceAfterTheLastByte(Setup setup) throws Exception {
        try (var pair = ConnectedPair.openRaw(setup)) {
            Told told = new Told(1);
            pair.client.send(new byte[SOME]);
            pair.client.sendCloseNotify();
            pair.socket.listen(told);
            told.await(READ_CLOSED);
            assertThat(told.received()).isEqualTo(SOME);
            assertThat(told.events()).doesNotContain(CLOSED);
            for (int i = 0; i < 3; i++) {
                assertThat(pair.socket.read(ByteBuffer.allocate(1))).isEqualTo(-1);
            }
            pair.socket.close();
            endOf(pair.socket);
            assertThat(told.events()).containsOnlyOnce(READ_CLOSED, CLOSED).endsWith(CLOSED);
            assertThat(told.after(READ_CLOSED)).doesNotContain(READ);
        }
    }

    @Matrix
    void anEndWithoutCloseNotifyIsTheEndOfReadingAndReadSaysWhichEnd(Setup setup) throws Exception {
        try (var pair = ConnectedPair.openRaw(setup)) {
            Told told = new Told(SOME);
            pair.socket.listen(told);
            pair.client.send(new byte[SOME]);
            pair.client.closeWithoutNotify();
            told.await(READ_CLOSED);
            assertThat(told.received()).isEqualTo(SOME);
            for (int i = 0; i < 3; i++) {
                assertThatThrownBy(() -> pair.socket.read(ByteBuffer.allocate(1)))
                        .isInstanceOf(TruncatedStreamException.class);
            }
            assertThat(pair.socket.isOpen()).isTrue();
            pair.socket.close();
            endOf(pair.socket);
            assertThat(told.events()).containsOnlyOnce(READ_CLOSED, CLOSED).endsWith(CLOSED);
        }
    }

    @Matrix
    void aResetIsTheEndOfReadingAndOfTheConnection(Setup setup) throws Exception {
        try (var pair = ConnectedPair.openRaw(setup)) {
            Told told = new Told(SOME);
            pair.socket.writeEventsEnabled(false);
            pair.socket.listen(told);
            pair.client.reset();
            assertThatThrownBy(() -> endOf(pair.socket)).hasCauseInstanceOf(SocketException.class);
            assertThat(told.events()).containsExactly(READ_CLOSED, CLOSED);
        }
    }

    @Matrix({Dimension.TRANSPORT, Dimension.PROVIDER})
    void anEndOfOurOwnIsNoEndOfReading(Setup setup) throws Exception {
        for (Consumer<RawSecureSocket> end : List.<Consumer<RawSecureSocket>>of(RawSecureSocket::abort, socket -> {
            socket.shutdown(SocketDirection.RECEIVE);
            settle(socket);
            socket.abort();
        })) {
            try (var pair = ConnectedPair.openRaw(setup)) {
                Told told = new Told(SOME);
                pair.socket.writeEventsEnabled(false);
                pair.socket.listen(told);
                end.accept(pair.socket);
                endOf(pair.socket);
                assertThat(told.events()).containsExactly(CLOSED);
            }
        }
    }

    @Matrix(Dimension.TRANSPORT)
    void aHandlerThatComesAfterTheEndIsToldOfItAndOfNothingElse(Setup setup) throws Exception {
        try (var pair = ConnectedPair.openRaw(setup)) {
            pair.client.send("unread");
            pair.socket.abort();
            endOf(pair.socket);
            Told told = new Told(SOME);
            pair.socket.listen(told);
            told.await(CLOSED);
            settle(pair.socket);
            assertThat(told.events()).containsExactly(CLOSED);
            assertThatThrownBy(() -> pair.socket.listen(new Told(1)))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("handler");
        }
    }

    // ---- WRITE

    @Matrix(Dimension.TRANSPORT)
    void roomIsToldOfOnceEachTimeItIsAskedFor(Setup setup) throws Exception {
        try (var pair = ConnectedPair.openRaw(setup)) {
            assertThat(pair.socket.readEventsEnabled()).isTrue();
            assertThat(pair.socket.writeEventsEnabled()).isTrue();
            Told told = new Told(SOME);
            pair.socket.listen(told);
            settle(pair.socket);
            assertThat(told.events()).containsExactly(WRITE);
            assertThat(pair.socket.writeEventsEnabled()).isFalse();
            pair.client.send(new byte[SOME]);
            Awaiting.until("the data", PATIENCE, () -> told.received() == SOME);
            pair.socket.writeEventsEnabled(true);
            settle(pair.socket);
            assertThat(told.count(WRITE)).isEqualTo(2);
            assertThat(pair.socket.writeEventsEnabled()).isFalse();
            pair.socket.writeEventsEnabled(false);
            settle(pair.socket);
            assertThat(told.count(WRITE)).isEqualTo(2);
        }
    }

    @Matrix({Dimension.TRANSPORT, Dimension.PROVIDER})
    void roomIsNotToldOfBeforeThereIsSome(Setup setup) throws Exception {
        try (var pair = ConnectedPair.openRaw(setup)) {
            RawSecureSocket socket = pair.socket;
            AtomicLong written = new AtomicLong();
            CompletableFuture<Void> all = new CompletableFuture<>();
            socket.listen((told, event) -> {
                if (event == WRITE) {
                    int taken = told.write(piece(written));
                    if (taken == 0) {
                        all.completeExceptionally(new AssertionError("told of room after " + written + ", but no"));
                    }
                    written.addAndGet(taken);
                    if (written.get() < MORE_THAN_FITS) {
                        told.writeEventsEnabled(true);
                    } else {
                        all.complete(null);
                    }
                }
            });
            awaitStall("the writer", written::get);
            assertThat(written.get()).isLessThan(MORE_THAN_FITS);
            assertThat(socket.writeEventsEnabled()).isTrue();
            assertThat(pair.client.receive(MORE_THAN_FITS)).isEqualTo(new byte[MORE_THAN_FITS]);
            Awaiting.result("everything to be written", PATIENCE, all);
        }
    }

    private static ByteBuffer piece(AtomicLong written) {
        return ByteBuffer.allocate((int) Math.min(10_000, MORE_THAN_FITS - written.get()));
    }

    // ---- turned off

    @Matrix({Dimension.TRANSPORT, Dimension.PROVIDER})
    void whatIsTurnedOffIsNotToldSlowsThePeerAndIsNotLost(Setup setup) throws Exception {
        try (var pair = ConnectedPair.openRaw(setup)) {
            Payload payload = Payload.of(1, MORE_THAN_FITS);
            Told told = new Told(100_000);
            pair.socket.readEventsEnabled(false);
            pair.socket.writeEventsEnabled(false);
            pair.socket.listen(told);
            AtomicLong sent = new AtomicLong();
            BackgroundTask<Void> sending = BackgroundTask.run("the client to send", () -> {
                byte[] all = payload.bytes();
                for (int i = 0; i < all.length; i += 1 << 14) {
                    pair.client.out().write(all, i, 1 << 14);
                    sent.addAndGet(1 << 14);
                }
                pair.client.sendCloseNotify();
            });
            awaitStall("the client", sent::get);
            assertThat(sent.get()).isLessThan(MORE_THAN_FITS);
            assertThat(told.events()).isEmpty();
            pair.socket.readEventsEnabled(true);
            told.await(READ_CLOSED);
            sending.await();
            assertThat(told.bytes()).isEqualTo(payload.bytes());
            assertThat(told.events()).doesNotContain(WRITE);
        }
    }

    @Matrix({Dimension.TRANSPORT, Dimension.PROVIDER})
    void aHandlerThatPausesIsToldNothingMoreUntilItResumes(Setup setup) throws Exception {
        try (var pair = ConnectedPair.openRaw(setup)) {
            Told told = new Told(1);
            pair.socket.writeEventsEnabled(false);
            pair.socket.listen((socket, event) -> {
                told.handle(socket, event);
                if (event == READ) {
                    socket.pause();
                }
            });
            pair.client.send("abc");
            pair.client.sendCloseNotify();
            for (int i = 1; i <= 3; i++) {
                int expected = i;
                Awaiting.until("byte " + i, PATIENCE, () -> told.received() == expected);
                pair.socket.writeEventsEnabled(true);
                settle(pair.socket);
                assertThat(told.events()).hasSize(i).containsOnly(READ);
                pair.socket.resume(); // to READ first, and that pauses
            }
            told.await(READ_CLOSED);
            told.await(WRITE);
            assertThat(told.bytes()).asString().isEqualTo("abc");
        }
    }

    @Matrix({Dimension.TRANSPORT, Dimension.PROVIDER})
    void whoIsPausedIsToldThatTheConnectionIsGoneAndNothingElse(Setup setup) throws Exception {
        try (var pair = ConnectedPair.openRaw(setup)) {
            Told told = new Told(SOME);
            pair.socket.pause();
            pair.socket.listen(told);
            pair.client.send(new byte[SOME]);
            pair.client.reset();
            Awaiting.until("a write to meet the reset", PATIENCE, () -> fails(() -> pair.socket.write(one())));
            assertThatThrownBy(() -> endOf(pair.socket)).hasCauseInstanceOf(SocketException.class);
            assertThat(told.events()).containsExactly(CLOSED);
        }
    }

    // ---- ending one direction

    @Matrix
    void shuttingDownSendingSendsWhatWasTakenAndLeavesReading(Setup setup) throws Exception {
        try (var pair = ConnectedPair.openRaw(setup)) {
            Told told = new Told(SOME);
            pair.socket.listen(told);
            assertThat(pair.socket.write(text("over"))).isEqualTo(4);
            pair.socket.shutdown(SocketDirection.SEND);
            pair.socket.shutdown(SocketDirection.SEND);
            assertThatThrownBy(() -> pair.socket.write(one())).isInstanceOf(ClosedChannelException.class);
            assertThat(pair.client.receive(4)).asString().isEqualTo("over");
            pair.client.send("still here");
            Awaiting.until("the data", PATIENCE, () -> told.received() == 10);
            assertThat(pair.socket.isOpen()).isTrue();
            pair.client.shutdownOutput();
            endOf(pair.socket); // both directions have ended
            assertThat(told.events()).containsOnlyOnce(READ_CLOSED, CLOSED).endsWith(CLOSED);
            assertThat(pair.client.receiveAll()).isEmpty();
        }
    }

    @Matrix
    void shuttingDownReceivingLeavesSending(Setup setup) throws Exception {
        try (var pair = ConnectedPair.openRaw(setup)) {
            Told told = new Told(SOME);
            pair.socket.readEventsEnabled(false);
            pair.socket.listen(told);
            pair.client.send("ignored");
            pair.socket.shutdown(SocketDirection.RECEIVE);
            pair.socket.shutdown(SocketDirection.RECEIVE);
            pair.socket.readEventsEnabled(true);
            settle(pair.socket);
            assertThat(pair.socket.available()).isZero();
            assertThatThrownBy(() -> pair.socket.read(ByteBuffer.allocate(1)))
                    .isInstanceOf(ClosedChannelException.class);
            assertThat(pair.socket.write(text("answer"))).isEqualTo(6);
            assertThat(pair.client.receive(6)).asString().isEqualTo("answer");
            pair.socket.shutdown(SocketDirection.SEND);
            assertThat(pair.client.receiveAll()).isEmpty();
            pair.client.close();
            endOf(pair.socket);
            assertThat(told.events()).containsExactly(WRITE, CLOSED);
        }
    }

    @Matrix({Dimension.TRANSPORT, Dimension.PROVIDER})
    void shuttingDownBothIsAClose(Setup setup) throws Exception {
        try (var pair = ConnectedPair.openRaw(setup)) {
            Told told = new Told(SOME);
            pair.socket.listen(told);
            settle(pair.socket);
            assertThat(pair.socket.write(text("bye"))).isEqualTo(3);
            pair.socket.shutdown(SocketDirection.BOTH);
            pair.socket.shutdown(SocketDirection.BOTH);
            pair.socket.close();
            assertThat(pair.socket.isOpen()).isFalse();
            assertThat(pair.client.receiveAll()).asString().isEqualTo("bye");
            pair.client.close();
            endOf(pair.socket);
            pair.socket.shutdown(SocketDirection.BOTH);
            pair.socket.close();
            pair.socket.abort();
            assertThat(told.events()).containsExactly(WRITE, CLOSED);
        }
    }

    // ---- after the end

    @Matrix
    void answersAfterItsEndWhatIsNotAboutBytes(Setup setup) throws Exception {
        SecurityContext context =
                setup.context().trustedCertificates(TestPki.ca().certificate()).build();
        try (RawSecureServerSocket server = RawSecureServerSocket.bind(
                                "127.0.0.1",
                                0,
                                context,
                                setup.withTransport(options ->
                                        options.requireClientCertificate(true).supportedProtocols("x")))
                        .join();
                var pair = ConnectedPair.of(
                        server,
                        setup.client(server.port())
                                .identity(TestPki.client())
                                .alpn("x")
                                .sni("localhost"))) {
            TlsConnection client = pair.client;
            RawSecureSocket socket = pair.socket;
            Ends before = new Ends(socket);
            socket.abort();
            endOf(socket);
            assertThat(socket.peerCertificate()).isEqualTo(TestPki.client().certificate());
            assertThat(socket.peerCertificateChain()).first().isEqualTo(socket.peerCertificate());
            assertThat(socket.selectedProtocol()).isEqualTo("x");
            assertThat(socket.serverName()).isEqualTo("localhost");
            assertThat(socket.session().getProtocol()).isEqualTo(setup.version().protocolName());
            assertThat(socket.session().getCipherSuite())
                    .isEqualTo(client.session().getCipherSuite());
            assertThat(socket.session().getPeerCertificates()).contains(socket.peerCertificate());
            assertThat(new Ends(socket)).isEqualTo(before);
            assertThat(before.remote()).isEqualTo(client.socket().getLocalSocketAddress());
            assertThat(before.local()).isEqualTo(server.localAddress());
            assertThat(socket.available()).isZero();
            assertThatThrownBy(() -> socket.read(ByteBuffer.allocate(1))).isInstanceOf(ClosedChannelException.class);
            assertThatThrownBy(() -> socket.write(one())).isInstanceOf(ClosedChannelException.class);
        }
    }

    private record Ends(SocketAddress local, SocketAddress remote) {
        Ends(RawSecureSocket socket) {
            this(socket.localAddress(), socket.remoteAddress());
        }
    }

    // ---- handlers that throw

    /** Datapath 3. The loops are held up until everybody has sent, so that one batch brings it all. */
    @Matrix(Dimension.TRANSPORT)
    void aHandlerThatThrowsEndsItsOwnConnectionAndNoOtherOfTheBatch(Setup setup) throws Exception {
        List<Throwable> heard = new ArrayList<>();
        CountDownLatch allSent = new CountDownLatch(1);
        int count = 4 * Runtime.getRuntime().availableProcessors();
        List<ConnectedPair<RawSecureSocket>> pairs = new ArrayList<>();
        try (RawSecureServerSocket server =
                setup.openRaw(options -> options.executor(Runnable::run).observer(new ThrowingObserver(heard)))) {
            for (int i = 0; i < count; i++) {
                var pair = ConnectedPair.of(server, setup.client(server.port()));
                pairs.add(pair);
                boolean throwing = i % 2 == 1;
                pair.socket.listen((socket, event) -> {
                    if (event == READ) {
                        awaitOnTheLoop(allSent);
                        if (throwing) {
                            throw new AssertionError("thrown on purpose");
                        }
                        echo(socket);
                    }
                });
            }
            for (ConnectedPair<RawSecureSocket> pair : pairs) {
                pair.client.send("1");
            }
            allSent.countDown();
            for (int i = 0; i < count; i++) {
                var pair = pairs.get(i);
                if (i % 2 == 1) {
                    assertThatThrownBy(() -> pair.client.receive(1))
                            .isInstanceOf(IOException.class)
                            .hasMessageContaining("reset");
                    endOf(pair.socket);
                } else {
                    assertThat(pair.client.receive(1)).asString().isEqualTo("1");
                    pair.client.send("2");
                    assertThat(pair.client.receive(1)).asString().isEqualTo("2");
                }
            }
            synchronized (heard) {
                assertThat(heard).hasSize(count / 2).allMatch(AssertionError.class::isInstance);
            }
        } finally {
            for (ConnectedPair<RawSecureSocket> pair : pairs) {
                pair.close();
            }
        }
    }

    @Matrix(Dimension.TRANSPORT)
    void aHandlerThatThrowsAtTheEndDoesNotKeepTheEndFromOthers(Setup setup) throws Exception {
        List<Throwable> heard = new ArrayList<>();
        try (var pair = ConnectedPair.openRaw(setup, options -> options.observer(new ThrowingObserver(heard)))) {
            pair.socket.listen((socket, event) -> {
                if (event == CLOSED) {
                    throw new IOException("thrown on purpose");
                }
            });
            pair.socket.abort();
            endOf(pair.socket);
            synchronized (heard) {
                assertThat(heard).singleElement().isInstanceOf(IOException.class);
            }
        }
    }

    /** Hears, and fails in its turn. */
    private record ThrowingObserver(List<Throwable> heard) implements ServerObserver {
        @Override
        public void handlerFailed(SecureConnection socket, Throwable error) {
            synchronized (heard) {
                heard.add(error);
            }
            throw new AssertionError("the observer throws on purpose, too");
        }
    }

    private static void awaitOnTheLoop(CountDownLatch latch) {
        try {
            if (!latch.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                throw new IllegalStateException("waited " + PATIENCE + " for all to send");
            }
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
    }

    private static void echo(RawSecureSocket socket) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(16);
        socket.read(bytes);
        socket.write(bytes.flip());
    }

    // ---- threads

    @Matrix({Dimension.TRANSPORT, Dimension.PROVIDER})
    void eventsComeOneAtATime(Setup setup) throws Exception {
        try (var pair = ConnectedPair.openRaw(setup)) {
            AtomicInteger inside = new AtomicInteger();
            AtomicInteger overlaps = new AtomicInteger();
            AtomicLong events = new AtomicLong();
            pair.socket.listen((socket, event) -> {
                overlaps.addAndGet(inside.getAndIncrement());
                socket.writeEventsEnabled(true); // so that both kinds come as fast as they can
                if (event == READ) {
                    socket.read(one());
                }
                events.incrementAndGet();
                inside.decrementAndGet();
            });
            pair.client.send(new byte[SOME]);
            Awaiting.until("many events", PATIENCE, () -> events.get() > SOME);
            assertThat(overlaps).hasValue(0);
        }
    }

    /** Turning on what is on is what handlers do at each event; that there is a lot to read must not bury other tasks. */
    @Matrix({Dimension.TRANSPORT, Dimension.PROVIDER})
    void tasksHaveTheirTurnWhileThereIsMoreToReadAndReadingIsTurnedOnAgainAndAgain(Setup setup) throws Exception {
        int before = 1_000;
        AtomicInteger reads = new AtomicInteger();
        CompletableFuture<Integer> turn = new CompletableFuture<>();
        try (var pair = ConnectedPair.openRaw(setup)) {
            pair.client.send(new byte[SOME]);
            pair.socket.listen((socket, event) -> {
                if (event == READ && socket.read(ByteBuffer.allocate(1)) == 1 && reads.incrementAndGet() == before) {
                    socket.executor().execute(() -> turn.complete(reads.get()));
                }
                socket.readEventsEnabled(false);
                socket.readEventsEnabled(true);
            });
            assertThat(Awaiting.result("the task", PATIENCE, turn)).isBetween(before, before + 100);
            Awaiting.until("all to be read", PATIENCE, () -> reads.get() == SOME);
        }
    }

    @Matrix({Dimension.PROVIDER})
    void aSecondThreadThatReadsOrWritesAtTheSameTimeIsRefused(Setup setup) throws Exception {
        try (var pair = ConnectedPair.openRaw(setup)) {
            BackgroundTask<Void> sink = BackgroundTask.run(
                    "the client to take all", () -> pair.client.in().transferTo(OutputStream.nullOutputStream()));
            ByteBuffer[] writable = {ByteBuffer.allocate(1 << 16), ByteBuffer.allocate(1 << 16)};
            assertSecondIsRefused("write", i -> pair.socket.write(writable[i].clear()));
            ByteBuffer[] readable = {ByteBuffer.allocate(1 << 16), ByteBuffer.allocate(1 << 16)};
            assertSecondIsRefused("read", i -> pair.socket.read(readable[i].clear()));
            assertThat(pair.socket.isOpen()).isTrue();
            pair.socket.close();
            sink.await();
        }
    }

    private static final long MEETING_NANOS = TimeUnit.SECONDS.toNanos(20);

    private interface NumberedCall {
        void run(int number) throws IOException;
    }

    /** Both go on until one has met the other. */
    private static void assertSecondIsRefused(String what, NumberedCall call) throws Exception {
        AtomicReference<@Nullable Throwable> refused = new AtomicReference<>();
        List<BackgroundTask<Void>> callers = new ArrayList<>();
        long deadline = System.nanoTime() + MEETING_NANOS;
        for (int i = 0; i < 2; i++) {
            int number = i;
            callers.add(BackgroundTask.run("a caller of " + what, () -> {
                while (refused.get() == null && System.nanoTime() < deadline) {
                    try {
                        call.run(number);
                    } catch (IllegalStateException second) {
                        refused.set(second);
                    }
                }
            }));
        }
        for (BackgroundTask<Void> caller : callers) {
            caller.await();
        }
        assertThat(refused.get()).as("two calls of " + what + " at a time").hasMessageContaining(what);
    }

    // ---- how

    /** Returns when all that could be told by now has been told. */
    private static void settle(RawSecureSocket socket) {
        CompletableFuture<Void> turn = new CompletableFuture<>();
        socket.executor().execute(() -> turn.complete(null));
        try {
            Awaiting.result("a turn on the socket's executor", PATIENCE, turn);
        } catch (ExecutionException impossible) {
            throw new AssertionError(impossible);
        }
    }

    /** Waits until the connection is gone and its handler knows; how it ended is thrown. */
    private static void endOf(RawSecureSocket socket) throws Exception {
        try {
            Awaiting.result("the end", PATIENCE, socket.onClosed());
        } finally {
            settle(socket);
        }
    }

    private interface Call {
        void run() throws IOException;
    }

    private static boolean fails(Call call) {
        try {
            call.run();
            return false;
        } catch (IOException failure) {
            return true;
        }
    }

    private static ByteBuffer one() {
        return ByteBuffer.allocate(1);
    }

    private static ByteBuffer text(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    /** As in {@code BackpressureTest}: if it comes too early, what is asserted afterwards holds anyway. */
    private static void awaitStall(String who, LongSupplier progress) {
        Awaiting.until(who + " to make no more progress", PATIENCE, new BooleanSupplier() {
            private long last = -1;
            private int unchanged;

            @Override
            public boolean getAsBoolean() {
                long now = progress.getAsLong();
                unchanged = now == last ? unchanged + 1 : 0;
                last = now;
                return now > 0 && unchanged == 20;
            }
        });
    }

    /** Reads a piece at each READ and keeps what it is told. */
    private static final class Told implements RawSocketHandler {
        private final int piece;
        private final List<RawSocketEvent> events = new ArrayList<>();
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private int empty;

        Told(int piece) {
            this.piece = piece;
        }

        @Override
        public synchronized void handle(RawSecureSocket socket, RawSocketEvent event) throws IOException {
            events.add(event);
            if (event == READ) {
                empty += socket.available() > 0 ? 0 : 1;
                ByteBuffer room = ByteBuffer.allocate(piece);
                empty += socket.read(room) > 0 ? 0 : 1;
                bytes.write(room.array(), 0, room.position());
            }
        }

        synchronized List<RawSocketEvent> events() {
            assertThat(empty).as("READs with nothing to read").isZero();
            return List.copyOf(events);
        }

        synchronized int received() {
            return bytes.size();
        }

        synchronized byte[] bytes() {
            return bytes.toByteArray();
        }

        long count(RawSocketEvent event) {
            return events().stream().filter(event::equals).count();
        }

        List<RawSocketEvent> after(RawSocketEvent event) {
            List<RawSocketEvent> all = events();
            return all.subList(all.indexOf(event) + 1, all.size());
        }

        void await(RawSocketEvent event) {
            Awaiting.until(event.name(), PATIENCE, () -> events().contains(event));
        }
    }
}
