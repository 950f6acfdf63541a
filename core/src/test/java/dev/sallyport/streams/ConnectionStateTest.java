package dev.sallyport.streams;

import static dev.sallyport.testkit.Awaiting.PATIENCE;
import static dev.sallyport.testkit.Awaiting.result;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.ConnectionInfo;
import dev.sallyport.SecureConnection;
import dev.sallyport.SecureServerSocket;
import dev.sallyport.SecureSocket;
import dev.sallyport.ServerObserver;
import dev.sallyport.matrix.Matrix;
import dev.sallyport.matrix.Matrix.Dimension;
import dev.sallyport.matrix.Setup;
import dev.sallyport.support.ConnectedPair;
import dev.sallyport.testkit.Awaiting;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** What a connection says of itself without being read or written: which it is, what has ended, what waits to be sent. */
class ConnectionStateTest {
    private static final class Told implements ServerObserver {
        final List<ConnectionInfo> opened = Collections.synchronizedList(new ArrayList<>());
        final List<ConnectionInfo> closed = Collections.synchronizedList(new ArrayList<>());

        @Override
        public void connectionOpened(ConnectionInfo connection) {
            opened.add(connection);
        }

        @Override
        public void connectionClosed(ConnectionInfo connection, @Nullable Throwable error) {
            closed.add(connection);
        }
    }

    @Matrix(Dimension.TRANSPORT)
    void anObserverKnowsEachByANumberOfItsOwn(Setup setup) throws Exception {
        Told told = new Told();
        try (SecureServerSocket server = setup.open(options -> options.observer(told));
                var one = ConnectedPair.of(server, setup.client(server.port()));
                var two = ConnectedPair.of(server, setup.client(server.port()))) {
            SecureSocket first = one.socket;
            SecureSocket second = two.socket;
            one.client.send("abc");
            assertThat(first.inputStream().readNBytes(3)).hasSize(3);
            first.outputStream().write(new byte[5]);
            first.close();
            one.client.close();
            result("the first to end", PATIENCE, first.onClosed());
            Awaiting.until("the observer to hear of it", PATIENCE, () -> told.closed.size() == 1);
            ConnectionInfo end = told.closed.get(0);
            assertThat(end.id()).isEqualTo(first.id()).isPositive().isNotEqualTo(second.id());
            assertThat(told.opened).extracting(ConnectionInfo::id).containsExactly(first.id(), second.id());
            assertThat(end.bytesReceived()).isEqualTo(3).isEqualTo(first.bytesReceived());
            assertThat(end.bytesSent()).isEqualTo(5).isEqualTo(first.bytesSent());
            assertThat(told.opened.get(0).bytesReceived() + told.opened.get(0).bytesSent())
                    .isZero();
            assertThat(end.localAddress()).isEqualTo(first.localAddress());
            assertThat(end.remoteAddress()).isEqualTo(first.remoteAddress());
            assertThat(end.handshake()).isSameAs(first.handshake());
        }
    }

    @Matrix
    void theEndOfEachDirectionIsToldAndTheConnectionIsOpenUntilBothHaveCome(Setup setup) throws Exception {
        try (var pair = ConnectedPair.open(setup)) {
            assertEnded(pair.socket, false, false);
            pair.client.send("x");
            pair.client.shutdownOutput();
            assertThat(pair.socket.inputStream().read()).isEqualTo('x');
            assertThat(pair.socket.inputStream().read()).isEqualTo(-1);
            assertThat(pair.socket.inputEnded()).isTrue();
            assertThat(pair.socket.isOpen()).isTrue();
            pair.socket.shutdownOutput();
            assertThat(pair.socket.outputEnded()).isTrue();
            result("the end", PATIENCE, pair.socket.onClosed());
            assertThat(pair.socket.isOpen()).isFalse();
            assertThat(pair.socket.inputEnded() && pair.socket.outputEnded()).isTrue();
        }
    }

    @Matrix
    void thisSideEndsReadingAndGoesOnWriting(Setup setup) throws Exception {
        try (var pair = ConnectedPair.open(setup)) {
            pair.socket.shutdownInput();
            pair.socket.shutdownInput();
            assertEnded(pair.socket, true, false);
            pair.socket.outputStream().write('y');
            assertThat(pair.client.receive(1)).containsExactly('y');
            pair.socket.shutdownOutput();
            assertThat(pair.client.receiveAll()).isEmpty();
        }
        try (var pair = ConnectedPair.openRaw(setup)) {
            pair.socket.shutdownOutput();
            assertEnded(pair.socket, false, true);
            pair.socket.shutdownInput();
            assertThat(pair.socket.isOpen()).isFalse();
        }
    }

    private static void assertEnded(SecureConnection connection, boolean input, boolean output) {
        assertThat(connection.isOpen()).isTrue();
        assertThat(connection.inputEnded()).isEqualTo(input);
        assertThat(connection.outputEnded()).isEqualTo(output);
    }

    /** What a broker asks before it writes to a subscriber who may be slow. */
    @Matrix
    void whatIsQueuedAndWhetherThereIsRoomIsToldWithoutWaiting(Setup setup) throws Exception {
        int bound = 64 * 1024;
        try (var pair = ConnectedPair.openRaw(setup, options -> options.maxQueuedBytes(bound))) {
            assertThat(pair.socket.hasRoom()).isTrue();
            ByteBuffer piece = ByteBuffer.allocate(16 * 1024);
            long taken = 0;
            while (pair.socket.hasRoom()) {
                taken += pair.socket.write(piece.clear());
            }
            assertThat(pair.socket.queuedBytes()).isGreaterThanOrEqualTo(bound);
            assertThat(pair.client.receive((int) taken)).hasSize((int) taken);
            Awaiting.until("room", PATIENCE, pair.socket::hasRoom);
            Awaiting.until("nothing to be queued", PATIENCE, () -> pair.socket.queuedBytes() == 0);
        }
        try (var pair = ConnectedPair.open(setup, options -> options.maxQueuedBytes(bound))) {
            assertThat(pair.socket.hasRoom()).isTrue();
            CompletableFuture<Void> write = pair.socket.writeAsync(ByteBuffer.allocate(32 * 1024 * 1024));
            assertThat(pair.socket.hasRoom()).isFalse();
            assertThat(pair.socket.queuedBytes()).isPositive();
            assertThat(pair.client.receive(32 * 1024 * 1024)).hasSize(32 * 1024 * 1024);
            result("the write", PATIENCE, write);
            assertThat(pair.socket.hasRoom()).isTrue();
            assertThat(pair.socket.queuedBytes()).isZero();
        }
    }
}
