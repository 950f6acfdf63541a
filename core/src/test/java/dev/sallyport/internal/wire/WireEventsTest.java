package dev.sallyport.internal.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.Transport;
import dev.sallyport.internal.resource.Scratch;
import dev.sallyport.internal.resource.ScratchPool;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Level;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(NothingLeft.class)
class WireEventsTest {
    /** Whatever left the handler would cost the other its event, and the loop a second. */
    @EachTransport
    void aListenerThatThrowsCostsNobodyElseAnEvent(Transport transport) throws Exception {
        try (Acceptor acceptor = Acceptor.onLoopback(transport);
                CapturedLog log = new CapturedLog("dev.sallyport")) {
            List<Socket> clients = new ArrayList<>();
            List<Wire> wires = twoOnOneLoop(acceptor, clients);
            Loop loop = wires.get(0).loop();
            Set<Wire> told = ConcurrentHashMap.newKeySet();
            CompletableFuture<Set<Wire>> toldInTheBatch = new CompletableFuture<>();
            for (Wire wire : wires) {
                wire.listener(new Wire.Listener() {
                    @Override
                    public void readable() {
                        if (told.isEmpty()) {
                            loop.execute(
                                    () -> toldInTheBatch.complete(Set.copyOf(told))); // runs when the batch is done
                        }
                        told.add(wire);
                        throw new IllegalStateException("thrown by the test");
                    }

                    @Override
                    public void writable() {}
                });
                wire.register();
            }
            makeReadyInOneBatch(loop, clients);

            assertThat(toldInTheBatch.get(10, TimeUnit.SECONDS)).containsExactlyInAnyOrderElementsOf(wires);
            for (Wire wire : wires) {
                assertIsReset(wire);
                wire.release();
            }
            for (Socket client : clients) {
                assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketException.class);
                client.close();
            }
            assertThat(log.messages(Level.FINE)) // where the bound on warnings leaves them, too
                    .filteredOn(message -> message.contains("thrown by the test"))
                    .hasSize(4) // both are told of the reset too
                    .allMatch(message -> message.contains("failed; the connection is reset"));
        }
    }

    /** Holds the loop until bytes wait for all the clients' connections. */
    private static void makeReadyInOneBatch(Loop loop, List<Socket> clients) throws Exception {
        CountDownLatch allReady = new CountDownLatch(1);
        CountDownLatch held = new CountDownLatch(1);
        loop.execute(() -> {
            held.countDown();
            try {
                assertThat(allReady.await(10, TimeUnit.SECONDS)).isTrue();
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            }
        });
        assertThat(held.await(10, TimeUnit.SECONDS)).isTrue();
        for (Socket client : clients) {
            client.getOutputStream().write(1);
        }
        allReady.countDown();
    }

    private static void assertIsReset(Wire wire) {
        Scratch scratch = ScratchPool.RECORD.take();
        assertThatThrownBy(() -> wire.receive(scratch, 1)).hasMessage("connection reset");
        ScratchPool.giveBack(scratch);
    }

    /** Loops are given in turn, so among as many connections as there are loops, and one, two share one. */
    private static List<Wire> twoOnOneLoop(Acceptor acceptor, List<Socket> clients) throws Exception {
        List<Wire> wires = new ArrayList<>();
        for (; ; ) {
            clients.add(acceptor.connect());
            Wire newest = acceptor.next();
            wires.add(newest);
            for (int i = 0; i < wires.size() - 1; i++) {
                if (wires.get(i).loop() == newest.loop()) {
                    List<Wire> pair = List.of(wires.get(i), newest);
                    List<Socket> theirs = List.of(clients.get(i), clients.get(clients.size() - 1));
                    wires.removeAll(pair);
                    wires.forEach(Wire::release);
                    clients.removeAll(theirs);
                    for (Socket other : clients) {
                        other.close();
                    }
                    clients.clear();
                    clients.addAll(theirs);
                    return pair;
                }
            }
        }
    }

    @EachTransport
    void aListenerOfConnectionsThatThrowsIsToldOfTheNext(Transport transport) throws Exception {
        CapturedLog log = new CapturedLog("dev.sallyport");
        ListenWire listening = Transports.open(transport, Numeric.LOOPBACK_ANY_PORT, Acceptor.PLAIN);
        CompletableFuture<Wire> second = new CompletableFuture<>();
        AtomicInteger told = new AtomicInteger();
        listening.register(() -> {
            try {
                Wire wire = Objects.requireNonNull(listening.accept());
                assertThat(listening.accept()).isNull();
                if (told.incrementAndGet() == 1) {
                    wire.release();
                    throw new IllegalStateException("thrown by the test");
                }
                second.complete(wire);
            } catch (IOException failure) {
                second.completeExceptionally(failure);
            }
        });
        int port = ((InetSocketAddress) listening.localAddress()).getPort();
        try (Socket first = new Socket(Numeric.host("127.0.0.1"), port)) {
            first.setSoTimeout(10_000);
            assertThat(first.getInputStream().read()).isEqualTo(-1);
            try (Socket client = new Socket(Numeric.host("127.0.0.1"), port)) {
                Wire wire = second.get(10, TimeUnit.SECONDS);
                assertThat(wire.remoteAddress()).isEqualTo(client.getLocalSocketAddress());
                wire.release();
            }
        }
        listening.release();
        log.close();
        assertThat(log.messages(Level.SEVERE)).hasSize(1);
    }

    /** An accept loop that stops early, as a paused one does, finds the rest by itself when it goes on. */
    @EachTransport
    void connectionsThatWereLeftWaitingCanBeAcceptedLater(Transport transport) throws Exception {
        ListenWire listening = Transports.open(transport, Numeric.LOOPBACK_ANY_PORT, Acceptor.PLAIN);
        CompletableFuture<Void> told = new CompletableFuture<>();
        AtomicInteger events = new AtomicInteger();
        listening.register(() -> {
            events.incrementAndGet();
            told.complete(null);
        });
        int port = ((InetSocketAddress) listening.localAddress()).getPort();
        try (Socket first = new Socket(Numeric.host("127.0.0.1"), port);
                Socket second = new Socket(Numeric.host("127.0.0.1"), port)) {
            told.get(10, TimeUnit.SECONDS);
            CompletableFuture<Integer> accepted = new CompletableFuture<>();
            listening.loop().execute(() -> {
                try {
                    int count = 0;
                    for (Wire wire = listening.accept(); wire != null; wire = listening.accept()) {
                        wire.release();
                        count++;
                    }
                    accepted.complete(count);
                } catch (IOException failure) {
                    accepted.completeExceptionally(failure);
                }
            });
            assertThat(accepted.get(10, TimeUnit.SECONDS)).isEqualTo(2);
            assertThat(List.of(first.isConnected(), second.isConnected())).containsOnly(true);
            assertThat(events.get()).as("events while nobody accepted").isLessThanOrEqualTo(2);
        }
        listening.release();
    }

    /** As when epoll has no room for one more (ENOSPC), or a selector could not be rebuilt. */
    @EachTransport
    void aConnectionThatCannotBePolledIsResetAndItsReaderTold(Transport transport) throws Exception {
        try (CapturedLog log = new CapturedLog("dev.sallyport");
                Acceptor acceptor = Acceptor.onLoopback(transport);
                Socket client = acceptor.connect();
                BlockingWire server = new BlockingWire(acceptor.next())) {
            Wire wire = server.wire();
            wire.loop().execute(() -> {
                wire.lost(new IOException("No space left on device"));
                wire.lost(new IOException("told once only"));
            });
            assertThatThrownBy(() -> server.receive(1))
                    .isInstanceOf(SocketException.class)
                    .hasMessage("cannot poll: no space left on device");
            wire.release();
            assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketException.class);
            assertThat(log.messages(Level.SEVERE)).singleElement().asString().contains("No space left on device");
        }
    }

    @EachTransport
    void aListeningSocketThatCannotBePolledTellsItsListener(Transport transport) throws Exception {
        try (CapturedLog log = new CapturedLog("dev.sallyport");
                Acceptor acceptor = Acceptor.onLoopback(transport)) {
            ListenWire wire = acceptor.wire();
            wire.loop().execute(() -> wire.lost(acceptor, new IOException("No space left on device")));
            assertThat(acceptor.refusal())
                    .hasMessage("accept 127.0.0.1:" + acceptor.port() + ": cannot poll")
                    .hasRootCauseMessage("No space left on device");
            assertThat(log.messages(Level.SEVERE)).hasSize(1);
        }
    }

    /** A new listener finds what an earlier one was told of. */
    @EachTransport
    void remembersAnEventThatNobodyActedUpon(Transport transport) throws Exception {
        try (Acceptor acceptor = Acceptor.onLoopback(transport);
                Socket client = acceptor.connect()) {
            Wire wire = acceptor.next();
            CompletableFuture<Void> told = new CompletableFuture<>();
            wire.listener(new Wire.Listener() {
                @Override
                public void readable() {
                    told.complete(null);
                }

                @Override
                public void writable() {}
            });
            wire.register();
            assertThat(wire.readReady()).isFalse();
            client.getOutputStream().write(1);
            told.get(10, TimeUnit.SECONDS);
            assertThat(wire.readReady()).isTrue();
            wire.release();
        }
    }
}
