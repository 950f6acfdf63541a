package dev.sallyport.load;

import static dev.sallyport.testkit.Awaiting.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.BindOptions;
import dev.sallyport.ConnectionInfo;
import dev.sallyport.HandshakeException;
import dev.sallyport.HandshakeException.Reason;
import dev.sallyport.InternetAddress;
import dev.sallyport.RawSecureServerSocket;
import dev.sallyport.RawSecureSocket;
import dev.sallyport.RawSocketEvent;
import dev.sallyport.RawSocketHandler;
import dev.sallyport.SecureConnection;
import dev.sallyport.SecureServerSocket;
import dev.sallyport.SecureSocket;
import dev.sallyport.SecurityContext;
import dev.sallyport.ServerObserver;
import dev.sallyport.ServerStatistics;
import dev.sallyport.internal.resource.OwnedCount;
import dev.sallyport.matrix.Setup;
import dev.sallyport.testkit.Awaiting;
import dev.sallyport.testkit.Payload;
import dev.sallyport.testkit.TestPki;
import dev.sallyport.testkit.TlsConnection;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * An echo server that is fuzzed, and what went wrong on it: a handler that saw a byte which its client did not send, a failure
 * that is the server's own or no documented one, a connection that nobody accounted for.
 */
public final class FuzzTarget implements ServerObserver, AutoCloseable {
    private static final int CHUNK_BYTES = 4096;
    private static final FuzzCase UNKNOWN = new FuzzCase(-1, "a connection of no case", Payload.of(0, 0));
    private static final FuzzCase GOOD = new FuzzCase(-1, "a good client", Payload.of(0, 64));

    /** What a client can bring about; the others are the server's own fault, or do not happen here. */
    private static final Set<Reason> OF_CLIENTS = EnumSet.of(
            Reason.PEER_NOT_TLS,
            Reason.PEER_NO_COMMON_VERSION,
            Reason.PEER_NO_COMMON_CIPHER_SUITE,
            Reason.PEER_NO_COMMON_PROTOCOL,
            Reason.PEER_UNKNOWN_SERVER_NAME,
            Reason.PEER_BAD_CERTIFICATE,
            Reason.PEER_UNTRUSTED_CERTIFICATE,
            Reason.PEER_REJECTED_US,
            Reason.PEER_MISBEHAVED,
            Reason.PEER_GONE,
            Reason.TIMEOUT);

    private final Setup setup;
    private final Map<SocketAddress, FuzzCase> cases = new ConcurrentHashMap<>();
    private final Collection<String> violations = new ConcurrentLinkedQueue<>();
    private final AtomicLong expected = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();
    private final AtomicLong opened = new AtomicLong();
    private final AtomicLong closed = new AtomicLong();
    private volatile FuzzCase others = UNKNOWN; // who is not in the map
    private final Closeable server;
    private final Supplier<ServerStatistics> statistics;
    private final InetSocketAddress address;

    private FuzzTarget(Setup setup, boolean raw) throws IOException {
        this.setup = setup;
        SecurityContext context = setup.context()
                .trustedCertificates(TestPki.ca().certificate())
                .supportedProtocols("h2", "http/1.1")
                .build();
        BindOptions.Builder options = BindOptions.builder();
        setup.withTransport(each -> each.observer(this).requestClientCertificate(true))
                .accept(options);
        InetSocketAddress any = new InetSocketAddress(InternetAddress.LOOPBACK_IPV4, 0);
        if (raw) {
            RawSecureServerSocket listening =
                    RawSecureServerSocket.bind(any, context, options.build()).join();
            listening.listen(socket -> socket.listen(new RawEcho(of(socket.remoteAddress()))));
            server = listening;
            statistics = listening::statistics;
            address = (InetSocketAddress) listening.localAddress();
        } else {
            SecureServerSocket listening = SecureServerSocket.open(any, context, options.build());
            listening.serve(this::echo);
            server = listening;
            statistics = listening::statistics;
            address = (InetSocketAddress) listening.localAddress();
        }
    }

    /** Opens one on the stream layer or on the raw one. */
    public static FuzzTarget open(Setup setup, boolean raw) throws IOException {
        return new FuzzTarget(setup, raw);
    }

    public InetSocketAddress address() {
        return address;
    }

    public ServerStatistics statistics() {
        return statistics.get();
    }

    /** From now on what comes from this address belongs to a case. */
    public void expect(SocketAddress client, FuzzCase one) {
        cases.put(client, one);
        expected.incrementAndGet();
    }

    public void violation(String what) {
        violations.add(what);
    }

    public Collection<String> violations() {
        return violations;
    }

    /** When all cases so far are over: every connection is accounted for, nothing is left, and a good client is served. */
    public void settle() throws IOException {
        awaitNoConnections();
        cases.clear();
        others = GOOD;
        expected.incrementAndGet();
        try (TlsConnection connection = setup.client(address.getPort()).connect()) {
            byte[] ping = GOOD.sent().bytes();
            connection.send(ping);
            assertThat(connection.receive(ping.length)).isEqualTo(ping);
        }
        awaitNoConnections();
        others = UNKNOWN;
    }

    private void awaitNoConnections() {
        Awaiting.until(
                "all connections to be gone and told of",
                PATIENCE,
                () -> statistics().connectionsOpen() == 0
                        && statistics().accepted() == expected.get()
                        && statistics().accepted() == failed.get() + opened.get()
                        && opened.get() == closed.get());
        assertThat(statistics().handshakesFailed()).isEqualTo(failed.get());
        assertThat(statistics().handshakesCompleted()).isEqualTo(opened.get());
    }

    /** {@return what the library holds that it should not, when only listening sockets are left} */
    public static List<String> leftovers() {
        return OwnedCount.snapshot().entrySet().stream()
                .filter(held ->
                        held.getKey() == OwnedCount.NATIVE_CONNECTIONS || held.getKey() == OwnedCount.SCRATCH_BUFFERS)
                .filter(held -> held.getValue() != 0)
                .map(Object::toString)
                .toList();
    }

    private FuzzCase of(SocketAddress client) {
        return cases.getOrDefault(client, others);
    }

    private void echo(SecureSocket socket) throws IOException {
        Seen seen = new Seen(of(socket.remoteAddress()));
        InputStream in = socket.inputStream();
        byte[] chunk = new byte[CHUNK_BYTES];
        for (int count = in.read(chunk); count >= 0; count = in.read(chunk)) {
            seen.check(ByteBuffer.wrap(chunk, 0, count));
            socket.outputStream().write(chunk, 0, count);
        }
        seen.checkEnd();
    }

    @Override
    public void handshakeFailed(HandshakeException failure) {
        FuzzCase one = of(failure.remoteAddress());
        if (one == GOOD || one == UNKNOWN || !OF_CLIENTS.contains(failure.reason())) {
            violation(one + ": " + failure.reason() + ", " + failure.getMessage() + because(failure));
        }
        failed.incrementAndGet();
    }

    @Override
    public void connectionOpened(ConnectionInfo connection) {
        opened.incrementAndGet();
    }

    @Override
    public void connectionClosed(ConnectionInfo connection, @Nullable Throwable error) {
        check(connection.remoteAddress(), "ended with", error);
        closed.incrementAndGet();
    }

    @Override
    public void handlerFailed(SecureConnection socket, Throwable error) {
        check(socket.remoteAddress(), "its handler failed with", error);
    }

    private void check(SocketAddress remote, String what, @Nullable Throwable error) {
        boolean documented = error == null
                || error instanceof SSLException
                || error instanceof SocketException
                || error instanceof ClosedChannelException;
        if (!documented) {
            violation(of(remote) + ": " + what + " " + error + because(error));
        }
    }

    private static String because(@Nullable Throwable failure) {
        StringBuilder all = new StringBuilder();
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            StackTraceElement[] stack = cause.getStackTrace();
            all.append(" <- ").append(cause);
            for (int i = 0; i < Math.min(5, stack.length); i++) {
                all.append(" at ").append(stack[i]);
            }
        }
        return all.toString();
    }

    @Override
    public void close() throws IOException {
        server.close();
    }

    /** What a handler has seen must be what its client has sent, from the beginning. */
    private final class Seen {
        private final FuzzCase one;
        private final Payload.Comparison rest;

        Seen(FuzzCase one) {
            this.one = one;
            this.rest = one.sent().comparison();
        }

        void check(ByteBuffer bytes) {
            try {
                rest.accept(bytes);
            } catch (AssertionError different) {
                violation(one + ": its handler " + different.getMessage());
            }
        }

        /** An end in order comes after all that was sent. */
        void checkEnd() {
            if (rest.remaining() > 0) {
                violation(one + ": its handler saw the end " + rest.remaining() + " bytes too early");
            }
        }
    }

    private final class RawEcho implements RawSocketHandler {
        private final Seen seen;
        private final ByteBuffer chunk = ByteBuffer.allocateDirect(CHUNK_BYTES).limit(0);
        private boolean ended;

        RawEcho(FuzzCase one) {
            seen = new Seen(one);
        }

        @Override
        public void handle(RawSecureSocket socket, @Nullable RawSocketEvent event) throws IOException {
            if (event == RawSocketEvent.READ && !chunk.hasRemaining()) {
                socket.read(chunk.clear());
                chunk.flip();
                seen.check(chunk.duplicate());
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
