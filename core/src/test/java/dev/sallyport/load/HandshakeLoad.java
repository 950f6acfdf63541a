package dev.sallyport.load;

import static dev.sallyport.testkit.Awaiting.result;
import static dev.sallyport.testkit.Awaiting.until;

import dev.sallyport.SecureSocket;
import dev.sallyport.testkit.JdkTlsClient;
import dev.sallyport.testkit.TestIdentity;
import dev.sallyport.testkit.TestPki;
import dev.sallyport.testkit.TlsConnection;
import java.io.IOException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A few clients that come to a server by a timetable, each again and again, offering the session of its visit before. A
 * machine that cannot keep up gets as many as it can.
 *
 * <p>The server of {@link #serve} tells each whether it was resumed. Which context answered, a client sees by the
 * application protocol, when each context has one of its own.
 */
public final class HandshakeLoad implements AutoCloseable {
    private static final Duration WHOLE_LOAD = Duration.ofSeconds(60);
    private static final int CLIENTS = 8;

    /**
     * What one client saw.
     *
     * @param before the protocol of its visit before, or null at its first
     * @param protocol the protocol of this one
     * @param resumed whether it was resumed, as the server says
     * @param certificate the server's; of a resumed session that with which it began
     */
    public record Visit(
            @Nullable String before, @Nullable String protocol, boolean resumed, X509Certificate certificate) {}

    private final ScheduledExecutorService timetable = Executors.newScheduledThreadPool(CLIENTS, task -> {
        Thread thread = new Thread(task, "handshake-load");
        thread.setDaemon(true);
        return thread;
    });
    private final List<Visit> visits = new ArrayList<>(); // guarded by itself
    private final AtomicInteger begun = new AtomicInteger();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private final int count;
    private final long startNanos = System.nanoTime();

    private HandshakeLoad(int count) {
        this.count = count;
    }

    /** Starts that many visits, at that many a second; every other client has a certificate to show. */
    public static HandshakeLoad start(Supplier<JdkTlsClient> client, int count, int aSecond) {
        HandshakeLoad load = new HandshakeLoad(count);
        long slotNanos = TimeUnit.SECONDS.toNanos(1) / aSecond;
        for (int i = 0; i < CLIENTS; i++) {
            JdkTlsClient one = client.get();
            TestIdentity identity = TestPki.client();
            Regular regular = load.new Regular(i % 2 == 0 ? one : one.identity(identity));
            load.timetable.scheduleAtFixedRate(regular, i * slotNanos, CLIENTS * slotNanos, TimeUnit.NANOSECONDS);
        }
        return load;
    }

    /** What the server does for each: tells whether it was resumed, then echoes. */
    public static void serve(SecureSocket socket) throws IOException {
        socket.outputStream().write(socket.resumed() ? 1 : 0);
        socket.inputStream().transferTo(socket.outputStream());
    }

    /** Returns when that many visits are over, or all are. */
    public void await(int finished) {
        until(finished + " visits of " + count, WHOLE_LOAD, () -> ended.isDone() || finished() >= finished);
    }

    private int finished() {
        synchronized (visits) {
            return visits.size();
        }
    }

    /** {@return all visits, once they are over}; fails when one of them did */
    public List<Visit> visits() throws ExecutionException {
        result("the last of " + count + " visits", WHOLE_LOAD, ended);
        synchronized (visits) {
            return List.copyOf(visits);
        }
    }

    @Override
    public void close() {
        timetable.shutdownNow();
    }

    private final class Regular implements Runnable {
        private final JdkTlsClient client;
        private @Nullable String before;

        Regular(JdkTlsClient client) {
            this.client = client;
        }

        @Override
        public void run() {
            if (begun.getAndIncrement() >= count) {
                return;
            }
            try {
                over(visit());
            } catch (Throwable failure) {
                ended.completeExceptionally(failure);
            }
        }

        private Visit visit() throws IOException {
            try (TlsConnection connection = client.connect()) {
                boolean resumed = connection.receive(1)[0] == 1;
                connection.shutdownOutput();
                connection.receiveAll();
                String protocol = connection.selectedProtocol();
                Visit visit = new Visit(before, protocol, resumed, connection.peerCertificate());
                before = protocol;
                return visit;
            }
        }

        private void over(Visit visit) {
            synchronized (visits) {
                visits.add(visit);
                if (visits.size() == count) {
                    long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNanos);
                    System.out.println(count + " handshakes in " + millis + " ms, " + 1000L * count / millis + "/s");
                    ended.complete(null);
                }
            }
        }
    }
}
