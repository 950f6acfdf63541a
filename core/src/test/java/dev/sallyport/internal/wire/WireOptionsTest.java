package dev.sallyport.internal.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.Transport;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import jdk.net.ExtendedSocketOptions;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(NothingLeft.class)
class WireOptionsTest {
    @EachTransport
    void whatIsSetIsGot(Transport transport) throws Exception {
        try (Acceptor acceptor = Acceptor.onLoopback(transport);
                Socket client = acceptor.connect();
                BlockingWire server = new BlockingWire(acceptor.next())) {
            assertThat(client.isConnected()).isTrue();
            Wire wire = server.wire();
            setAndGet(wire, StandardSocketOptions.TCP_NODELAY, true);
            setAndGet(wire, StandardSocketOptions.TCP_NODELAY, false);
            setAndGet(wire, StandardSocketOptions.SO_KEEPALIVE, true);
            setAndGet(wire, StandardSocketOptions.SO_RCVBUF, 50_000);
            setAndGet(wire, StandardSocketOptions.SO_SNDBUF, 40_000);
            setAndGet(wire, StandardSocketOptions.SO_LINGER, 7);
            setAndGet(wire, StandardSocketOptions.SO_LINGER, -1);
            setAndGet(wire, StandardSocketOptions.SO_REUSEADDR, true);
            setAndGet(wire, StandardSocketOptions.IP_TOS, 0x10);
            setAndGet(wire, ExtendedSocketOptions.TCP_KEEPIDLE, 120);
            setAndGet(wire, ExtendedSocketOptions.TCP_KEEPINTERVAL, 15);
            setAndGet(wire, ExtendedSocketOptions.TCP_KEEPCOUNT, 4);
        }
    }

    private static <T> void setAndGet(Wire wire, SocketOption<T> option, T value) throws Exception {
        wire.setOption(option, value);
        assertThat(wire.getOption(option)).as(option.name()).isEqualTo(value);
    }

    @EachTransport
    void theKernelsAnswerNamesTheOption(Transport transport) throws Exception {
        try (Acceptor acceptor = Acceptor.onLoopback(transport);
                Socket client = acceptor.connect();
                BlockingWire server = new BlockingWire(acceptor.next())) {
            assertThat(client.isConnected()).isTrue();
            assertThatThrownBy(() -> server.wire().setOption(ExtendedSocketOptions.TCP_KEEPIDLE, 1_000_000))
                    .isInstanceOf(SocketException.class)
                    .hasMessageContainingAll("TCP_KEEPIDLE", "1000000", "invalid argument");
        }
    }

    @EachTransport
    void aValueOutOfRangeIsRefused(Transport transport) throws Exception {
        try (Acceptor acceptor = Acceptor.onLoopback(transport);
                Socket client = acceptor.connect();
                BlockingWire server = new BlockingWire(acceptor.next())) {
            assertThat(client.isConnected()).isTrue();
            assertThatThrownBy(() -> server.wire().setOption(StandardSocketOptions.SO_RCVBUF, -1))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> server.wire().setOption(StandardSocketOptions.IP_TOS, 256))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @EachTransport
    void anOptionOfOtherSocketsIsRefusedByName(Transport transport) throws Exception {
        try (Acceptor acceptor = Acceptor.onLoopback(transport);
                Socket client = acceptor.connect();
                BlockingWire server = new BlockingWire(acceptor.next())) {
            assertThat(client.isConnected()).isTrue();
            assertThatThrownBy(() -> server.wire().setOption(StandardSocketOptions.IP_MULTICAST_TTL, 1))
                    .isInstanceOf(UnsupportedOperationException.class)
                    .hasMessage("IP_MULTICAST_TTL is not an option of a TCP socket here");
        }
    }
}
