package dev.sallyport.support;

import dev.sallyport.RawSecureServerSocket;
import dev.sallyport.RawSecureSocket;
import dev.sallyport.RawSocketEvent;
import dev.sallyport.RawSocketHandler;
import dev.sallyport.SecureServerSocket;
import dev.sallyport.SecureSocket;
import dev.sallyport.SecurityContext;
import dev.sallyport.matrix.Setup;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/** A server that sends back what it receives, and closes when its client has ended. */
public final class EchoServer implements AutoCloseable {
    private static final int CHUNK_BYTES = 16 * 1024;

    private final Closeable server;
    private final int port;

    private EchoServer(Closeable server, int port) {
        this.server = server;
        this.port = port;
    }

    public int port() {
        return port;
    }

    public void replaceContext(SecurityContext replacement) {
        if (server instanceof RawSecureServerSocket raw) {
            raw.replaceContext(replacement);
        } else if (server instanceof SecureServerSocket streams) {
            streams.replaceContext(replacement);
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
    }

    /** The layer of the library that the server is written on. */
    public enum Layer {
        /** Blocking streams, a (virtual) thread each. */
        BLOCKING {
            @Override
            public EchoServer start(Setup setup) throws IOException {
                SecureServerSocket server = setup.open(options -> {});
                server.serve(socket -> socket.inputStream().transferTo(socket.outputStream()));
                return new EchoServer(server, server.port());
            }
        },
        /** Futures that complete on the default executor. */
        FUTURES {
            @Override
            public EchoServer start(Setup setup) throws IOException {
                return futures(setup.open(options -> {}));
            }
        },
        /** Futures that complete on the event loop. */
        FUTURES_ON_LOOP {
            @Override
            public EchoServer start(Setup setup) throws IOException {
                return futures(setup.open(options -> options.executor(Runnable::run)));
            }
        },
        /** One publisher of connections; each writes all that comes in. */
        FLOW {
            @Override
            public EchoServer start(Setup setup) throws IOException {
                SecureServerSocket server = setup.open(options -> {});
                server.connections().subscribe(new FlowEcho());
                return new EchoServer(server, server.port());
            }
        },
        /** Events on the default executor. */
        RAW {
            @Override
            public EchoServer start(Setup setup) throws IOException {
                return raw(setup.openRaw(options -> {}));
            }
        },
        /** Events on the event loop. */
        RAW_ON_LOOP {
            @Override
            public EchoServer start(Setup setup) throws IOException {
                return raw(setup.openRaw(options -> options.executor(Runnable::run)));
            }
        };

        public abstract EchoServer start(Setup setup) throws IOException;
    }

    private static EchoServer futures(SecureServerSocket server) {
        acceptNext(server);
        return new EchoServer(server, server.port());
    }

    private static void acceptNext(SecureServerSocket server) {
        server.acceptAsync().whenComplete((socket, closed) -> {
            if (socket != null) {
                new FutureEcho(socket).read();
                acceptNext(server);
            }
        });
    }

    private static EchoServer raw(RawSecureServerSocket server) {
        server.listen(socket -> socket.listen(new RawEcho()));
        return new EchoServer(server, server.port());
    }

    /** Reads and writes in turns, each armed by the completion of the other. */
    private static final class FutureEcho {
        private final SecureSocket socket;
        private final ByteBuffer chunk = ByteBuffer.allocate(CHUNK_BYTES);

        FutureEcho(SecureSocket socket) {
            this.socket = socket;
        }

        void read() {
            CompletableFuture<Integer> reading = socket.readAsync(chunk.clear());
            reading.whenComplete((count, failure) -> {
                if (failure != null) {
                    socket.abort();
                } else if (count < 0) {
                    socket.close();
                } else {
                    write();
                }
            });
        }

        private void write() {
            socket.writeAsync(chunk.flip()).whenComplete((nothing, failure) -> {
                if (failure != null) {
                    socket.abort();
                } else {
                    read();
                }
            });
        }
    }

    private static final class FlowEcho implements Flow.Subscriber<SecureSocket> {
        @Override
        public void onSubscribe(Flow.Subscription subscription) {
            subscription.request(Long.MAX_VALUE);
        }

        @Override
        public void onNext(SecureSocket socket) {
            socket.writeAll(socket.incoming()).whenComplete((count, failure) -> {
                if (failure != null) {
                    socket.abort();
                } else {
                    socket.close();
                }
            });
        }

        @Override
        public void onError(Throwable failure) {
            throw new AssertionError("connections() failed", failure);
        }

        @Override
        public void onComplete() {}
    }

    /** Reads no more while what it has read cannot be written. */
    private static final class RawEcho implements RawSocketHandler {
        private final ByteBuffer chunk = ByteBuffer.allocateDirect(CHUNK_BYTES).limit(0);
        private boolean ended;

        @Override
        public void handle(RawSecureSocket socket, @Nullable RawSocketEvent event) throws IOException {
            if (event == RawSocketEvent.READ && !chunk.hasRemaining()) {
                socket.read(chunk.clear());
                chunk.flip();
            }
            ended |= event == RawSocketEvent.READ_CLOSED;
            while (chunk.hasRemaining() && socket.write(chunk) > 0) {
                // until all of it is taken, or there is no room
            }
            socket.readEventsEnabled(!chunk.hasRemaining());
            socket.writeEventsEnabled(chunk.hasRemaining());
            if (ended && !chunk.hasRemaining()) {
                socket.close();
            }
        }
    }
}
