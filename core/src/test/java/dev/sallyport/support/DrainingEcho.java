package dev.sallyport.support;

import dev.sallyport.HandshakeException;
import dev.sallyport.RawSecureServerSocket;
import dev.sallyport.RawSecureSocket;
import dev.sallyport.RawSocketEvent;
import dev.sallyport.RawSocketHandler;
import dev.sallyport.SecureServerSocket;
import dev.sallyport.SecureSocket;
import dev.sallyport.ServerObserver;
import dev.sallyport.ServerStatistics;
import dev.sallyport.matrix.Setup;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A server that sends back what it gets, and ends each connection in order when it drains: after the echo that is under
 * way, at the latest after the next. It keeps count of what it has acknowledged to each client, which is what the library
 * has taken to send. Those who ask for it, by a first byte of {@link #STUBBORN}, are echoed for ever.
 */
public final class DrainingEcho implements ServerObserver, AutoCloseable {
    public static final byte STUBBORN = 's';

    private static final int CHUNK_BYTES = 16 * 1024;

    private final Map<Integer, Long> acknowledged = new ConcurrentHashMap<>();
    private final AtomicInteger delivered = new AtomicInteger();
    private final Queue<HandshakeException> failures = new ConcurrentLinkedQueue<>();
    private final Queue<Throwable> broken = new ConcurrentLinkedQueue<>();
    private final Closeable server;
    private final int port;
    private final Function<Duration, CompletableFuture<Void>> shutdown;
    private final Supplier<ServerStatistics> statistics;

    /** The layer of the library that the echo is written on. */
    public enum Layer {
        /** A thread each. */
        BLOCKING,
        /** Futures. */
        FUTURES,
        /** Events. */
        RAW
    }

    public DrainingEcho(Setup setup, Layer layer) throws IOException {
        if (layer == Layer.RAW) {
            RawSecureServerSocket raw = setup.openRaw(options -> options.observer(this));
            raw.listen(socket -> socket.listen(new RawEcho(socket)));
            server = raw;
            port = raw.port();
            shutdown = raw::shutdown;
            statistics = raw::statistics;
        } else {
            SecureServerSocket secure = setup.open(options -> options.observer(this));
            if (layer == Layer.BLOCKING) {
                secure.serve(this::echo);
            } else {
                acceptNext(secure);
            }
            server = secure;
            port = secure.port();
            shutdown = secure::shutdown;
            statistics = secure::statistics;
        }
    }

    public int port() {
        return port;
    }

    public CompletableFuture<Void> shutdown(Duration grace) {
        return shutdown.apply(grace);
    }

    public ServerStatistics statistics() {
        return statistics.get();
    }

    /** {@return what was written to the client of this port, or null for one that no handler has seen} */
    public @Nullable Long acknowledged(int clientPort) {
        return acknowledged.get(clientPort);
    }

    /** {@return how many connections came to a handler} */
    public int delivered() {
        return delivered.get();
    }

    public Queue<HandshakeException> failures() {
        return failures;
    }

    /** {@return what the handlers met that was not an end in order} */
    public Queue<Throwable> broken() {
        return broken;
    }

    @Override
    public void handshakeFailed(HandshakeException failure) {
        failures.add(failure);
    }

    @Override
    public void close() throws IOException {
        server.close();
    }

    /** What all layers know of one connection; one thread at a time. */
    private class Echo {
        final ByteBuffer chunk = ByteBuffer.allocate(CHUNK_BYTES);
        private final CompletableFuture<Void> draining;
        private final int client;
        private boolean begun;
        private boolean stubborn;

        Echo(SocketAddress client, CompletableFuture<Void> draining) {
            this.client = ((InetSocketAddress) client).getPort();
            this.draining = draining;
            acknowledged.put(this.client, 0L);
            delivered.incrementAndGet();
        }

        void received() {
            chunk.flip();
            if (!begun && chunk.hasRemaining()) {
                begun = true;
                stubborn = chunk.get(0) == STUBBORN;
            }
        }

        void written(int count) {
            acknowledged.merge(client, (long) count, Long::sum);
        }

        /** {@return whether to end it now, between two echoes} */
        boolean enough() {
            return draining.isDone() && !stubborn;
        }
    }

    // ---- blocking

    private void echo(SecureSocket socket) throws IOException {
        Echo echo = new Echo(socket.remoteAddress(), socket.onDraining());
        try {
            while (!echo.enough()) {
                int count = socket.inputStream().read(echo.chunk.array());
                if (count < 0) {
                    return;
                }
                echo.chunk.clear().position(count);
                echo.received();
                socket.outputStream().write(echo.chunk.array(), 0, count);
                echo.written(count);
            }
        } catch (IOException failure) {
            broken.add(failure);
            throw failure;
        }
    }

    // ---- futures

    private void acceptNext(SecureServerSocket accepting) {
        accepting.acceptAsync().whenComplete((socket, closed) -> {
            if (socket != null) {
                acceptNext(accepting);
                new FutureEcho(socket).next();
            }
        });
    }

    private final class FutureEcho extends Echo {
        private final SecureSocket socket;

        FutureEcho(SecureSocket socket) {
            super(socket.remoteAddress(), socket.onDraining());
            this.socket = socket;
        }

        void next() {
            if (enough()) {
                socket.close();
                return;
            }
            socket.readAsync(chunk.clear()).whenComplete((count, failure) -> {
                if (failure != null) {
                    fail(failure);
                } else if (count < 0) {
                    socket.close();
                } else {
                    received();
                    write();
                }
            });
        }

        private void write() {
            int count = chunk.remaining();
            socket.writeAsync(chunk).whenComplete((nothing, failure) -> {
                if (failure != null) {
                    fail(failure);
                } else {
                    written(count);
                    next();
                }
            });
        }

        private void fail(Throwable failure) {
            broken.add(failure);
            socket.abort();
        }
    }

    // ---- events

    private final class RawEcho extends Echo implements RawSocketHandler {
        RawEcho(RawSecureSocket socket) {
            super(socket.remoteAddress(), socket.onDraining());
            chunk.limit(0);
        }

        @Override
        public void handle(RawSecureSocket socket, @Nullable RawSocketEvent event) throws IOException {
            if (event == RawSocketEvent.CLOSED) {
                return;
            }
            if (event == RawSocketEvent.READ && !chunk.hasRemaining()) {
                if (enough()) {
                    socket.close();
                    return;
                }
                socket.read(chunk.clear());
                received();
            }
            for (int taken = -1; taken != 0 && chunk.hasRemaining(); ) {
                taken = socket.write(chunk);
                written(taken);
            }
            if (!chunk.hasRemaining() && (event == RawSocketEvent.READ_CLOSED || enough())) {
                socket.close();
                return;
            }
            socket.readEventsEnabled(!chunk.hasRemaining());
            socket.writeEventsEnabled(chunk.hasRemaining());
        }
    }
}
