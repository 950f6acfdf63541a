package dev.sallyport.raw;

import static dev.sallyport.RawSocketEvent.CLOSED;
import static dev.sallyport.RawSocketEvent.READ;
import static dev.sallyport.raw.EventRecorder.endOf;
import static dev.sallyport.testkit.Awaiting.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.RawSecureServerSocket;
import dev.sallyport.RawSecureSocket;
import dev.sallyport.SecureConnection;
import dev.sallyport.ServerObserver;
import dev.sallyport.matrix.Matrix;
import dev.sallyport.matrix.Matrix.Dimension;
import dev.sallyport.matrix.Setup;
import dev.sallyport.support.ConnectedPair;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A handler of raw events that throws: what this costs its own connection, and no other. */
class ThrowingHandlerTest {
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
}
