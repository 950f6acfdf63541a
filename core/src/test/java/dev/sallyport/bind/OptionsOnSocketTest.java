package dev.sallyport.bind;

import static dev.sallyport.support.ConnectedPair.assertTalks;
import static dev.sallyport.testkit.Awaiting.PATIENCE;
import static dev.sallyport.testkit.Awaiting.result;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.BindOptions;
import dev.sallyport.RawSecureServerSocket;
import dev.sallyport.RawSecureSocket;
import dev.sallyport.SecureServerSocket;
import dev.sallyport.SecureSocket;
import dev.sallyport.matrix.Matrix;
import dev.sallyport.matrix.Matrix.Dimension;
import dev.sallyport.matrix.Setup;
import dev.sallyport.support.ConnectedPair;
import dev.sallyport.support.UnixRelay;
import java.io.IOException;
import java.net.SocketException;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import jdk.net.ExtendedSocketOptions;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The system's options on connections that are established; those of bind are in {@link BindTest}, too. */
class OptionsOnSocketTest {
    private static final Map<SocketOption<Integer>, Integer> NUMBERS = Map.of(
            StandardSocketOptions.SO_RCVBUF, 50_000,
            StandardSocketOptions.SO_SNDBUF, 40_000,
            StandardSocketOptions.IP_TOS, 0x10,
            ExtendedSocketOptions.TCP_KEEPIDLE, 120,
            ExtendedSocketOptions.TCP_KEEPINTERVAL, 15,
            ExtendedSocketOptions.TCP_KEEPCOUNT, 4);
    private static final Map<SocketOption<Boolean>, Boolean> SWITCHES =
            Map.of(StandardSocketOptions.TCP_NODELAY, false, StandardSocketOptions.SO_KEEPALIVE, true);

    /** The two layers have the same two methods and no type in common. */
    private interface Options {
        <T> Object set(SocketOption<T> option, T value) throws IOException;

        <T> T get(SocketOption<T> option) throws IOException;

        static Options of(RawSecureSocket socket) {
            return new Options() {
                @Override
                public <T> Object set(SocketOption<T> option, T value) throws IOException {
                    return socket.setOption(option, value);
                }

                @Override
                public <T> T get(SocketOption<T> option) throws IOException {
                    return socket.getOption(option);
                }
            };
        }

        static Options of(SecureSocket socket) {
            return new Options() {
                @Override
                public <T> Object set(SocketOption<T> option, T value) throws IOException {
                    return socket.setOption(option, value);
                }

                @Override
                public <T> T get(SocketOption<T> option) throws IOException {
                    return socket.getOption(option);
                }
            };
        }
    }

    // ---- set and got

    @Matrix(Dimension.TRANSPORT)
    @EnabledOnOs({OS.LINUX, OS.MAC})
    void whatIsSetOnAConnectionIsGot(Setup setup) throws Exception {
        try (var pair = ConnectedPair.open(setup)) {
            setsAndGets(Options.of(pair.socket), pair.socket);
            talk(pair);
        }
        try (var pair = ConnectedPair.openRaw(setup)) {
            setsAndGets(Options.of(pair.socket), pair.socket);
        }
    }

    private static void setsAndGets(Options options, Object socket) throws IOException {
        for (Map.Entry<SocketOption<Integer>, Integer> number : NUMBERS.entrySet()) {
            assertThat(options.set(number.getKey(), number.getValue())).isSameAs(socket);
            assertThat(options.get(number.getKey())).as("%s", number.getKey()).isEqualTo(number.getValue());
        }
        for (Map.Entry<SocketOption<Boolean>, Boolean> one : SWITCHES.entrySet()) {
            for (boolean value : new boolean[] {one.getValue(), !one.getValue()}) {
                assertThat(options.set(one.getKey(), value)).isSameAs(socket);
                assertThat(options.get(one.getKey())).as("%s", one.getKey()).isEqualTo(value);
            }
        }
    }

    @Matrix(Dimension.TRANSPORT)
    @EnabledOnOs({OS.LINUX, OS.MAC})
    void whatBindWasGivenHoldsForEveryConnectionAndNoOther(Setup setup) throws Exception {
        try (RawSecureServerSocket server = setup.openRaw(options -> {
                    options.tcpNoDelay(false).socketOption(StandardSocketOptions.SO_KEEPALIVE, true);
                    NUMBERS.forEach(options::socketOption);
                });
                var one = ConnectedPair.of(server, setup.client(server.port()));
                var two = ConnectedPair.of(server, setup.client(server.port()))) {
            one.socket.setOption(ExtendedSocketOptions.TCP_KEEPIDLE, 60);
            assertThat(one.socket.getOption(ExtendedSocketOptions.TCP_KEEPIDLE)).isEqualTo(60);
            assertThat(two.socket.getOption(StandardSocketOptions.TCP_NODELAY)).isFalse();
            assertThat(two.socket.getOption(StandardSocketOptions.SO_KEEPALIVE)).isTrue();
            for (Map.Entry<SocketOption<Integer>, Integer> number : NUMBERS.entrySet()) {
                assertThat(two.socket.getOption(number.getKey()))
                        .as("%s", number.getKey())
                        .isEqualTo(number.getValue());
            }
        }
    }

    /** As at bind; zero for SO_LINGER would make the system reset where we close in order. */
    @Matrix(Dimension.TRANSPORT)
    void optionsThatAreDecidedElsewhereAreRefusedOnBothLayers(Setup setup) throws Exception {
        try (var pair = ConnectedPair.open(setup);
                var raw = ConnectedPair.openRaw(setup)) {
            for (Options options : List.of(Options.of(pair.socket), Options.of(raw.socket))) {
                assertRefused("setOption(SO_LINGER, 0)", () -> options.set(StandardSocketOptions.SO_LINGER, 0));
                assertRefused("setOption(SO_REUSEADDR", () -> options.set(StandardSocketOptions.SO_REUSEADDR, true));
                assertRefused("setOption(SO_REUSEPORT", () -> options.set(StandardSocketOptions.SO_REUSEPORT, true));
                assertRefused("setOption(SO_RCVBUF, 0)", () -> options.set(StandardSocketOptions.SO_RCVBUF, 0));
            }
            pair.socket.outputStream().write(new byte[100_000]);
            pair.socket.close();
            assertThat(pair.client.receiveAll()).hasSize(100_000);
        }
    }

    private static void assertRefused(String message, ThrowingCallable call) {
        assertThatIllegalArgumentException().isThrownBy(call).withMessageStartingWith(message);
    }

    // ---- refused

    @Matrix(Dimension.TRANSPORT)
    void anOptionThatTheTransportLacksIsNamedAndTheConnectionLives(Setup setup) throws Exception {
        try (var pair = ConnectedPair.open(setup)) {
            refuses(Options.of(pair.socket));
            talk(pair);
        }
        try (var pair = ConnectedPair.openRaw(setup)) {
            refuses(Options.of(pair.socket));
            assertThat(pair.socket.isOpen()).isTrue();
        }
    }

    private static void refuses(Options options) {
        assertThatThrownBy(() -> options.set(StandardSocketOptions.IP_MULTICAST_TTL, 1))
                .isInstanceOf(UnsupportedOperationException.class)
                .hasMessageContainingAll("IP_MULTICAST_TTL", "TCP");
        assertThatThrownBy(() -> options.get(StandardSocketOptions.IP_MULTICAST_TTL))
                .isInstanceOf(UnsupportedOperationException.class)
                .hasMessageContainingAll("IP_MULTICAST_TTL", "TCP");
        assertThatThrownBy(() -> options.set(StandardSocketOptions.IP_TOS, 256))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatNullPointerException().isThrownBy(() -> options.get(absent()));
        assertThatNullPointerException().isThrownBy(() -> options.set(absent(), 1));
    }

    @Matrix(Dimension.TRANSPORT)
    @EnabledOnOs(OS.LINUX)
    void whatTheSystemRefusesIsSaidWithItsNameAndTheConnectionLives(Setup setup) throws Exception {
        try (var pair = ConnectedPair.open(setup)) {
            assertThatThrownBy(() -> pair.socket.setOption(ExtendedSocketOptions.TCP_KEEPIDLE, 1_000_000))
                    .isInstanceOf(SocketException.class)
                    .hasMessageContainingAll("setOption 127.0.0.1:", "TCP_KEEPIDLE", "1000000");
            talk(pair);
        }
    }

    // ---- after the end

    @Matrix(Dimension.TRANSPORT)
    void aConnectionThatIsGoneHasNoOptions(Setup setup) throws Exception {
        try (var pair = ConnectedPair.open(setup)) {
            pair.socket.close();
            assertThat(pair.client.receiveAll()).isEmpty();
            pair.client.close();
            result("the close", PATIENCE, pair.socket.onClosed());
            assertGone(Options.of(pair.socket));
        }
        try (var pair = ConnectedPair.openRaw(setup)) {
            pair.socket.abort();
            result("the end", PATIENCE, pair.socket.onClosed());
            assertGone(Options.of(pair.socket));
        }
    }

    private static void assertGone(Options options) {
        assertThatThrownBy(() -> options.get(StandardSocketOptions.SO_SNDBUF))
                .isInstanceOf(ClosedChannelException.class);
        assertThatThrownBy(() -> options.set(StandardSocketOptions.SO_SNDBUF, 50_000))
                .isInstanceOf(ClosedChannelException.class);
    }

    // ---- Unix-domain

    @Matrix(Dimension.TRANSPORT)
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "nobody has run Unix-domain sockets there")
    void aUnixDomainConnectionHasBuffersAndNothingOfTcp(Setup setup, @TempDir Path folder) throws Exception {
        UnixDomainSocketAddress address = UnixDomainSocketAddress.of(folder.resolve("s"));
        BindOptions.Builder options = BindOptions.builder();
        setup.withTransport(given -> given.socketOption(StandardSocketOptions.SO_RCVBUF, 30_000))
                .accept(options);
        try (SecureServerSocket server =
                        SecureServerSocket.open(address, setup.context().build(), options.build());
                UnixRelay relay = new UnixRelay(address);
                var pair = ConnectedPair.of(server, relay.client())) {
            SecureSocket socket = pair.socket;
            assertThat(socket.getOption(StandardSocketOptions.SO_RCVBUF)).isEqualTo(30_000);
            socket.setOption(StandardSocketOptions.SO_SNDBUF, 20_000);
            assertThat(socket.getOption(StandardSocketOptions.SO_SNDBUF)).isEqualTo(20_000);
            for (SocketOption<Boolean> tcp : SWITCHES.keySet()) {
                assertThatThrownBy(() -> socket.setOption(tcp, true))
                        .isInstanceOf(UnsupportedOperationException.class)
                        .hasMessageContainingAll(tcp.name(), "Unix-domain");
                assertThatThrownBy(() -> socket.getOption(tcp))
                        .isInstanceOf(UnsupportedOperationException.class)
                        .hasMessageContainingAll(tcp.name(), "Unix-domain");
            }
            assertTalks(pair);
        }
    }

    // ---- how

    private static void talk(ConnectedPair<SecureSocket> pair) throws Exception {
        pair.client.send("x");
        assertThat(pair.socket.inputStream().read()).isEqualTo('x');
        pair.socket.outputStream().write('y');
        assertThat(pair.client.receive(1)).asString().isEqualTo("y");
    }

    /** {@return null, where the compiler would not have it} */
    @SuppressWarnings({"NullAway", "TypeParameterUnusedInFormals"})
    private static <T> T absent() {
        return null;
    }
}
