package dev.sallyport.streams;

import static dev.sallyport.testkit.Awaiting.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.BindOptions;
import dev.sallyport.ConnectionInfo;
import dev.sallyport.Limit;
import dev.sallyport.RawSecureServerSocket;
import dev.sallyport.SecureServerSocket;
import dev.sallyport.SecureSocket;
import dev.sallyport.SecurityContext;
import dev.sallyport.ServerObserver;
import dev.sallyport.TlsProvider;
import dev.sallyport.TlsVersion;
import dev.sallyport.Transport;
import dev.sallyport.matrix.Matrix;
import dev.sallyport.matrix.Matrix.Dimension;
import dev.sallyport.matrix.Setup;
import dev.sallyport.support.ConnectedPair;
import dev.sallyport.support.Recorder;
import dev.sallyport.testkit.Awaiting;
import dev.sallyport.testkit.BackgroundTask;
import dev.sallyport.testkit.Payload;
import dev.sallyport.testkit.TlsConnection;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** The 'Futures' and 'Buffers' of api.md, for reads and writes. */
class AsyncTest {
    private static final Setup ANY = new Setup(Transport.AUTO, TlsProvider.AUTO, TlsVersion.TLS_1_3);

    // ---- which thread

    @Matrix({Dimension.TRANSPORT})
    void whatCannotBeAnsweredAtOnceCompletesOnAWorkerByDefault(Setup setup) throws Exception {
        try (var pair = ConnectedPair.open(setup)) {
            assertThat(completionThread(pair)).startsWith("sallyport-worker-");
        }
    }

    @Matrix({Dimension.TRANSPORT})
    void runnableRunCompletesOnTheEventLoop(Setup setup) throws Exception {
        try (var pair = ConnectedPair.open(setup, options -> options.executor(Runnable::run))) {
            assertThat(completionThread(pair))
                    .startsWith("sallyport-" + setup.transport().name().toLowerCase(Locale.ROOT) + "-");
        }
    }

    @Test
    void anExecutorOfTheUsersCompletesAndIsTheDefaultOfDependentsAndStaysUp() throws Exception {
        ExecutorService mine = Executors.newSingleThreadExecutor(task -> new Thread(task, "mine"));
        try {
            try (var pair = ConnectedPair.open(ANY, options -> options.executor(mine))) {
                assertThat(completionThread(pair)).isEqualTo("mine");
                CompletableFuture<Integer> answered = pair.socket.readAsync(ByteBuffer.allocate(0));
                assertThat(answered).isCompletedWithValue(0);
                assertThat(threadOf(answered.thenApplyAsync(
                                count -> Thread.currentThread().getName())))
                        .isEqualTo("mine");
                assertThat(threadOf(answered.thenApply(count -> count)
                                .thenApplyAsync(count -> Thread.currentThread().getName())))
                        .isEqualTo("mine");
                assertThat(threadOf(pair.socket
                                .writeAsync(ByteBuffer.allocate(1))
                                .thenApplyAsync(
                                        nothing -> Thread.currentThread().getName())))
                        .isEqualTo("mine");
            }
            assertThat(mine.isShutdown()).isFalse();
        } finally {
            mine.shutdown();
        }
    }

    @Test
    void whatAServerPromisesCompletesOnTheExecutorToo() throws Exception {
        ExecutorService mine = Executors.newCachedThreadPool(task -> new Thread(task, "mine"));
        try {
            Consumer<BindOptions.Builder> options = builder -> builder.executor(mine);
            CompletableFuture<SecureServerSocket> bound =
                    SecureServerSocket.bind("localhost", 0, ANY.context().build(), options);
            assertThat(threadOf(bound.thenApplyAsync(server -> thread()))).isEqualTo("mine");
            SecureServerSocket server = Awaiting.result("the bind", PATIENCE, bound);
            List<CompletableFuture<String>> threads = new ArrayList<>();
            threads.add(server.onDraining().thenApply(nothing -> thread()));
            threads.add(server.onClosed().thenApply(nothing -> thread()));
            threads.add(server.acceptAsync().handle((nothing, closed) -> thread()));
            CompletableFuture<Void> shutdown = server.shutdown(PATIENCE);
            for (CompletableFuture<String> name : threads) {
                assertThat(threadOf(name)).isEqualTo("mine");
            }
            assertThat(threadOf(shutdown.thenApplyAsync(nothing -> thread()))).isEqualTo("mine");
        } finally {
            mine.shutdown();
        }
    }

    /** Handlers, Flow signals, the observer, the selector; the checks of certificates have tests of their own. */
    @Matrix({Dimension.PROVIDER})
    void codeOfTheUsersRunsOnTheExecutor(Setup setup) throws Exception {
        ExecutorService mine = Executors.newCachedThreadPool(task -> new Thread(task, "mine"));
        Map<String, String> threads = new ConcurrentHashMap<>();
        ServerObserver observer = new ServerObserver() {
            @Override
            public void connectionOpened(ConnectionInfo connection) {
                threads.put("observer", thread());
            }
        };
        SecurityContext context = setup.context()
                .forClientHello(hello -> {
                    threads.put("selector", thread());
                    return CompletableFuture.completedStage(null);
                })
                .build();
        Recorder<ByteBuffer> signals = new Recorder<>() {
            @Override
            public void onNext(ByteBuffer bytes) {
                threads.put("onNext", thread());
                super.onNext(bytes);
            }
        };
        try (SecureServerSocket server =
                        setup.open(context, options -> options.executor(mine).observer(observer));
                RawSecureServerSocket raw = setup.openRaw(options -> options.executor(mine))) {
            server.serve(socket -> {
                threads.put("handler", thread());
                socket.incoming().subscribe(signals);
                signals.subscription().request(1);
                signals.next();
            });
            raw.listen(socket -> {
                threads.put("raw handler", thread());
                socket.listen((same, event) -> {
                    threads.put("raw event", thread());
                    same.close();
                });
            });
            try (TlsConnection client = setup.client(server.port()).connect();
                    TlsConnection other = setup.client(raw.port()).connect()) {
                client.send("x");
                assertThat(client.receiveAll()).isEmpty();
                assertThat(other.receiveAll()).isEmpty();
            }
            Awaiting.until("all to have run", PATIENCE, () -> threads.size() == 6);
            assertThat(threads.values()).containsOnly("mine");
        } finally {
            mine.shutdown();
        }
    }

    private static String thread() {
        return Thread.currentThread().getName();
    }

    private static String completionThread(ConnectedPair<SecureSocket> pair) throws Exception {
        CompletableFuture<String> thread = pair.socket
                .readAsync(ByteBuffer.allocate(10))
                .thenApply(count -> Thread.currentThread().getName());
        assertThat(thread).isNotDone();
        pair.client.send("x");
        return threadOf(thread);
    }

    private static String threadOf(CompletableFuture<String> name) throws Exception {
        return Awaiting.result("the thread of the completion", PATIENCE, name);
    }

    // ---- at once

    @Matrix
    void whatIsThereIsAnsweredAtOnceAndTheBufferHasMoved(Setup setup) throws Exception {
        try (var pair = ConnectedPair.open(setup)) {
            pair.client.send("abc");
            assertThat(pair.socket.inputStream().read()).isEqualTo('a');
            ByteBuffer heap = ByteBuffer.allocate(1);
            assertThat(pair.socket.readAsync(heap)).isCompletedWithValue(1);
            assertThat(heap.flip().get()).isEqualTo((byte) 'b');
            ByteBuffer direct = ByteBuffer.allocateDirect(8).position(3);
            assertThat(pair.socket.readAsync(direct)).isCompletedWithValue(1);
            assertThat(direct.position()).isEqualTo(4);
            assertThat(direct.get(3)).isEqualTo((byte) 'c');
            assertThat(pair.socket.readAsync(ByteBuffer.allocate(0))).isCompletedWithValue(0);
            ByteBuffer src = ByteBuffer.wrap(new byte[] {1, 2, 3});
            assertThat(pair.socket.writeAsync(src)).isCompleted();
            assertThat(src.remaining()).isZero();
            assertThat(pair.client.receive(3)).containsExactly(1, 2, 3);
        }
    }

    @Test
    void aReadOnlyBufferIsRefusedAtOnceAndNothingIsLost() throws Exception {
        for (TlsProvider provider : List.of(TlsProvider.AUTO, TlsProvider.JDK)) {
            try (var pair = ConnectedPair.open(new Setup(Transport.AUTO, provider, TlsVersion.TLS_1_3))) {
                pair.client.send("ab");
                assertThat(pair.socket.inputStream().read()).isEqualTo('a');
                assertThatThrownBy(() -> pair.socket.readAsync(
                                ByteBuffer.allocateDirect(1).asReadOnlyBuffer()))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("read-only");
                assertThatThrownBy(() ->
                                pair.socket.readAsync(ByteBuffer.allocate(1).asReadOnlyBuffer()))
                        .isInstanceOf(IllegalArgumentException.class);
                assertThat(pair.socket.inputStream().read()).isEqualTo('b');
            }
        }
    }

    @Matrix({Dimension.PROVIDER})
    void chainsThatAreAlwaysAnsweredAtOnceDoNotFillTheStack(Setup setup) throws Exception {
        int rounds = 200_000;
        try (var pair = ConnectedPair.open(setup)) {
            BackgroundTask<Void> sent =
                    BackgroundTask.run("the client to have sent", () -> pair.client.send(new byte[rounds]));
            Awaiting.result("all rounds", PATIENCE, readOneByOne(pair.socket, rounds));
            sent.await();
        }
    }

    private static CompletableFuture<Integer> readOneByOne(SecureSocket socket, int left) {
        if (left == 0) {
            return CompletableFuture.completedFuture(0);
        }
        return socket.readAsync(ByteBuffer.allocate(1)).thenCompose(count -> readOneByOne(socket, left - count));
    }

    /** The caller is slow to say what comes next, so that he often finds an answer that was to come from the executor. */
    @Matrix({Dimension.PROVIDER})
    void chainsOvertakenByTheirAnswersDoNotFillTheStack(Setup setup) throws Exception {
        int rounds = 64 * 80;
        try (var pair = ConnectedPair.open(setup)) {
            BackgroundTask<Void> sent =
                    BackgroundTask.run("the client to have sent", () -> pair.client.send(new byte[rounds]));
            Awaiting.result("all rounds", PATIENCE, readSlowly(pair.socket, rounds));
            sent.await();
        }
    }

    private static CompletableFuture<Integer> readSlowly(SecureSocket socket, int left) {
        if (left == 0) {
            return CompletableFuture.completedFuture(0);
        }
        CompletableFuture<Integer> read = socket.readAsync(ByteBuffer.allocate(1));
        for (long end = System.nanoTime() + 20_000_000; !read.isDone() && System.nanoTime() < end; ) {
            Thread.onSpinWait();
        }
        return read.thenCompose(count -> readSlowly(socket, left - count));
    }

    // ---- several

    @Matrix({Dimension.TRANSPORT, Dimension.PROVIDER})
    void pendingWritesAreSentAndCompletedInTheOrderOfTheCalls(Setup setup) throws Exception {
        try (var pair = ConnectedPair.open(setup, options -> options.maxQueuedBytes(1 << 14))) {
            Payload payload = Payload.of(7, 12 << 20);
            byte[] all = payload.bytes();
            ConcurrentLinkedQueue<Integer> order = new ConcurrentLinkedQueue<>();
            List<CompletableFuture<Void>> writes = new ArrayList<>();
            int begin = 0;
            for (int i = 0; begin < all.length; i++) {
                int length = Math.min(all.length - begin, i % 3 == 0 ? 1 : 400_000 + i);
                int number = i;
                ByteBuffer piece = i % 2 == 0
                        ? ByteBuffer.wrap(all, begin, length)
                        : ByteBuffer.allocateDirect(length)
                                .put(all, begin, length)
                                .flip();
                writes.add(pair.socket.writeAsync(piece).thenRun(() -> order.add(number)));
                begin += length;
            }
            CompletableFuture<Void> last = writes.get(writes.size() - 1);
            assertThat(last).isNotDone();
            payload.assertSame(pair.client.in());
            Awaiting.result("the writes", PATIENCE, CompletableFuture.allOf(writes.toArray(CompletableFuture[]::new)));
            assertThat(new ArrayList<>(order)).isSorted().hasSize(writes.size());
        }
    }

    @Matrix({Dimension.TRANSPORT})
    void aSecondReadIsRefusedInEveryWayAndTheFirstGoesOn(Setup setup) throws Exception {
        try (var pair = ConnectedPair.open(setup)) {
            ByteBuffer dst = ByteBuffer.allocate(10);
            CompletableFuture<Integer> first = pair.socket.readAsync(dst);
            CompletableFuture<Integer> second = pair.socket.readAsync(ByteBuffer.allocate(10));
            assertThatThrownBy(() -> Awaiting.result("the refusal", PATIENCE, second))
                    .hasCauseInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> pair.socket.inputStream().read()).isInstanceOf(IllegalStateException.class);
            Recorder<ByteBuffer> subscriber = new Recorder<>();
            pair.socket.incoming().subscribe(subscriber);
            assertThat(subscriber.failure()).isInstanceOf(IllegalStateException.class);
            pair.client.send("first");
            assertThat(Awaiting.result("the first read", PATIENCE, first)).isEqualTo(5);
            pair.client.send("!");
            assertThat(pair.socket.inputStream().read()).isEqualTo('!');
        }
    }

    @Test
    void anExecutorThatRejectsClosesTheConnectionAndLeavesNobodyWaiting() throws Exception {
        AtomicBoolean full = new AtomicBoolean();
        try (SecureServerSocket server = ANY.open(options -> options.executor(task -> {
                    if (full.get()) {
                        throw new RejectedExecutionException("full");
                    }
                    new Thread(task, "test-executor").start();
                }));
                var pair = ConnectedPair.of(server, ANY.client(server.port()))) {
            CompletableFuture<Integer> read = pair.socket.readAsync(ByteBuffer.allocate(10));
            full.set(true);
            pair.client.send("x");
            CompletableFuture<Integer> answered = read.handle((count, failure) -> 0);
            Awaiting.result("the read to be answered", PATIENCE, answered);
            Awaiting.result(
                    "the connection to end",
                    PATIENCE,
                    pair.socket.onClosed().handle((nothing, failure) -> "however it ended"));
            assertThat(pair.socket.isOpen()).isFalse();
            assertThat(server.statistics().limitsReached()).containsEntry(Limit.EXECUTOR, 1L);
        }
    }
}
