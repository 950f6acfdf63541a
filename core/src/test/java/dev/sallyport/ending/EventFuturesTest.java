package dev.sallyport.ending;

import static dev.sallyport.support.ConnectedPair.assertTalks;
import static dev.sallyport.testkit.Awaiting.PATIENCE;
import static dev.sallyport.testkit.Awaiting.result;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.sallyport.SecureServerSocket;
import dev.sallyport.SecureSocket;
import dev.sallyport.matrix.Matrix;
import dev.sallyport.matrix.Matrix.Dimension;
import dev.sallyport.matrix.Setup;
import dev.sallyport.support.ConnectedPair;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.junit.jupiter.api.Tag;

/** {@code onClosed()} and {@code onDraining()}: asked for as often as one likes, by as many as like, none of whom harms another. */
class EventFuturesTest {
    private static final int CALLS = 200_000;

    private static List<Supplier<CompletableFuture<Void>>> events(SecureServerSocket server, SecureSocket socket) {
        return List.of(server::onClosed, server::onDraining, socket::onClosed, socket::onDraining);
    }

    @Matrix(Dimension.PROVIDER)
    @Tag("slow")
    void keepNothingForEachCall(Setup setup) throws Exception {
        try (SecureServerSocket server = setup.open(options -> {});
                var pair = ConnectedPair.of(server, setup.client(server.port()))) {
            for (Supplier<CompletableFuture<Void>> event : events(server, pair.socket)) {
                poll(event, 1_000);
                long before = usedHeap();
                poll(event, CALLS);
                assertThat((usedHeap() - before) / CALLS)
                        .as("bytes kept for each call")
                        .isLessThan(8);
            }
            assertTalks(pair);
        }
    }

    private static void poll(Supplier<CompletableFuture<Void>> event, int times) {
        for (int i = 0; i < times; i++) {
            assertThat(event.get().isDone()).isFalse();
            if (i % 100 == 0) {
                event.get()
                        .orTimeout(1, TimeUnit.NANOSECONDS)
                        .exceptionally(late -> null)
                        .join();
                event.get().completeOnTimeout(null, 1, TimeUnit.NANOSECONDS).join();
            }
        }
    }

    private static long usedHeap() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    @Matrix(Dimension.PROVIDER)
    void whatOneDoesToItHarmsNobodyElse(Setup setup) throws Exception {
        try (SecureServerSocket server = setup.open(options -> {});
                var pair = ConnectedPair.of(server, setup.client(server.port()))) {
            for (Supplier<CompletableFuture<Void>> event : events(server, pair.socket)) {
                CompletableFuture<Void> others = event.get();
                assertThat(event.get().complete(null)).isFalse();
                assertThat(event.get().cancel(true)).isFalse();
                assertThat(event.get().completeExceptionally(new IllegalStateException("no")))
                        .isFalse();
                event.get().completeAsync(() -> null);
                assertThatExceptionOfType(UnsupportedOperationException.class)
                        .isThrownBy(() -> event.get().obtrudeValue(null));
                assertThatExceptionOfType(ExecutionException.class)
                        .isThrownBy(() ->
                                event.get().orTimeout(1, TimeUnit.MILLISECONDS).get())
                        .withCauseInstanceOf(TimeoutException.class);
                assertThat(others).isNotDone();
            }
            List<CompletableFuture<Void>> waiting = events(server, pair.socket).stream()
                    .map(event -> event.get().orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                    .toList();
            pair.socket.abort();
            server.shutdown(Duration.ZERO);
            for (CompletableFuture<Void> each : waiting) {
                if (each != waiting.get(3)) { // the connection may have gone before the server drained
                    result("an event", PATIENCE, each);
                }
            }
        }
    }
}
