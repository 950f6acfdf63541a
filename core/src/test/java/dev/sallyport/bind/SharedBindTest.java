package dev.sallyport.bind;

import static dev.sallyport.bind.SharedServers.first;
import static dev.sallyport.bind.SharedServers.join;
import static dev.sallyport.bind.SharedServers.open;
import static dev.sallyport.bind.SharedServers.sharing;
import static dev.sallyport.support.ConnectedPair.assertTalks;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.InternetAddress;
import dev.sallyport.SecureServerSocket;
import dev.sallyport.matrix.Matrix;
import dev.sallyport.matrix.Matrix.Dimension;
import dev.sallyport.matrix.Setup;
import dev.sallyport.support.ConnectedPair;
import java.io.IOException;
import java.net.BindException;
import java.net.SocketAddress;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Which servers of one process may share an address, and which are refused. */
class SharedBindTest {
    @Matrix(Dimension.TRANSPORT)
    void refusesToShareUnlessBothSaySo(Setup setup) throws Exception {
        for (boolean earlier : new boolean[] {true, false}) {
            for (boolean later : new boolean[] {true, false}) {
                if (earlier && later) {
                    continue;
                }
                try (SecureServerSocket server = setup.open(options -> options.shared(earlier))) {
                    assertThatThrownBy(() -> open(setup, "127.0.0.1", server.port(), options -> options.shared(later)))
                            .isExactlyInstanceOf(BindException.class)
                            .hasMessageContainingAll("127.0.0.1:" + server.port(), "shared flag", "shared(true)");
                }
            }
        }
    }

    @Matrix(Dimension.TRANSPORT)
    void refusesToShareWithAnotherV6OnlyAlsoOnIpv4(Setup setup) throws Exception {
        try (SecureServerSocket server = first(setup, options -> {})) {
            assertThatThrownBy(() -> join(server, setup, options -> options.v6Only(true)))
                    .isExactlyInstanceOf(BindException.class)
                    .hasMessageContainingAll("127.0.0.1:" + server.port(), "v6Only flag");
        }
    }

    @Matrix(Dimension.TRANSPORT)
    void refusesToShareWithAnotherV6OnlyOnIpv6(Setup setup) throws Exception {
        try (SecureServerSocket server = open(setup, "::1", 0, sharing(options -> {}))) {
            assertThatThrownBy(() -> open(setup, "::1", server.port(), sharing(options -> options.v6Only(true))))
                    .isExactlyInstanceOf(BindException.class)
                    .hasMessageContainingAll("[::1]:" + server.port(), "v6Only flag");
        }
    }

    @Matrix(Dimension.TRANSPORT)
    void saysThatItIsNotSharedBeforeItSpeaksOfV6Only(Setup setup) throws Exception {
        for (boolean earlier : new boolean[] {true, false}) {
            try (SecureServerSocket server = setup.open(options -> options.shared(earlier))) {
                assertThatThrownBy(() -> open(
                                setup,
                                "127.0.0.1",
                                server.port(),
                                options -> options.shared(!earlier).v6Only(true)))
                        .isExactlyInstanceOf(BindException.class)
                        .hasMessageContaining("shared flag")
                        .hasMessageNotContaining("v6Only");
            }
        }
    }

    /** Linux decides about a connection at once, so those that do not fit are still on their way. */
    @Matrix(Dimension.TRANSPORT)
    @EnabledOnOs(OS.LINUX)
    void ignoresTheBacklogOfTheSecond(Setup setup) throws Exception {
        try (SecureServerSocket one = first(setup, options -> options.backlog(2));
                SecureServerSocket two = join(one, setup, options -> options.backlog(100))) {
            assertThat(two.options().backlog()).isEqualTo(100);
            assertThat(connectedAtOnce(one.localAddress(), 12)).isBetween(2, 4);
        }
        try (SecureServerSocket one = first(setup, options -> options.backlog(100));
                SecureServerSocket two = join(one, setup, options -> options.backlog(2))) {
            assertThat(two.options().backlog()).isEqualTo(2);
            assertThat(connectedAtOnce(one.localAddress(), 12)).isEqualTo(12);
        }
    }

    private static int connectedAtOnce(SocketAddress address, int clients) throws IOException {
        List<SocketChannel> channels = new ArrayList<>();
        try {
            int connected = 0;
            for (int i = 0; i < clients; i++) {
                SocketChannel channel = SocketChannel.open();
                channels.add(channel);
                channel.configureBlocking(false);
                connected += channel.connect(address) || channel.finishConnect() ? 1 : 0;
            }
            return connected;
        } finally {
            for (SocketChannel channel : channels) {
                channel.close();
            }
        }
    }

    @Matrix(Dimension.TRANSPORT)
    void makesANewSocketForEveryPortThatTheSystemChooses(Setup setup) throws Exception {
        try (SecureServerSocket one = first(setup, options -> {});
                SecureServerSocket two = first(setup, options -> {})) {
            assertThat(one.port()).isNotEqualTo(two.port());
        }
    }

    @Matrix(Dimension.TRANSPORT)
    void sharesAnAddressHoweverItIsSpelled(Setup setup) throws Exception {
        try (SecureServerSocket one = open(setup, "::1", 0, sharing(options -> {}));
                SecureServerSocket two = open(setup, "[0:0:0:0:0:0:0:1]", one.port(), sharing(options -> {}));
                SecureServerSocket three = SecureServerSocket.open(
                        InternetAddress.LOOPBACK_IPV6,
                        one.port(),
                        setup.context().build(),
                        setup.withTransport(sharing(options -> {})))) {
            assertThat(two.localAddress()).isEqualTo(one.localAddress());
            assertThat(three.localAddress()).isEqualTo(one.localAddress());
            assertThatThrownBy(() -> open(setup, "::1", one.port(), options -> {}))
                    .isExactlyInstanceOf(BindException.class)
                    .hasMessageContaining("shared flag");
        }
    }

    @Matrix(Dimension.TRANSPORT)
    void keepsAnotherAddressOfThePortApart(Setup setup) throws Exception {
        try (SecureServerSocket one = setup.open(options -> {});
                SecureServerSocket two = open(setup, "127.0.0.2", one.port(), options -> {});
                var pair = ConnectedPair.of(one, setup.client(one.port()))) {
            assertTalks(pair);
            assertThat(two.statistics().accepted()).isZero();
        }
    }
}
