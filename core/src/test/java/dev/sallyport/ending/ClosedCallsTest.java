package dev.sallyport.ending;

import static dev.sallyport.testkit.Awaiting.PATIENCE;
import static dev.sallyport.testkit.Awaiting.result;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.sallyport.RawSecureServerSocket;
import dev.sallyport.RawSecureSocket;
import dev.sallyport.SecureServerSocket;
import dev.sallyport.SecureSocket;
import dev.sallyport.internal.names.AddressText;
import dev.sallyport.matrix.Matrix;
import dev.sallyport.matrix.Matrix.Dimension;
import dev.sallyport.matrix.Setup;
import dev.sallyport.support.ConnectedPair;
import dev.sallyport.testkit.Awaiting;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** What has ended: what can have no effect any more fails, and says what was called, on whose connection, and why. */
class ClosedCallsTest {
    private static final String CLOSED_SERVER = "this server has been closed";

    @Test
    void everyPublicMethodIsDecidedAbout() {
        ClosedCalls.server().assertComplete();
        ClosedCalls.rawServer().assertComplete();
        ClosedCalls.context().assertComplete();
        ClosedCalls.socket().assertComplete();
        ClosedCalls.rawSocket().assertComplete();
        ClosedCalls.input().assertComplete();
        ClosedCalls.output().assertComplete();
    }

    @Matrix(Dimension.TRANSPORT)
    void aServerThatIsClosed(Setup setup) throws Exception {
        SecureServerSocket unused = setup.open(options -> {});
        unused.close();
        ClosedCalls.server().assertOutcomes(unused, unused.localAddress(), CLOSED_SERVER);
        SecureServerSocket accepting = setup.open(options -> {});
        CompletableFuture<SecureSocket> waiting = accepting.acceptAsync();
        accepting.close();
        ClosedCalls.server().assertOutcomes(accepting, accepting.localAddress(), CLOSED_SERVER);
        assertThatThrownBy(() -> result("the one that waited", PATIENCE, waiting))
                .hasCauseInstanceOf(AsynchronousCloseException.class)
                .hasMessageContainingAll(
                        "accept 127.0.0.1:" + accepting.port(), CLOSED_SERVER, "while this call waited");
        SecureServerSocket serving = setup.open(options -> {});
        CompletableFuture<Void> served = serving.serve(socket -> {});
        serving.close();
        ClosedCalls.server().assertOutcomes(serving, serving.localAddress(), CLOSED_SERVER);
        result("what was served before", PATIENCE, served);
        ClosedCalls.context().assertOutcomes(serving.context(), serving.localAddress(), CLOSED_SERVER);
    }

    @Matrix(Dimension.TRANSPORT)
    void aRawServerThatIsClosed(Setup setup) throws Exception {
        RawSecureServerSocket unused = setup.openRaw(options -> {});
        unused.close();
        ClosedCalls.rawServer().assertOutcomes(unused, unused.localAddress(), CLOSED_SERVER);
        RawSecureServerSocket listening = setup.openRaw(options -> {});
        listening.listen(RawSecureSocket::close);
        result("the shutdown", PATIENCE, listening.shutdown(Duration.ofHours(1)));
        ClosedCalls.rawServer().assertOutcomes(listening, listening.localAddress(), CLOSED_SERVER);
    }

    @Matrix
    void aSocketThatIsClosed(Setup setup) throws Exception {
        try (var pair = ConnectedPair.open(setup)) {
            pair.socket.close();
            assertAll(pair.socket, "this side has closed the connection"); // on its way
            assertThat(pair.client.receiveAll()).isEmpty();
            pair.client.close();
            result("the end", PATIENCE, pair.socket.onClosed());
            assertAll(pair.socket, "this side has closed the connection");
        }
        try (var pair = ConnectedPair.openRaw(setup)) {
            pair.socket.close();
            assertThat(pair.client.receiveAll()).isEmpty();
            pair.client.close();
            result("the end", PATIENCE, pair.socket.onClosed());
            ClosedCalls.rawSocket()
                    .assertOutcomes(pair.socket, pair.socket.remoteAddress(), "this side has closed the connection");
        }
    }

    @Matrix
    void aSocketThatIsAborted(Setup setup) throws Exception {
        try (var pair = ConnectedPair.open(setup)) {
            pair.socket.outputStream().write(1);
            pair.socket.outputStream().flush(); // the tickets, too
            pair.socket.abort();
            pair.socket.abort();
            assertAll(pair.socket, "this side has aborted the connection");
        }
        try (var pair = ConnectedPair.openRaw(setup)) {
            assertThat(pair.socket.write(ByteBuffer.allocate(1))).isOne();
            Awaiting.until(
                    "all to be sent",
                    PATIENCE,
                    () -> catchThrowable(() -> assertThat(pair.socket.flushed()).isTrue()) == null);
            pair.socket.abort();
            ClosedCalls.rawSocket()
                    .assertOutcomes(pair.socket, pair.socket.remoteAddress(), "this side has aborted the connection");
        }
    }

    /** The first who reads hears what has ended it; who asks then is told of that as well. */
    @Matrix
    void aSocketWhosePeerHasGone(Setup setup) throws Exception {
        try (var pair = ConnectedPair.open(setup)) {
            CompletableFuture<Integer> read = pair.socket.readAsync(ByteBuffer.allocate(1));
            pair.client.reset();
            String peer = text(pair.socket);
            assertThatThrownBy(() -> result("the reader", PATIENCE, read))
                    .hasCauseInstanceOf(SocketException.class)
                    .hasMessageContaining("read " + peer + ": connection reset");
            assertThatThrownBy(() -> pair.socket.outputStream().write(1))
                    .isInstanceOf(SocketException.class)
                    .hasMessageContaining(" " + peer + ": connection reset");
            String why = "the connection has ended (read " + peer + ": connection reset)";
            ClosedCalls.socket().assertOutcomes(pair.socket, pair.socket.remoteAddress(), why);
            ClosedCalls.input().assertOutcomes(pair.socket.inputStream(), pair.socket.remoteAddress(), why);
            ClosedCalls.output()
                    .answers("flush()", out -> unsent(out::flush, peer))
                    .assertOutcomes(pair.socket.outputStream(), pair.socket.remoteAddress(), why);
        }
    }

    @Matrix
    void aRawSocketWhosePeerHasGone(Setup setup) throws Exception {
        try (var pair = ConnectedPair.openRaw(setup)) {
            RawSecureSocket socket = pair.socket;
            String peer = AddressText.of(socket.remoteAddress());
            pair.client.reset();
            List<Throwable> heard = new ArrayList<>();
            Awaiting.until("the reader to hear of it", PATIENCE, () -> {
                Throwable failure = catchThrowable(() -> socket.read(ByteBuffer.allocate(1)));
                return failure != null && heard.add(failure);
            });
            assertThat(heard.get(0))
                    .isInstanceOf(SocketException.class)
                    .hasMessageMatching(
                            "(read|write) " + Pattern.quote(peer) + ": connection reset"); // tickets may go first
            assertThatThrownBy(() -> socket.write(ByteBuffer.allocate(1)))
                    .isInstanceOf(SocketException.class)
                    .hasMessageContaining(" " + peer + ": connection reset");
            ClosedCalls.rawSocket()
                    .answers("flushed()", one -> unsent(one::flushed, peer))
                    .assertOutcomes(
                            socket,
                            socket.remoteAddress(),
                            "the connection has ended (" + heard.get(0).getMessage() + ")");
        }
    }

    private static Object unsent(ThrowingCallable flush, String peer) {
        assertThatThrownBy(flush)
                .isInstanceOf(AsynchronousCloseException.class)
                .hasMessageContainingAll("flush " + peer, "connection reset", "before all was sent");
        return flush;
    }

    @Matrix
    void aSocketThatBothSidesHaveEnded(Setup setup) throws Exception {
        try (var pair = ConnectedPair.open(setup)) {
            pair.socket.shutdownOutput();
            assertThatThrownBy(() -> pair.socket.outputStream().write(1))
                    .isInstanceOf(ClosedChannelException.class)
                    .hasMessage("write " + text(pair.socket) + ": this side has shut down this direction");
            pair.client.shutdownOutput();
            assertThat(pair.socket.inputStream().read()).isEqualTo(-1);
            result("the end", PATIENCE, pair.socket.onClosed());
            assertThat(pair.socket.inputStream().read()).isEqualTo(-1);
            ClosedCalls.output()
                    .assertOutcomes(
                            pair.socket.outputStream(),
                            pair.socket.remoteAddress(),
                            "both sides have ended the connection");
        }
    }

    /** Its connections live on, and all of theirs. */
    @Matrix(Dimension.TRANSPORT)
    void aSocketWhoseServerIsClosed(Setup setup) throws Exception {
        try (SecureServerSocket server = setup.open(options -> {});
                RawSecureServerSocket rawServer = setup.openRaw(options -> {});
                var pair = ConnectedPair.of(server, setup.client(server.port()));
                var raw = ConnectedPair.of(rawServer, setup.client(rawServer.port()))) {
            server.close();
            rawServer.close();
            pair.client.send(new byte[100]);
            raw.client.send(new byte[100]);
            ClosedCalls.socket().assertWork(pair.socket);
            ClosedCalls.output().assertWork(pair.socket.outputStream());
            ClosedCalls.rawSocket()
                    .fails("read(ByteBuffer)", socket -> awaitReadable(socket).read(ByteBuffer.allocate(1)))
                    .assertWork(raw.socket);
        }
    }

    private static RawSecureSocket awaitReadable(RawSecureSocket socket) throws InterruptedException {
        ClosedCalls.ran(socket::whenReadable);
        return socket;
    }

    private static String text(SecureSocket socket) {
        return AddressText.of(socket.remoteAddress());
    }

    private static void assertAll(SecureSocket socket, String why) {
        ClosedCalls.socket().assertOutcomes(socket, socket.remoteAddress(), why);
        ClosedCalls.input().assertOutcomes(socket.inputStream(), socket.remoteAddress(), why);
        ClosedCalls.output().assertOutcomes(socket.outputStream(), socket.remoteAddress(), why);
    }
}
