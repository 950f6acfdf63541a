package dev.sallyport.internal.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.Transport;
import dev.sallyport.internal.resource.Scratch;
import dev.sallyport.internal.resource.ScratchPool;
import java.net.Socket;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(NothingLeft.class)
class WireBytesTest {
    private final ExecutorService threads = Executors.newCachedThreadPool();

    @AfterEach
    void endThreads() {
        threads.shutdownNow();
    }

    @EachTransport
    void carriesBytesBothWaysUnchanged(Transport transport) throws Exception {
        byte[] sent = bytes(5 << 20);
        try (Acceptor acceptor = Acceptor.onLoopback(transport);
                Socket client = acceptor.connect();
                BlockingWire server = new BlockingWire(acceptor.next())) {
            Future<byte[]> echoed = readAll(client);
            Future<?> sending = threads.submit(() -> {
                client.getOutputStream().write(sent);
                client.shutdownOutput();
                return null;
            });
            for (byte[] part = server.receive(16_000); part.length > 0; part = server.receive(16_000)) {
                server.send(part);
            }
            server.wire().shutdownOutput();
            sending.get(10, TimeUnit.SECONDS);
            assertThat(echoed.get(10, TimeUnit.SECONDS)).isEqualTo(sent);
        }
    }

    /** One event for the bytes and the FIN: a reader that stops after a short receive would wait for ever. */
    @EachTransport
    void tellsTheEndThatCameTogetherWithBytes(Transport transport) throws Exception {
        try (Acceptor acceptor = Acceptor.onLoopback(transport);
                Socket client = acceptor.connect()) {
            client.getOutputStream().write(bytes(100));
            client.shutdownOutput();
            try (EventReader server = new EventReader(acceptor.next(), 16_000)) {
                assertThat(server.all().get(10, TimeUnit.SECONDS)).isEqualTo(bytes(100));
                assertThat(client.isClosed()).isFalse();
            }
        }
    }

    /** One event for them all: a receive that was full is a reason to look again. */
    @EachTransport
    void givesManyBytesOneByOne(Transport transport) throws Exception {
        try (Acceptor acceptor = Acceptor.onLoopback(transport);
                Socket client = acceptor.connect()) {
            client.getOutputStream().write(bytes(10_000));
            try (EventReader server = new EventReader(acceptor.next(), 1)) {
                server.awaitCount(10_000);
                client.shutdownOutput();
                assertThat(server.all().get(10, TimeUnit.SECONDS)).isEqualTo(bytes(10_000));
            }
        }
    }

    @EachTransport
    void appendsBehindWhatAScratchHolds(Transport transport) throws Exception {
        try (Acceptor acceptor = Acceptor.onLoopback(transport);
                Socket client = acceptor.connect();
                BlockingWire server = new BlockingWire(acceptor.next())) {
            client.getOutputStream().write(bytes(10));
            server.receive(1); // so the rest is there
            Scratch scratch = ScratchPool.RECORD.take();
            assertThat(server.wire().receive(scratch, 4)).isEqualTo(4);
            scratch.taken(2);
            assertThat(server.wire().receive(scratch, 100)).isEqualTo(5);
            byte[] content = new byte[scratch.remaining()];
            scratch.bytes.get(content);
            assertThat(content).isEqualTo(Arrays.copyOfRange(bytes(10), 3, 10));
            assertThat(server.wire().receive(scratch, 100)).isZero();
            ScratchPool.giveBack(scratch);
        }
    }

    @EachTransport
    void refusesToReceiveWithoutRoom(Transport transport) throws Exception {
        try (Acceptor acceptor = Acceptor.onLoopback(transport);
                Socket client = acceptor.connect();
                BlockingWire server = new BlockingWire(acceptor.next())) {
            client.getOutputStream().write(1);
            Scratch full = ScratchPool.RECORD.take();
            full.appended(full.room());
            assertThatThrownBy(() -> server.wire().receive(full, 100)).isInstanceOf(IllegalStateException.class);
            ScratchPool.giveBack(full);
            assertThat(server.receive(100)).hasSize(1);
        }
    }

    /** What the client does not read, the kernel does not take; the rest goes when it reads. */
    @EachTransport
    void tellsWhenAFullSocketHasRoomAgain(Transport transport) throws Exception {
        byte[] sent = bytes(16 << 20);
        try (Acceptor acceptor = Acceptor.onLoopback(transport);
                Socket client = acceptor.connect();
                BlockingWire server = new BlockingWire(acceptor.next())) {
            Scratch scratch = ScratchPool.BULK.take();
            int taken = 0;
            for (int count = 1; count > 0; taken += count) { // until the kernel takes no more
                scratch.clear();
                scratch.bytes.limit(scratch.capacity()).put(0, sent, taken, scratch.capacity());
                count = server.wire().send(scratch);
            }
            ScratchPool.giveBack(scratch);
            Future<byte[]> received = readAll(client);
            server.send(Arrays.copyOfRange(sent, taken, sent.length));
            server.wire().shutdownOutput();
            assertThat(received.get(10, TimeUnit.SECONDS)).isEqualTo(sent);
        }
    }

    @EachTransport
    void goesOnReceivingAfterItsOwnFin(Transport transport) throws Exception {
        try (Acceptor acceptor = Acceptor.onLoopback(transport);
                Socket client = acceptor.connect();
                BlockingWire server = new BlockingWire(acceptor.next())) {
            server.wire().shutdownOutput();
            assertThat(client.getInputStream().read()).isEqualTo(-1);
            client.getOutputStream().write(bytes(1000));
            client.shutdownOutput();
            assertThat(server.receiveAll(300)).isEqualTo(bytes(1000));
        }
    }

    @EachTransport
    void knowsBothAddresses(Transport transport) throws Exception {
        try (Acceptor acceptor = Acceptor.onLoopback(transport);
                Socket client = acceptor.connect();
                BlockingWire server = new BlockingWire(acceptor.next())) {
            assertThat(server.wire().localAddress()).isEqualTo(client.getRemoteSocketAddress());
            assertThat(server.wire().remoteAddress()).isEqualTo(client.getLocalSocketAddress());
        }
    }

    private Future<byte[]> readAll(Socket client) {
        return threads.submit(() -> client.getInputStream().readAllBytes());
    }

    /** {@return the same bytes for the same count} */
    private static byte[] bytes(int count) {
        byte[] bytes = new byte[count];
        new Random(1).nextBytes(bytes);
        return bytes;
    }
}
