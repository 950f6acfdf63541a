package dev.sallyport.internal.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.Transport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(NothingLeft.class)
class UnixDomainTest {
    @TempDir
    Path folder;

    @EachTransport
    void carriesBytesAndTheEnd(Transport transport) throws Exception {
        UnixDomainSocketAddress address = address(transport);
        try (Acceptor acceptor = Acceptor.on(transport, address, Acceptor.PLAIN);
                SocketChannel client = SocketChannel.open(address);
                BlockingWire server = new BlockingWire(acceptor.next())) {
            client.write(ByteBuffer.wrap(new byte[] {1, 2, 3}));
            client.shutdownOutput();
            assertThat(server.receiveAll(2)).containsExactly(1, 2, 3);
            server.send(new byte[] {4, 5});
            ByteBuffer answer = ByteBuffer.allocate(10);
            assertThat(client.read(answer)).isEqualTo(2);
            server.wire().shutdownOutput();
            assertThat(client.read(answer)).isEqualTo(-1);
            assertThat(acceptor.wire().localAddress()).isEqualTo(address);
            assertThat(server.wire().localAddress()).isEqualTo(address);
            assertThat(server.wire().remoteAddress()).isEqualTo(UnixDomainSocketAddress.of(""));
        }
    }

    @EachTransport
    void aFullSocketIsSentLater(Transport transport) throws Exception {
        UnixDomainSocketAddress address = address(transport);
        byte[] sent = new byte[4 << 20];
        try (Acceptor acceptor = Acceptor.on(transport, address, Acceptor.PLAIN);
                SocketChannel client = SocketChannel.open(address);
                BlockingWire server = new BlockingWire(acceptor.next())) {
            Thread reader = new Thread(() -> {
                try {
                    ByteBuffer received = ByteBuffer.allocate(sent.length);
                    while (received.hasRemaining() && client.read(received) >= 0) {}
                    client.write(ByteBuffer.wrap(new byte[] {(byte) (received.hasRemaining() ? 0 : 1)}));
                } catch (IOException failure) {
                    throw new UncheckedIOException(failure);
                }
            });
            reader.start();
            server.send(sent);
            assertThat(server.receive(10)).containsExactly(1);
            reader.join(10_000);
        }
    }

    @EachTransport
    void theFileGoesWithTheListeningSocket(Transport transport) throws Exception {
        UnixDomainSocketAddress address = address(transport);
        Acceptor acceptor = Acceptor.on(transport, address, Acceptor.PLAIN);
        assertThat(address.getPath()).exists();
        acceptor.close();
        assertThat(address.getPath()).doesNotExist();
    }

    @EachTransport
    void aFileThatAnotherPutInOurPlaceStays(Transport transport) throws Exception {
        UnixDomainSocketAddress address = address(transport);
        try (Acceptor acceptor = Acceptor.on(transport, address, Acceptor.PLAIN)) {
            Files.delete(address.getPath());
            Files.writeString(address.getPath(), "another's");
            assertThat(acceptor.wire().localAddress()).isEqualTo(address);
        }
        assertThat(address.getPath()).hasContent("another's");
    }

    @EachTransport
    void aStaleSocketFileIsReplaced(Transport transport) throws Exception {
        UnixDomainSocketAddress address = address(transport);
        try (ServerSocketChannel died = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            died.bind(address);
        }
        assertThat(address.getPath()).exists();
        try (Acceptor acceptor = Acceptor.on(transport, address, Acceptor.PLAIN);
                SocketChannel client = SocketChannel.open(address)) {
            assertThat(client.isConnected()).isTrue();
            acceptor.next().release();
        }
    }

    @EachTransport
    void aSocketThatSomebodyListensOnIsInUse(Transport transport) throws Exception {
        UnixDomainSocketAddress address = address(transport);
        try (ServerSocketChannel living = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            living.bind(address);
            assertThatThrownBy(() -> Acceptor.on(transport, address, Acceptor.PLAIN))
                    .isInstanceOf(BindException.class)
                    .hasMessage(address.getPath() + ": address already in use");
            assertThat(address.getPath()).exists();
        }
    }

    /** Its queue is full, so a connect would neither succeed nor be refused. */
    @EachTransport
    void aSocketWhoseListenerIsBusyIsInUse(Transport transport) throws Exception {
        UnixDomainSocketAddress address = address(transport);
        try (ServerSocketChannel busy = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            busy.bind(address, 1);
            List<SocketChannel> waiting = fillQueue(address);
            assertThatThrownBy(() -> Acceptor.on(transport, address, Acceptor.PLAIN))
                    .isInstanceOf(BindException.class)
                    .hasMessageContaining("address already in use");
            for (SocketChannel client : waiting) {
                client.close();
            }
        }
    }

    private static List<SocketChannel> fillQueue(UnixDomainSocketAddress address) throws IOException {
        List<SocketChannel> waiting = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            SocketChannel client = SocketChannel.open(StandardProtocolFamily.UNIX);
            client.configureBlocking(false);
            waiting.add(client);
            try {
                client.connect(address);
            } catch (SocketException full) {
                return waiting;
            }
        }
        throw new AssertionError("a queue of one took 10 connections");
    }

    @EachTransport
    void aFileThatIsNoSocketIsNeverReplaced(Transport transport) throws Exception {
        UnixDomainSocketAddress address = address(transport);
        Files.writeString(address.getPath(), "precious");
        assertThatThrownBy(() -> Acceptor.on(transport, address, Acceptor.PLAIN))
                .isInstanceOf(BindException.class)
                .hasMessage(address.getPath() + ": the file exists and is not a socket");
        assertThat(address.getPath()).hasContent("precious");
    }

    @EachTransport
    void aPathThatCannotBeMadeIsNamed(Transport transport) {
        Path nowhere = folder.resolve("no such folder").resolve("socket");
        assertThatThrownBy(() -> Acceptor.on(transport, UnixDomainSocketAddress.of(nowhere), Acceptor.PLAIN))
                .isInstanceOf(BindException.class)
                .hasMessage(nowhere + ": no such file or directory");
        UnixDomainSocketAddress tooLong = UnixDomainSocketAddress.of(folder.resolve("x".repeat(200)));
        assertThatThrownBy(() -> Acceptor.on(transport, tooLong, Acceptor.PLAIN))
                .isInstanceOf(BindException.class)
                .hasMessageContaining("too long");
        assertThatThrownBy(() -> Acceptor.on(transport, UnixDomainSocketAddress.of(""), Acceptor.PLAIN))
                .isInstanceOf(BindException.class)
                .hasMessageContaining("needs a path");
    }

    @EachTransport
    void resetEndsTheConnection(Transport transport) throws Exception {
        UnixDomainSocketAddress address = address(transport);
        try (Acceptor acceptor = Acceptor.on(transport, address, Acceptor.PLAIN);
                SocketChannel client = SocketChannel.open(address)) {
            BlockingWire server = new BlockingWire(acceptor.next());
            server.wire().reset();
            assertThatThrownBy(() -> server.receive(1)).hasMessage("connection reset");
            server.wire().release();
            assertThat(client.read(ByteBuffer.allocate(1))).isEqualTo(-1);
        }
    }

    @EachTransport
    void hasTheOptionsThatApplyAndRefusesTheOthers(Transport transport) throws Exception {
        UnixDomainSocketAddress address = address(transport);
        try (Acceptor acceptor = Acceptor.on(transport, address, Acceptor.PLAIN);
                SocketChannel client = SocketChannel.open(address);
                BlockingWire server = new BlockingWire(acceptor.next())) {
            assertThat(client.isConnected()).isTrue();
            server.wire().setOption(StandardSocketOptions.SO_SNDBUF, 20_000);
            assertThat(server.wire().getOption(StandardSocketOptions.SO_SNDBUF)).isEqualTo(20_000);
            assertThatThrownBy(() -> server.wire().setOption(StandardSocketOptions.TCP_NODELAY, true))
                    .isInstanceOf(UnsupportedOperationException.class)
                    .hasMessageContainingAll("TCP_NODELAY", "Unix-domain");
            assertThatThrownBy(() -> server.wire().getOption(StandardSocketOptions.SO_KEEPALIVE))
                    .isInstanceOf(UnsupportedOperationException.class)
                    .hasMessageContainingAll("SO_KEEPALIVE", "Unix-domain");
        }
    }

    private UnixDomainSocketAddress address(Transport transport) {
        return UnixDomainSocketAddress.of(folder.resolve(transport.name()));
    }
}
