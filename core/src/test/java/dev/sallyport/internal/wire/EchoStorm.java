package dev.sallyport.internal.wire;

import dev.sallyport.Transport;
import dev.sallyport.internal.resource.Scratch;
import dev.sallyport.internal.resource.ScratchPool;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.util.Arrays;
import java.util.Collection;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Phaser;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** A server that echoes and kills at random, clients that send one value each and reset at random. */
final class EchoStorm {
    private final Collection<String> violations = new ConcurrentLinkedQueue<>();
    private final ExecutorService killers = Executors.newFixedThreadPool(2);
    private final Phaser living = new Phaser(1); // one party for each connection, and the test
    private final AtomicInteger aborted =
            new AtomicInteger(); // connections that the server reset, seen by their clients
    private volatile @Nullable SocketAddress address;

    ListenWire listen(Transport transport) throws IOException {
        ListenWire listening = Transports.open(transport, Numeric.LOOPBACK_ANY_PORT, Acceptor.PLAIN);
        address = listening.localAddress();
        listening.register(() -> {
            try {
                for (Wire wire = listening.accept(); wire != null; wire = listening.accept()) {
                    living.register();
                    new Echo(wire).begin();
                }
            } catch (IOException failure) {
                violations.add("accept: " + failure);
            }
        });
        return listening;
    }

    Collection<String> violations() {
        return violations;
    }

    /** {@return how many clients saw a reset} */
    int aborted() {
        return aborted.get();
    }

    /** Accepts no more, then waits until all connections were released. */
    void end(ListenWire listening) throws Exception {
        CompletableFuture<Void> closed = new CompletableFuture<>();
        listening.release(() -> closed.complete(null));
        closed.get(10, TimeUnit.SECONDS);
        living.awaitAdvanceInterruptibly(living.arrive(), 10, TimeUnit.SECONDS);
        killers.shutdown();
    }

    /** {@return how many answers came} */
    int connectAgainAndAgain(int seed, int times) throws IOException {
        Random random = new Random(seed);
        byte[] answer = new byte[4096];
        int answers = 0;
        for (int i = 0; i < times; i++) {
            byte value = (byte) (1 + random.nextInt(100) + (seed & 1) * 100); // never 0
            byte[] message = new byte[1 + random.nextInt(answer.length)];
            Arrays.fill(message, value);
            try (Socket client = new Socket()) {
                client.connect(address, 10_000);
                client.setSoTimeout(10_000);
                for (int round = random.nextInt(4); round >= 0; round--) {
                    client.getOutputStream().write(message);
                    int count = client.getInputStream().read(answer);
                    if (count < 0) {
                        break;
                    }
                    answers++;
                    check("client", answer, count, value);
                }
                if (random.nextBoolean()) {
                    client.setSoLinger(true, 0);
                }
            } catch (SocketException killed) {
                aborted.incrementAndGet();
            }
        }
        return answers;
    }

    private void check(String who, byte[] bytes, int count, byte value) {
        for (int i = 0; i < count; i++) {
            if (bytes[i] != value) {
                violations.add(who + " of " + value + " met " + bytes[i]);
                return;
            }
        }
    }

    /** One connection: read on its loop, killed from any thread, all calls under its lock, none after the release. */
    private final class Echo implements Wire.Listener {
        private final Wire wire;
        private final ReentrantLock lock = new ReentrantLock();
        private final byte[] copy = new byte[ScratchPool.RECORD_BYTES];
        private boolean dead;
        private byte value;

        Echo(Wire wire) {
            this.wire = wire;
        }

        void begin() {
            wire.listener(this);
            wire.register();
            if (wire.remoteAddress().hashCode() % 3 == 0) {
                killers.execute(() -> end(true));
            }
        }

        @Override
        public void readable() {
            lock.lock();
            try {
                if (!dead && wire.remoteAddress().hashCode() % 3 == 1) {
                    killers.execute(() -> end(wire.remoteAddress().hashCode() % 2 == 0));
                }
            } finally {
                lock.unlock();
            }
            echo();
        }

        @Override
        public void writable() {}

        private void echo() {
            Scratch scratch = ScratchPool.RECORD.take();
            lock.lock();
            try {
                while (!dead) {
                    scratch.clear();
                    int count = wire.receive(scratch, scratch.room());
                    if (count > 0) {
                        scratch.bytes.get(scratch.bytes.position(), copy, 0, count);
                        value = value == 0 ? copy[0] : value;
                        check("server", copy, count, value);
                        wire.send(scratch);
                    } else if (count < 0) {
                        end(false);
                    } else if (!wire.readReady()) {
                        return;
                    }
                }
            } catch (IOException gone) {
                end(false);
            } finally {
                lock.unlock();
                ScratchPool.giveBack(scratch);
            }
        }

        private void end(boolean reset) {
            lock.lock();
            try {
                if (dead) {
                    return;
                }
                dead = true;
                if (reset) {
                    wire.reset();
                }
            } finally {
                lock.unlock();
            }
            wire.release();
            living.arriveAndDeregister();
        }
    }
}
