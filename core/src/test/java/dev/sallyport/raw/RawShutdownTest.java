package dev.sallyport.raw;

import static dev.sallyport.RawSocketEvent.CLOSED;
import static dev.sallyport.RawSocketEvent.READ_CLOSED;
import static dev.sallyport.RawSocketEvent.WRITE;
import static dev.sallyport.raw.EventRecorder.endOf;
import static dev.sallyport.raw.EventRecorder.settle;
import static dev.sallyport.testkit.Awaiting.PATIENCE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.RawSecureServerSocket;
import dev.sallyport.RawSecureSocket;
import dev.sallyport.SecurityContext;
import dev.sallyport.SocketDirection;
import dev.sallyport.matrix.Matrix;
import dev.sallyport.matrix.Matrix.Dimension;
import dev.sallyport.matrix.Setup;
import dev.sallyport.support.ConnectedPair;
import dev.sallyport.testkit.Awaiting;
import dev.sallyport.testkit.TestPki;
import dev.sallyport.testkit.TlsConnection;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;

/** Contract 7: ending one direction of a raw socket, or both, and what the socket answers afterwards. */
class RawShutdownTest {
    private static final int SOME = 5_000;

    @Matrix
    void shuttingDownSendingSendsWhatWasTakenAndLeavesReading(Setup setup) throws Exception {
        try (var pair = ConnectedPair.openRaw(setup)) {
            EventRecorder recorder = new EventRecorder(SOME);
            pair.socket.listen(recorder);
            assertThat(pair.socket.write(UTF_8.encode("over"))).isEqualTo(4);
            pair.socket.shutdown(SocketDirection.SEND);
            pair.socket.shutdown(SocketDirection.SEND);
            assertThatThrownBy(() -> pair.socket.write(ByteBuffer.allocate(1)))
                    .isInstanceOf(ClosedChannelException.class);
            assertThat(pair.client.receive(4)).asString().isEqualTo("over");
            pair.client.send("still here");
            Awaiting.until("the data", PATIENCE, () -> recorder.received() == 10);
            assertThat(pair.socket.isOpen()).isTrue();
            pair.client.shutdownOutput();
            endOf(pair.socket); // both directions have ended
            assertThat(recorder.events()).containsOnlyOnce(READ_CLOSED, CLOSED).endsWith(CLOSED);
            assertThat(pair.client.receiveAll()).isEmpty();
        }
    }

    @Matrix
    void shuttingDownReceivingLeavesSending(Setup setup) throws Exception {
        try (var pair = ConnectedPair.openRaw(setup)) {
            EventRecorder recorder = new EventRecorder(SOME);
            pair.socket.readEventsEnabled(false);
            pair.socket.listen(recorder);
            pair.client.send("ignored");
            pair.socket.shutdown(SocketDirection.RECEIVE);
            pair.socket.shutdown(SocketDirection.RECEIVE);
            pair.socket.readEventsEnabled(true);
            settle(pair.socket);
            assertThat(pair.socket.available()).isZero();
            assertThatThrownBy(() -> pair.socket.read(ByteBuffer.allocate(1)))
                    .isInstanceOf(ClosedChannelException.class);
            assertThat(pair.socket.write(UTF_8.encode("answer"))).isEqualTo(6);
            assertThat(pair.client.receive(6)).asString().isEqualTo("answer");
            pair.socket.shutdown(SocketDirection.SEND);
            assertThat(pair.client.receiveAll()).isEmpty();
            pair.client.close();
            endOf(pair.socket);
            assertThat(recorder.events()).containsExactly(WRITE, CLOSED);
        }
    }

    @Matrix({Dimension.TRANSPORT, Dimension.PROVIDER})
    void shuttingDownBothIsAClose(Setup setup) throws Exception {
        try (var pair = ConnectedPair.openRaw(setup)) {
            EventRecorder recorder = new EventRecorder(SOME);
            pair.socket.listen(recorder);
            settle(pair.socket);
            assertThat(pair.socket.write(UTF_8.encode("bye"))).isEqualTo(3);
            pair.socket.shutdown(SocketDirection.BOTH);
            pair.socket.shutdown(SocketDirection.BOTH);
            pair.socket.close();
            assertThat(pair.socket.isOpen()).isFalse();
            assertThat(pair.client.receiveAll()).asString().isEqualTo("bye");
            pair.client.close();
            endOf(pair.socket);
            pair.socket.shutdown(SocketDirection.BOTH);
            pair.socket.close();
            pair.socket.abort();
            assertThat(recorder.events()).containsExactly(WRITE, CLOSED);
        }
    }

    @Matrix
    void answersAfterItsEndWhatIsNotAboutBytes(Setup setup) throws Exception {
        SecurityContext context =
                setup.context().trustedCertificates(TestPki.ca().certificate()).build();
        try (RawSecureServerSocket server = RawSecureServerSocket.bind(
                                "127.0.0.1",
                                0,
                                context,
                                setup.withTransport(options ->
                                        options.requireClientCertificate(true).supportedProtocols("x")))
                        .join();
                var pair = ConnectedPair.of(
                        server,
                        setup.client(server.port())
                                .identity(TestPki.client())
                                .alpn("x")
                                .sni("localhost"))) {
            TlsConnection client = pair.client;
            RawSecureSocket socket = pair.socket;
            Ends before = new Ends(socket);
            socket.abort();
            endOf(socket);
            assertThat(socket.peerCertificate()).isEqualTo(TestPki.client().certificate());
            assertThat(socket.peerCertificateChain()).first().isEqualTo(socket.peerCertificate());
            assertThat(socket.selectedProtocol()).isEqualTo("x");
            assertThat(socket.serverName()).isEqualTo("localhost");
            assertThat(socket.session().getProtocol()).isEqualTo(setup.version().protocolName());
            assertThat(socket.session().getCipherSuite())
                    .isEqualTo(client.session().getCipherSuite());
            assertThat(socket.session().getPeerCertificates()).contains(socket.peerCertificate());
            assertThat(new Ends(socket)).isEqualTo(before);
            assertThat(before.remote()).isEqualTo(client.socket().getLocalSocketAddress());
            assertThat(before.local()).isEqualTo(server.localAddress());
            assertThat(socket.available()).isZero();
            assertThatThrownBy(() -> socket.read(ByteBuffer.allocate(1))).isInstanceOf(ClosedChannelException.class);
            assertThatThrownBy(() -> socket.write(ByteBuffer.allocate(1))).isInstanceOf(ClosedChannelException.class);
        }
    }

    private record Ends(SocketAddress local, SocketAddress remote) {
        Ends(RawSecureSocket socket) {
            this(socket.localAddress(), socket.remoteAddress());
        }
    }
}
