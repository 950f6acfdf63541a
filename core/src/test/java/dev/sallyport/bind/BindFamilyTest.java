package dev.sallyport.bind;

import static dev.sallyport.support.ConnectedPair.assertTalks;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sallyport.BindOptions;
import dev.sallyport.InternetAddress;
import dev.sallyport.SecureServerSocket;
import dev.sallyport.Transport;
import dev.sallyport.matrix.Matrix;
import dev.sallyport.matrix.Matrix.Dimension;
import dev.sallyport.matrix.Setup;
import dev.sallyport.support.ConnectedPair;
import dev.sallyport.testkit.JdkTlsClient;
import dev.sallyport.testkit.TestPki;
import java.io.IOException;
import java.net.ConnectException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Which of IPv4 and IPv6 a bound address is reachable by, and addresses with a scope. */
class BindFamilyTest {
    private static final InetAddress IPV4 = InternetAddress.LOOPBACK_IPV4;
    private static final InetAddress IPV6 = InternetAddress.LOOPBACK_IPV6;

    @BeforeAll
    static void needsIpv6() throws IOException {
        assumeTrue(NetworkInterface.getByInetAddress(IPV6) != null, "this machine has no ::1");
    }

    private static SecureServerSocket open(Setup setup, String address, Consumer<BindOptions.Builder> options)
            throws IOException {
        return SecureServerSocket.open(address, 0, setup.context().build(), setup.withTransport(options));
    }

    private static void assertServes(SecureServerSocket server, InetAddress by) throws Exception {
        JdkTlsClient client =
                JdkTlsClient.to(new InetSocketAddress(by, server.port())).trusting(TestPki.ca());
        try (var pair = ConnectedPair.of(server, client)) {
            assertThat(((InetSocketAddress) pair.socket.remoteAddress()).getAddress())
                    .isEqualTo(by);
            assertThat(pair.socket.localAddress()).isEqualTo(new InetSocketAddress(by, server.port()));
            assertTalks(pair);
        }
    }

    private static void assertRefuses(SecureServerSocket server, InetAddress by) {
        assertThatExceptionOfType(ConnectException.class)
                .as("connect to " + by)
                .isThrownBy(() -> new Socket(by, server.port()).close());
    }

    @Matrix(Dimension.TRANSPORT)
    void allIpv4AddressesAreNotReachableOverIpv6(Setup setup) throws Exception {
        try (SecureServerSocket server = open(setup, "0.0.0.0", options -> {})) {
            assertServes(server, IPV4);
            assertRefuses(server, IPV6);
        }
    }

    @Matrix(Dimension.TRANSPORT)
    void allIpv6AddressesAreReachableOverBoth(Setup setup) throws Exception {
        try (SecureServerSocket server = open(setup, "::", options -> {})) {
            assertServes(server, IPV4);
            assertServes(server, IPV6);
        }
    }

    @Matrix(Dimension.TRANSPORT)
    void oneIpv6AddressIsReachableOverIpv6Only(Setup setup) throws Exception {
        try (SecureServerSocket server = open(setup, "[::1]", options -> {})) {
            assertServes(server, IPV6);
            assertRefuses(server, IPV4);
        }
    }

    @Matrix(Dimension.TRANSPORT)
    void v6OnlyRefusesIpv4WhereTheTransportCan(Setup setup) throws Exception {
        if (setup.transport() == Transport.NIO) {
            assertThatThrownBy(() -> open(setup, "::", options -> options.v6Only(true)))
                    .isInstanceOf(UnsupportedOperationException.class)
                    .hasMessageContainingAll("v6Only", "epoll", "kqueue", "[::]:0");
            return;
        }
        try (SecureServerSocket server = open(setup, "::", options -> options.v6Only(true))) {
            assertServes(server, IPV6);
            assertRefuses(server, IPV4);
        }
    }

    @Matrix(Dimension.TRANSPORT)
    void v6OnlyMeansNothingOnAnIpv4Address(Setup setup) throws Exception {
        try (SecureServerSocket server = open(setup, "127.0.0.1", options -> options.v6Only(true))) {
            assertServes(server, IPV4);
            assertThat(server.options().v6Only()).isTrue();
        }
    }

    @Matrix(Dimension.TRANSPORT)
    void bothFamiliesCanHaveOnePortSeparately(Setup setup) throws Exception {
        assumeTrue(setup.transport() != Transport.NIO, "nio cannot do v6Only");
        try (SecureServerSocket ipv6 = open(setup, "::", options -> options.v6Only(true));
                SecureServerSocket ipv4 = SecureServerSocket.open(
                        "0.0.0.0", ipv6.port(), setup.context().build(), setup.withTransport(options -> {}))) {
            assertServes(ipv6, IPV6);
            assertServes(ipv4, IPV4);
        }
        try (SecureServerSocket ipv4 = open(setup, "0.0.0.0", options -> {});
                SecureServerSocket ipv6 = SecureServerSocket.open(
                        "::",
                        ipv4.port(),
                        setup.context().build(),
                        setup.withTransport(options -> options.v6Only(true)))) {
            assertServes(ipv6, IPV6);
            assertServes(ipv4, IPV4);
        }
    }

    /** One of IPv6 for the mapped address would look the same to clients, but be in the way of another's. */
    @Matrix(Dimension.TRANSPORT)
    @EnabledOnOs(OS.LINUX)
    void anIpv4AddressHasASocketOfIpv4(Setup setup) throws Exception {
        for (String address : List.of("0.0.0.0", "127.0.0.1", "::ffff:127.0.0.1")) {
            try (SecureServerSocket server = open(setup, address, options -> {})) {
                assertThat(listeningPorts("/proc/net/tcp"))
                        .as("%s over IPv4", address)
                        .contains(server.port());
                assertThat(listeningPorts("/proc/net/tcp6"))
                        .as("%s over IPv6", address)
                        .doesNotContain(server.port());
            }
        }
    }

    /** Connections are left out: some that have ended keep a port for a minute, and it may be the server's since. */
    private static List<Integer> listeningPorts(String table) throws IOException {
        return Files.readAllLines(Path.of(table)).stream()
                .map(line -> line.strip().split("\\s+"))
                .filter(fields -> fields[3].equals("0A"))
                .map(fields -> Integer.parseInt(fields[1].substring(fields[1].lastIndexOf(':') + 1), 16))
                .toList();
    }

    @Matrix(Dimension.TRANSPORT)
    void bindsALinkLocalAddressWithItsScope(Setup setup) throws Exception {
        Optional<Inet6Address> linkLocal = NetworkInterface.networkInterfaces()
                .flatMap(NetworkInterface::inetAddresses)
                .filter(Inet6Address.class::isInstance)
                .map(Inet6Address.class::cast)
                .filter(Inet6Address::isLinkLocalAddress)
                .findFirst();
        assumeTrue(linkLocal.isPresent(), "this machine has no link-local address");
        String number = linkLocal.get().getHostAddress().replaceFirst("%.*", "");
        NetworkInterface device = NetworkInterface.getByInetAddress(linkLocal.get());
        for (String scope : new String[] {device.getName(), Integer.toString(device.getIndex())}) {
            for (String text : new String[] {number + "%" + scope, "[" + number + "%" + scope + "]"}) {
                try (SecureServerSocket server = open(setup, text, options -> {})) {
                    assertServes(server, linkLocal.get());
                }
            }
        }
    }
}
