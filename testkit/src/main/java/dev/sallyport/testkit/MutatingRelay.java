package dev.sallyport.testkit;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Carries connections of real TLS clients to a server, one at a time, and damages what the client sends. What the server
 * sends arrives as it is.
 *
 * <p>After some damages both ends wait for each other: when neither has said anything for a while, the relay ends the
 * client's side of the stream with a FIN. For one thread at a time.
 */
public final class MutatingRelay implements AutoCloseable {
    private static final int QUIET_MILLIS = 200;

    private final SocketAddress server;
    private final ServerSocket front;

    /** Listens on a port of the loopback address. */
    public MutatingRelay(SocketAddress server) throws IOException {
        this.server = server;
        front = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    }

    /** {@return where clients connect to} */
    public SocketAddress address() {
        return front.getLocalSocketAddress();
    }

    /**
     * Takes the next connection.
     *
     * @param damage what is done to it
     * @param pieces a seed for cutting the stream into pieces to send, or null for whole records
     * @param connected told, before the server gets the first byte, the address it sees
     * @return done when nothing of the connection is left
     */
    public CompletableFuture<Void> next(
            RecordDamage damage, @Nullable Long pieces, Consumer<InetSocketAddress> connected) {
        CompletableFuture<Void> over = new CompletableFuture<>();
        start("relay", over, () -> {
            try (Socket client = front.accept();
                    Socket onward = new Socket()) {
                onward.connect(server);
                onward.setTcpNoDelay(true);
                connected.accept((InetSocketAddress) onward.getLocalSocketAddress());
                Passage passage = new Passage(client, onward, damage, pieces == null ? null : new Random(pieces));
                CompletableFuture<Void> back = new CompletableFuture<>();
                start("relay back", back, passage::back);
                passage.forth();
                back.join();
            }
        });
        return over;
    }

    /** Stops listening; a connection that is being carried goes on. */
    @Override
    public void close() throws IOException {
        front.close();
    }

    private interface Work {
        void run() throws IOException;
    }

    private static void start(String name, CompletableFuture<Void> over, Work work) {
        Thread thread = new Thread(
                () -> {
                    try {
                        work.run();
                        over.complete(null);
                    } catch (Throwable failure) {
                        over.completeExceptionally(failure);
                    }
                },
                name);
        thread.setDaemon(true);
        thread.start();
    }

    /** One connection. */
    private static final class Passage {
        private final Socket client;
        private final Socket server;
        private final RecordDamage damage;
        private final @Nullable Random pieces;
        private final byte[] input = new byte[4096];
        private byte[] pending = new byte[0];
        private final AtomicLong answered = new AtomicLong();

        Passage(Socket client, Socket server, RecordDamage damage, @Nullable Random pieces) {
            this.client = client;
            this.server = server;
            this.damage = damage;
            this.pieces = pieces;
        }

        /** From the client to the server; what comes after the end that the damage wants is thrown away. */
        void forth() throws IOException {
            client.setSoTimeout(QUIET_MILLIS);
            try {
                for (byte[] record = next(); record != null; record = next()) {
                    send(damage.pass(record));
                    if (damage.end() != RecordDamage.End.OF_ITSELF) {
                        break;
                    }
                }
                send(damage.rest());
            } catch (IOException serverHasGone) {
                pending = new byte[0];
            }
            end(damage.end());
            try {
                client.setSoTimeout(0);
                client.getInputStream().transferTo(OutputStream.nullOutputStream());
            } catch (IOException gone) {
                pending = new byte[0];
            }
        }

        private void end(RecordDamage.End end) throws IOException {
            if (end == RecordDamage.End.RESET) {
                server.setSoLinger(true, 0);
                server.close();
                return;
            }
            try {
                server.shutdownOutput();
            } catch (IOException gone) {
                server.close();
            }
        }

        /** {@return the next record, what is left of one at the end, or null when there is no more} */
        private byte @Nullable [] next() throws IOException {
            long answeredBefore = answered.get();
            while (pending.length < TlsRecords.HEADER_BYTES
                    || pending.length < TlsRecords.sizeAt(pending, 0, pending.length)) {
                try {
                    int count = client.getInputStream().read(input);
                    if (count < 0) {
                        byte[] last = pending;
                        pending = new byte[0];
                        return last.length == 0 ? null : last;
                    }
                    int before = pending.length;
                    pending = Arrays.copyOf(pending, before + count);
                    System.arraycopy(input, 0, pending, before, count);
                } catch (SocketTimeoutException quiet) {
                    if (damage.done() && answered.get() == answeredBefore) {
                        return null;
                    }
                    answeredBefore = answered.get();
                }
            }
            int size = TlsRecords.sizeAt(pending, 0, pending.length);
            byte[] record = Arrays.copyOf(pending, size);
            pending = Arrays.copyOfRange(pending, size, pending.length);
            return record;
        }

        private void send(List<byte[]> records) throws IOException {
            ByteArrayOutputStream all = new ByteArrayOutputStream();
            records.forEach(all::writeBytes);
            byte[] bytes = all.toByteArray();
            for (int at = 0; at < bytes.length; ) {
                int end = pieces == null ? bytes.length : Math.min(bytes.length, at + 1 + pieces.nextInt(bytes.length));
                server.getOutputStream().write(bytes, at, end - at);
                at = end;
            }
        }

        private void back() throws IOException {
            byte[] output = new byte[4096];
            try {
                InputStream from = server.getInputStream();
                for (int count = from.read(output); count >= 0; count = from.read(output)) {
                    answered.incrementAndGet();
                    client.getOutputStream().write(output, 0, count);
                }
                client.shutdownOutput();
            } catch (IOException gone) {
                client.close(); // or it would wait for an answer
            }
        }
    }
}
