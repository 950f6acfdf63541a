package dev.sallyport.internal.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.Transport;
import dev.sallyport.internal.names.AddressText;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.kqueue.KQueue;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@ExtendWith(NothingLeft.class)
class TransportsTest {
    @Test
    void autoIsTheBestThatWorksHere() {
        Transport best =
                Epoll.isAvailable() ? Transport.EPOLL : KQueue.isAvailable() ? Transport.KQUEUE : Transport.NIO;
        assertThat(Transports.resolve(Transport.AUTO)).isEqualTo(best);
    }

    @Test
    void nioWorksEverywhere() {
        assertThat(Transports.resolve(Transport.NIO)).isEqualTo(Transport.NIO);
    }

    @Test
    void aTransportOfAnotherSystemIsRefusedWithTheCauseAndThoseThatWork() {
        Transport foreign = Epoll.isAvailable() ? Transport.KQUEUE : Transport.EPOLL;
        assertThatThrownBy(() -> Transports.resolve(foreign))
                .isInstanceOf(UnsupportedOperationException.class)
                .hasMessageStartingWith(
                        "transport " + foreign.name().toLowerCase(Locale.ROOT) + " does not work here (")
                .hasMessageContaining("nio")
                .cause()
                .isNotNull();
    }

    @Test
    void anAddressThatWasNotLookedUpIsAnUnknownHost() {
        InetSocketAddress name = InetSocketAddress.createUnresolved("server.example", 8443);
        assertThatThrownBy(() -> Transports.open(Transport.NIO, name, Acceptor.PLAIN))
                .isInstanceOf(UnknownHostException.class)
                .hasMessage("server.example");
    }

    @Test
    void anAddressOfAnotherKindIsRefused() {
        SocketAddress other = new SocketAddress() {
            private static final long serialVersionUID = 1;
        };
        assertThatThrownBy(() -> Transports.open(Transport.NIO, other, Acceptor.PLAIN))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1, 127.0.0.1:8443",
        "0.0.0.0, 0.0.0.0:8443",
        "::, [::]:8443",
        "::1, [::1]:8443",
        "2001:db8:0:0:1::1, [2001:db8::1:0:0:1]:8443"
    })
    void addressesAreShownAsNumbers(String number, String shown) throws Exception {
        InetAddress named =
                InetAddress.getByAddress("host.example", Numeric.host(number).getAddress());
        assertThat(AddressText.of(new InetSocketAddress(named, 8443))).isEqualTo(shown);
    }

    @Test
    void aScopeIsShown() throws Exception {
        byte[] linkLocal = InetAddress.getByName("fe80::1").getAddress();
        InetAddress scoped = Inet6Address.getByAddress(null, linkLocal, 4_000);
        assertThat(AddressText.of(new InetSocketAddress(scoped, 1))).isEqualTo("[fe80::1%4000]:1");
    }
}
