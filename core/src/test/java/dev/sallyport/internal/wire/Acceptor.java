package dev.sallyport.internal.wire;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.Transport;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;

/** A listening wire that accepts whatever comes and hands it out unregistered. */
final class Acceptor implements ListenWire.Listener, AutoCloseable {
    static final ListenSettings PLAIN = new ListenSettings(0, false, false);

    private final ListenWire wire;
    private final BlockingQueue<Wire> accepted = new LinkedBlockingQueue<>();
    private final BlockingQueue<IOException> refusals = new LinkedBlockingQueue<>();

    private Acceptor(ListenWire wire) {
        this.wire = wire;
        wire.register(this);
    }

    static Acceptor onLoopback(Transport transport) throws IOException {
        return on(transport, Numeric.LOOPBACK_ANY_PORT, PLAIN);
    }

    static Acceptor on(Transport transport, SocketAddress address, ListenSettings settings) throws IOException {
        return new Acceptor(Transports.open(transport, address, settings));
    }

    @Override
    public void acceptable() {
        try {
            for (Wire next = wire.accept(); next != null; next = wire.accept()) {
                accepted.add(next);
            }
        } catch (IOException refusal) {
            refusals.add(refusal);
        }
    }

    ListenWire wire() {
        return wire;
    }

    int port() {
        return ((InetSocketAddress) wire.localAddress()).getPort();
    }

    /** {@return a client connected over loopback, with a read timeout} */
    Socket connect() throws IOException {
        return connect(Numeric.host("127.0.0.1"));
    }

    Socket connect(InetAddress host) throws IOException {
        Socket client = new Socket();
        client.connect(new InetSocketAddress(host, port()), 10_000);
        client.setSoTimeout(10_000);
        return client;
    }

    /** {@return the next connection, not registered} */
    Wire next() throws InterruptedException {
        Wire next = accepted.poll(10, SECONDS);
        assertThat(next).as("a connection within 10 s").isNotNull();
        return next;
    }

    /** {@return the next error that accepting met} */
    IOException refusal() throws InterruptedException {
        IOException refusal = refusals.poll(10, SECONDS);
        assertThat(refusal).as("a refusal within 10 s").isNotNull();
        return refusal;
    }

    /** Stops listening, waits until the address is free, and releases what nobody took. */
    @Override
    public void close() {
        CompletableFuture<Void> released = new CompletableFuture<>();
        wire.release(() -> released.complete(null));
        assertThat(released).as("release of the listening wire").succeedsWithin(Duration.ofSeconds(10));
        List<Wire> leftOver = new ArrayList<>();
        accepted.drainTo(leftOver);
        leftOver.forEach(Wire::release);
    }
}
