package dev.sallyport.testkit;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A TCP connection to a TLS server that does not do what a client should. It is connected from the start; each script
 * returns the same object, so that scripts can follow each other.
 *
 * <p>The server may hang up in the middle of a script: that does not fail the script, but is kept in
 * {@link #sendFailure()}. Closing sends FIN, or RST when the server's answer was not read. For one thread at a time.
 */
public final class HostileClient implements AutoCloseable {
    private static final Duration DEADLINE = Duration.ofSeconds(10);

    private final Socket socket = new Socket();
    private volatile @Nullable IOException sendFailure;
    private @Nullable ScheduledFuture<?> ticking;

    private HostileClient() {}

    /** Connects; for a wildcard address, to its loopback. */
    public static HostileClient to(SocketAddress server) throws IOException {
        return to(server, 0);
    }

    /** Connects with this size of receive buffer, as far as the system lets it; 0 for the system's own. */
    public static HostileClient to(SocketAddress server, int receiveBufferBytes) throws IOException {
        HostileClient client = new HostileClient();
        if (receiveBufferBytes > 0) {
            client.socket.setReceiveBufferSize(receiveBufferBytes);
        }
        client.socket.setTcpNoDelay(true);
        client.socket.connect(TlsClient.reachable(server), Math.toIntExact(DEADLINE.toMillis()));
        return client;
    }

    /** Connects. */
    public static HostileClient to(String host, int port) throws IOException {
        return to(new InetSocketAddress(host, port));
    }

    /** Says nothing. */
    public HostileClient silent() {
        return this;
    }

    /** Sends these bytes as they are. */
    public HostileClient send(byte[] bytes) {
        try {
            socket.getOutputStream().write(bytes);
        } catch (IOException e) {
            sendFailure = e;
        }
        return this;
    }

    /** Sends 500 random bytes that are not the beginning of a TLS record. */
    public HostileClient garbage(long seed) {
        return send(ClientHelloBytes.garbage(seed, 500));
    }

    /** Asks for a page in plain HTTP. */
    public HostileClient plainHttp() {
        return send(
                "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    }

    /** Sends this hello in full records. */
    public HostileClient clientHello(ClientHelloBytes hello) {
        return send(hello.bytes());
    }

    /** Sends the first half of a good ClientHello. */
    public HostileClient halfClientHello() {
        return send(ClientHelloBytes.builder().build().half());
    }

    /** Sends that many bytes of a good ClientHello, then RST. */
    public HostileClient resetAfter(int bytes) throws IOException {
        return send(goodHello(bytes)).reset();
    }

    /** Sends that many bytes of a good ClientHello, then FIN. */
    public HostileClient finAfter(int bytes) throws IOException {
        return send(goodHello(bytes)).fin();
    }

    /** Sends RST, now. */
    public HostileClient reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
        return this;
    }

    /** Sends FIN; reading goes on. */
    public HostileClient fin() throws IOException {
        try {
            socket.shutdownOutput();
        } catch (SocketException e) {
            sendFailure = e;
        }
        return this;
    }

    /**
     * Starts to send these bytes one by one, the first one at once.
     *
     * @return how many were sent, once all are or the server has hung up
     */
    public CompletableFuture<Integer> oneBytePerTick(byte[] bytes, Duration tick) {
        CompletableFuture<Integer> sent = new CompletableFuture<>();
        byte[] copy = bytes.clone();
        int[] next = {0};
        ScheduledFuture<?> task = Ticks.SCHEDULER.scheduleAtFixedRate(
                () -> {
                    if (next[0] < copy.length && sendFailure == null) {
                        send(new byte[] {copy[next[0]]});
                        next[0] += sendFailure == null ? 1 : 0;
                    }
                    if (next[0] == copy.length || sendFailure != null) {
                        sent.complete(next[0]);
                    }
                },
                0,
                tick.toNanos(),
                TimeUnit.NANOSECONDS);
        ticking = task;
        return sent.whenComplete((count, failure) -> task.cancel(false));
    }

    /** {@return why sending failed, or null while it has not} */
    public @Nullable IOException sendFailure() {
        return sendFailure;
    }

    /** {@return the address that the server sees} */
    public InetSocketAddress localAddress() {
        return (InetSocketAddress) socket.getLocalSocketAddress();
    }

    /**
     * Reads exactly this many bytes of what the server says.
     *
     * @throws EOFException when the server ends first
     */
    public byte[] receive(int count) throws IOException {
        socket.setSoTimeout(Math.toIntExact(DEADLINE.toMillis()));
        byte[] bytes = socket.getInputStream().readNBytes(count);
        if (bytes.length < count) {
            throw new EOFException("the server ended after " + bytes.length + " of " + count + " bytes");
        }
        return bytes;
    }

    /** Reads until the server ends the connection, which must happen within ten seconds. */
    public Answer readAll() throws IOException {
        return readAll(DEADLINE);
    }

    /**
     * Reads until the server ends the connection.
     *
     * @throws AssertionError when it has not done so within that time
     */
    public Answer readAll(Duration patience) throws IOException {
        long end = System.nanoTime() + patience.toNanos();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            InputStream in = socket.getInputStream();
            byte[] piece = new byte[16 * 1024];
            while (true) {
                long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
                socket.setSoTimeout(Math.toIntExact(Math.max(1, left)));
                int n = in.read(piece);
                if (n < 0) {
                    return new Answer(bytes.toByteArray(), End.FIN);
                }
                bytes.write(piece, 0, n);
            }
        } catch (SocketTimeoutException e) {
            AssertionError failure = Awaiting.failure(
                    "the server to end the connection, which has sent " + bytes.size() + " bytes", patience);
            failure.addSuppressed(e);
            throw failure;
        } catch (SocketException e) {
            return new Answer(bytes.toByteArray(), End.RESET);
        }
    }

    /** Closes the socket and stops a slow script. */
    @Override
    public void close() throws IOException {
        if (ticking != null) {
            ticking.cancel(false);
        }
        socket.close();
    }

    private static byte[] goodHello(int bytes) {
        byte[] whole = ClientHelloBytes.builder().build().bytes();
        if (bytes < 0 || bytes > whole.length) {
            throw new IllegalArgumentException("bytes " + bytes + " is outside 0.." + whole.length);
        }
        return Arrays.copyOf(whole, bytes);
    }

    /** How the server ended a connection. */
    public enum End {
        /** In order, as far as TCP goes. */
        FIN,
        /** By a reset. */
        RESET
    }

    /** All that a server said, and how it ended. */
    public static final class Answer {
        private final byte[] bytes;
        private final End end;

        private Answer(byte[] bytes, End end) {
            this.bytes = bytes;
            this.end = end;
        }

        /** {@return what the server sent, as it came from the wire} */
        public byte[] bytes() {
            return bytes.clone();
        }

        /** {@return the same as ISO-8859-1 text} */
        public String text() {
            return new String(bytes, StandardCharsets.ISO_8859_1);
        }

        /** {@return how the server ended} */
        public End end() {
            return end;
        }

        /** {@return the first alert in the clear, or null} */
        public @Nullable TlsAlert alert() {
            return TlsAlert.firstIn(bytes);
        }

        @Override
        public String toString() {
            return bytes.length + " bytes, " + alert() + ", " + end;
        }
    }

    private static final class Ticks {
        static final ScheduledExecutorService SCHEDULER = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "testkit-ticks");
            thread.setDaemon(true);
            return thread;
        });
    }
}
