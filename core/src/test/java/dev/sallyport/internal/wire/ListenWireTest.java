package dev.sallyport.internal.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sallyport.Transport;
import dev.sallyport.internal.resource.OwnedCount;
import io.netty.util.NetUtil;
import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(NothingLeft.class)
class ListenWireTest {
    private static final ListenSettings V6_ONLY = new ListenSettings(0, true, false);
    private static final ListenSettings REUSE_PORT = new ListenSettings(0, false, true);

    @EachTransport
    void choosesAPort(Transport transport) throws Exception {
        try (Acceptor acceptor = Acceptor.onLoopback(transport)) {
            assertThat(acceptor.port()).isBetween(1, 65_534);
        }
    }

    @EachTransport
    void theAddressIsFreeWhenTheReleaseIsDone(Transport transport) throws Exception {
        int port;
        try (Acceptor first = Acceptor.onLoopback(transport)) {
            port = first.port();
        }
        for (int i = 0; i < 20; i++) {
            try (Acceptor again = Acceptor.on(transport, Numeric.address("127.0.0.1", port), Acceptor.PLAIN)) {
                assertThat(again.port()).isEqualTo(port);
            }
        }
    }

    @EachTransport
    void anAddressInUseIsNamed(Transport transport) throws Exception {
        try (Acceptor first = Acceptor.onLoopback(transport)) {
            assertThatThrownBy(() -> Acceptor.on(
                            transport,
                            new InetSocketAddress(InetAddress.getLoopbackAddress(), first.port()),
                            Acceptor.PLAIN))
                    .isInstanceOf(BindException.class)
                    .hasMessage("127.0.0.1:" + first.port() + ": address already in use")
                    .hasCauseInstanceOf(IOException.class);
        }
    }

    @EachTransport
    void anIpv6AddressInUseIsNamedInBrackets(Transport transport) throws Exception {
        assumeIpv6();
        try (Acceptor first = Acceptor.on(transport, Numeric.address("::1", 0), Acceptor.PLAIN)) {
            assertThatThrownBy(() -> Acceptor.on(transport, Numeric.address("::1", first.port()), Acceptor.PLAIN))
                    .isInstanceOf(BindException.class)
                    .hasMessage("[::1]:" + first.port() + ": address already in use");
        }
    }

    /** 192.0.2.0/24 is for documentation (RFC 5737). */
    @EachTransport
    void anAddressOfAnotherHostIsNamed(Transport transport) {
        assertThatThrownBy(() -> Acceptor.on(transport, Numeric.address("192.0.2.1", 8443), Acceptor.PLAIN))
                .isInstanceOf(BindException.class)
                .hasMessage("192.0.2.1:8443: cannot assign requested address");
    }

    @EachTransport
    void ipv4AnyIsNotReachableOverIpv6(Transport transport) throws Exception {
        assumeIpv6();
        try (Acceptor acceptor = Acceptor.on(transport, Numeric.address("0.0.0.0", 0), Acceptor.PLAIN);
                Socket client = acceptor.connect()) {
            Wire wire = acceptor.next();
            assertThat(wire.localAddress()).isEqualTo(client.getRemoteSocketAddress());
            wire.release();
            assertThatThrownBy(() -> acceptor.connect(Numeric.host("::1"))).isInstanceOf(ConnectException.class);
        }
    }

    @EachTransport
    void ipv6AnyIsReachableOverBothFamilies(Transport transport) throws Exception {
        assumeIpv6();
        try (Acceptor acceptor = Acceptor.on(transport, Numeric.address("::", 0), Acceptor.PLAIN);
                Socket over4 = acceptor.connect(Numeric.host("127.0.0.1"))) {
            Wire wire4 = acceptor.next();
            assertThat(wire4.remoteAddress()).isEqualTo(over4.getLocalSocketAddress());
            assertThat(wire4.localAddress()).isEqualTo(over4.getRemoteSocketAddress());
            try (Socket over6 = acceptor.connect(Numeric.host("::1"))) {
                Wire wire6 = acceptor.next();
                assertThat(hostOf(wire6.remoteAddress())).isInstanceOf(Inet6Address.class);
                assertThat(wire6.remoteAddress()).isEqualTo(over6.getLocalSocketAddress());
                wire6.release();
            }
            wire4.release();
        }
    }

    @EachTransport
    void aSpecificIpv6AddressIsNotReachableOverIpv4(Transport transport) throws Exception {
        assumeIpv6();
        try (Acceptor acceptor = Acceptor.on(transport, Numeric.address("::1", 0), Acceptor.PLAIN)) {
            assertThatThrownBy(() -> acceptor.connect(Numeric.host("127.0.0.1")))
                    .isInstanceOf(ConnectException.class);
        }
    }

    @EachTransport
    void v6OnlyRefusesIpv4OrSaysThatItCannot(Transport transport) throws Exception {
        assumeIpv6();
        if (transport == Transport.NIO) {
            assertThatThrownBy(() -> Acceptor.on(transport, Numeric.address("::", 8443), V6_ONLY))
                    .isInstanceOf(UnsupportedOperationException.class)
                    .hasMessageContainingAll("[::]:8443", "epoll", "kqueue");
            return;
        }
        try (Acceptor acceptor = Acceptor.on(transport, Numeric.address("::", 0), V6_ONLY);
                Socket client = acceptor.connect(Numeric.host("::1"))) {
            Wire wire = acceptor.next();
            assertThat(wire.remoteAddress()).isEqualTo(client.getLocalSocketAddress());
            wire.release();
            assertThatThrownBy(() -> acceptor.connect(Numeric.host("127.0.0.1")))
                    .isInstanceOf(ConnectException.class);
            try (Acceptor beside =
                    Acceptor.on(transport, Numeric.address("0.0.0.0", acceptor.port()), Acceptor.PLAIN)) {
                assertThat(beside.port()).isEqualTo(acceptor.port());
            }
        }
    }

    @EachTransport
    void v6OnlyOnAnIpv4AddressIsIgnored(Transport transport) throws Exception {
        try (Acceptor acceptor = Acceptor.on(transport, Numeric.LOOPBACK_ANY_PORT, V6_ONLY);
                Socket client = acceptor.connect()) {
            Wire wire = acceptor.next();
            assertThat(wire.remoteAddress()).isEqualTo(client.getLocalSocketAddress());
            wire.release();
        }
    }

    @EachTransport
    void onlyWithReusePortCanAnAddressBeBoundTwice(Transport transport) throws Exception {
        assumeTrue(Transports.resolve(Transport.AUTO) == Transport.EPOLL, "only Linux distributes connections");
        try (Acceptor first = Acceptor.on(transport, Numeric.LOOPBACK_ANY_PORT, REUSE_PORT)) {
            InetSocketAddress address = Numeric.address("127.0.0.1", first.port());
            try (Acceptor second = Acceptor.on(transport, address, REUSE_PORT)) {
                assertThat(second.port()).isEqualTo(first.port());
            }
            assertThatThrownBy(() -> Acceptor.on(transport, address, Acceptor.PLAIN))
                    .isInstanceOf(BindException.class);
        }
    }

    /** More than the JDK's own default of 50 wait, and all are accepted in the end. */
    @EachTransport
    void backlogZeroIsTheSystemsLimit(Transport transport) throws Exception {
        int waiting = Math.min(NetUtil.SOMAXCONN, 200);
        assumeTrue(waiting > 51);
        ListenWire listening = Transports.open(transport, Numeric.LOOPBACK_ANY_PORT, Acceptor.PLAIN);
        List<SocketChannel> clients = new ArrayList<>();
        for (int i = 0; i < waiting; i++) { // nobody accepts: the kernel's queue takes them, or connect waits
            SocketChannel client = SocketChannel.open();
            client.socket().connect(listening.localAddress(), 2_000);
            clients.add(client);
        }
        for (int i = 0; i < waiting; i++) {
            Objects.requireNonNull(listening.accept(), "connection " + i).release();
        }
        assertThat(listening.accept()).isNull();
        for (SocketChannel client : clients) {
            client.close();
        }
        listening.release();
    }

    /** A queue of one takes two on Linux; the third waits for its turn. */
    @EachTransport
    void aGivenBacklogIsKept(Transport transport) throws Exception {
        assumeTrue(Transports.resolve(Transport.AUTO) == Transport.EPOLL);
        ListenWire listening =
                Transports.open(transport, Numeric.LOOPBACK_ANY_PORT, new ListenSettings(1, false, false));
        List<SocketChannel> clients = new ArrayList<>();
        int connected = 0;
        for (int i = 0; i < 8; i++) {
            SocketChannel client = SocketChannel.open();
            client.configureBlocking(false);
            client.connect(listening.localAddress());
            connected += client.finishConnect() ? 1 : 0; // over loopback the kernel answers within connect
            clients.add(client);
        }
        assertThat(connected).isBetween(1, 3);
        for (SocketChannel client : clients) {
            client.close();
        }
        listening.release();
    }

    @Test
    void port65535IsAvoidedByBindingAgain() throws Exception {
        Deque<Bound> chosen = new ArrayDeque<>(List.of(new Bound(65_535), new Bound(4_711)));
        Bound first = chosen.getFirst();
        ListenWire opened = Transports.openElsewhere(chosen::removeFirst);
        assertThat(opened.localAddress()).isEqualTo(Numeric.address("127.0.0.1", 4_711));
        assertThat(first.releases).isEqualTo(1);
        opened.release();
    }

    @Test
    void port65535IsGivenBackWhenNoOtherIsFree() {
        Bound first = new Bound(65_535);
        Deque<ListenWire> chosen = new ArrayDeque<>(List.of(first));
        assertThatThrownBy(() -> Transports.openElsewhere(() -> {
                    if (chosen.isEmpty()) {
                        throw new BindException("no port is free");
                    }
                    return chosen.removeFirst();
                }))
                .isInstanceOf(BindException.class);
        assertThat(first.releases).isEqualTo(1);
    }

    /** A listening wire that only knows its port: the system does not choose 65535 on demand. */
    private static final class Bound extends ListenWire {
        private static final @Nullable Loop NO_LOOP = null;

        private int releases;

        @SuppressWarnings("NullAway") // nothing here runs on a loop
        Bound(int port) {
            super(NO_LOOP, Numeric.address("127.0.0.1", port));
        }

        @Override
        public void register(Listener listener) {}

        @Override
        @Nullable Wire acceptNow() {
            return null;
        }

        @Override
        public void tryOptions(Map<SocketOption<?>, Object> options) {}

        @Override
        public void release(Runnable done) {
            releases++;
            OwnedCount.DESCRIPTORS.decrement();
        }
    }

    private static InetAddress hostOf(SocketAddress address) {
        return ((InetSocketAddress) address).getAddress();
    }

    private static void assumeIpv6() {
        assumeTrue(ipv6Works(), "needs IPv6");
    }

    private static boolean ipv6Works() {
        try (ServerSocketChannel probe = ServerSocketChannel.open()) {
            probe.bind(Numeric.address("::1", 0));
            return true;
        } catch (IOException none) {
            return false;
        }
    }
}
