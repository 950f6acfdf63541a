package dev.sallyport.internal.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.Transport;
import java.net.Socket;
import java.net.SocketException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(NothingLeft.class)
class WireResetTest {
    @EachTransport
    void thePeerSeesOurReset(Transport transport) throws Exception {
        try (Acceptor acceptor = Acceptor.onLoopback(transport);
                Socket client = acceptor.connect()) {
            BlockingWire server = new BlockingWire(acceptor.next());
            client.getOutputStream().write(1);
            server.receive(1);
            server.wire().reset();
            server.wire().release();
            assertThatThrownBy(() -> client.getInputStream().read())
                    .isInstanceOf(SocketException.class)
                    .hasMessage("Connection reset");
        }
    }

    /** The loop sleeps in its selector then; nothing but the release wakes it. */
    @EachTransport
    void thePeerSeesOurResetWhileItsLoopSleeps(Transport transport) throws Exception {
        try (Acceptor acceptor = Acceptor.onLoopback(transport);
                Socket client = acceptor.connect()) {
            Wire idle = acceptor.next();
            idle.register();
            ExecutorService threads = Executors.newSingleThreadExecutor();
            Future<Integer> read = threads.submit(() -> client.getInputStream().read());
            idle.reset();
            idle.release();
            assertThatThrownBy(() -> read.get(5, TimeUnit.SECONDS)).hasRootCauseInstanceOf(SocketException.class);
            threads.shutdown();
        }
    }

    @EachTransport
    void aResetWireThatWasNeverRegisteredIsSeenToo(Transport transport) throws Exception {
        try (Acceptor acceptor = Acceptor.onLoopback(transport);
                Socket client = acceptor.connect()) {
            Wire wire = acceptor.next();
            wire.reset();
            wire.release();
            assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketException.class);
        }
    }

    /** With it the loop ends, and with the loop whatever its selector kept. */
    @EachTransport
    void thePeerSeesTheResetOfTheLastWire(Transport transport) throws Exception {
        Acceptor acceptor = Acceptor.onLoopback(transport);
        try (Socket client = acceptor.connect()) {
            BlockingWire server = new BlockingWire(acceptor.next());
            acceptor.close();
            server.wire().reset();
            server.wire().release();
            assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketException.class);
        }
    }

    @EachTransport
    void aResetWireOnlyThrows(Transport transport) throws Exception {
        try (Acceptor acceptor = Acceptor.onLoopback(transport);
                Socket client = acceptor.connect();
                BlockingWire server = new BlockingWire(acceptor.next())) {
            client.getOutputStream().write(1);
            server.wire().reset();
            server.wire().reset();
            assertThatThrownBy(() -> server.receive(1))
                    .isInstanceOf(SocketException.class)
                    .hasMessage("connection reset");
            assertThatThrownBy(() -> server.send(new byte[1])).hasMessage("connection reset");
            assertThatThrownBy(() -> server.wire().shutdownOutput()).hasMessage("connection reset");
        }
    }

    @EachTransport
    void thePeersResetIsAnErrorForTheReaderAndForTheWriter(Transport transport) throws Exception {
        try (Acceptor acceptor = Acceptor.onLoopback(transport)) {
            Socket client = acceptor.connect();
            try (BlockingWire server = new BlockingWire(acceptor.next())) {
                client.setSoLinger(true, 0);
                client.close();
                assertThatThrownBy(() -> server.receive(1))
                        .isInstanceOf(SocketException.class)
                        .hasMessage("connection reset");
                assertThatThrownBy(() -> server.send(new byte[1]))
                        .isInstanceOf(SocketException.class)
                        .hasMessage("connection reset");
            }
        }
    }

    /** The system tells the reset once: to the writer here. Its later word, the end, would pass for an orderly one. */
    @EachTransport
    void theReaderHearsOfAResetThatTheWriterMetFirst(Transport transport) throws Exception {
        try (Acceptor acceptor = Acceptor.onLoopback(transport)) {
            Socket client = acceptor.connect();
            try (BlockingWire server = new BlockingWire(acceptor.next())) {
                client.setSoLinger(true, 0);
                client.close();
                assertThatThrownBy(() -> server.send(new byte[1])).hasMessage("connection reset");
                assertThatThrownBy(() -> server.receive(1)).hasMessage("connection reset");
            }
        }
    }

    @EachTransport
    void bytesBeforeThePeersResetAreStillReceived(Transport transport) throws Exception {
        try (Acceptor acceptor = Acceptor.onLoopback(transport)) {
            Socket client = acceptor.connect();
            Wire accepted = acceptor.next();
            client.getOutputStream().write(new byte[] {1, 2, 3});
            client.setSoLinger(true, 0);
            client.close();
            try (BlockingWire server = new BlockingWire(accepted)) {
                assertThat(server.receive(100)).containsExactly(1, 2, 3);
                assertThatThrownBy(() -> server.receive(100)).hasMessage("connection reset");
            }
        }
    }
}
