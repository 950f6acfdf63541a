package dev.sallyport.bind;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.sallyport.InternetAddress;
import dev.sallyport.internal.names.AddressLiteral;
import dev.sallyport.internal.names.HostText;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.StandardProtocolFamily;
import java.net.UnknownHostException;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class InternetAddressTest {
    @Test
    void hasConstantsOfTheRightFamily() {
        assertThat(InternetAddress.LOOPBACK_IPV4.getHostAddress()).isEqualTo("127.0.0.1");
        assertThat(InternetAddress.LOOPBACK_IPV6.getHostAddress()).isEqualTo("0:0:0:0:0:0:0:1");
        assertThat(InternetAddress.ANY_IPV4.getHostAddress()).isEqualTo("0.0.0.0");
        assertThat(InternetAddress.ANY_IPV6.getHostAddress()).isEqualTo("0:0:0:0:0:0:0:0");
        assertThat(InternetAddress.LOOPBACK_IPV6.isLoopbackAddress()).isTrue();
        assertThat(InternetAddress.ANY_IPV6.isAnyLocalAddress()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1, 7f000001",
        "0.0.0.0, 00000000",
        "255.255.255.255, ffffffff",
        "192.0.2.1, c0000201",
        "::, 00000000000000000000000000000000",
        "::1, 00000000000000000000000000000001",
        "1::, 00010000000000000000000000000000",
        "2001:db8::8:800:200C:417A, 20010db80000000000080800200c417a",
        "2001:DB8:0:0:8:800:200c:417a, 20010db80000000000080800200c417a",
        "1:2:3:4:5:6:7::, 00010002000300040005000600070000",
        "::2:3:4:5:6:7:8, 00000002000300040005000600070008",
        "1:2:3:4:5:6:192.0.2.1, 000100020003000400050006c0000201",
        "64:ff9b::192.0.2.33, 0064ff9b0000000000000000c0000221",
        "::13.1.68.3, 0000000000000000000000000d014403",
        "::ffff:192.0.2.1, c0000201",
        "::ffff:c000:201, c0000201",
        "fe80::1, fe800000000000000000000000000001",
    })
    void parsesNumericAddresses(String text, String bytes) {
        assertThat(hex(InternetAddress.tryParse(text))).isEqualTo(bytes);
        assertThat(hex(AddressLiteral.parseHost(text))).isEqualTo(bytes);
        assertThat(HostText.looksNumeric(text)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                ".",
                "1",
                "127.1",
                "1.2.3",
                "1.2.3.",
                "1.2.3.4.",
                ".1.2.3.4",
                "1.2.3.4.5",
                "256.1.1.1",
                "01.2.3.4",
                "1.2.3.04",
                "00.0.0.0",
                "+1.2.3.4",
                "-1.2.3.4",
                "0x7f.0.0.1",
                "1.2.3.4 ",
                " 1.2.3.4",
                "1.2.3.4/8",
                "99999999999.1.1.1",
                "١.٢.٣.٤",
                "1.2.3.4%1",
                ":",
                ":::",
                "1",
                "1:2",
                "1:2:3:4:5:6:7",
                "1:2:3:4:5:6:7:8:9",
                "1:2:3:4:5:6:7:8::",
                "::1:2:3:4:5:6:7:8",
                "1::2::3",
                "::FFFF::1",
                ":1::",
                "::1:",
                "1:",
                "12345::",
                "::g",
                "::-1",
                "::1.2.3",
                "::1.2.3.4:5",
                "1.2.3.4::",
                "1:2:3:4:5:6:7:1.2.3.4",
                "::256.1.1.1",
                "::١",
                "[::1]",
                "::1%",
                "::1%1",
                "2001:db8::1%1",
                "fe80::1%",
                "fe80::1%0",
                "fe80::1%01",
                "fe80::1%-1",
                "fe80::1%nosuch0",
                "fe80::1%1%1",
                "fe80::1%4294967296",
                "[fe80::1",
                "localhost",
                "example.com",
                "a:b",
            })
    void doesNotTakeAnythingElseForAnAddress(String text) {
        assertThat(InternetAddress.tryParse(text)).isNull();
    }

    @Test
    void takesZonesOfLinkLocalAddresses() throws Exception {
        NetworkInterface some = NetworkInterface.networkInterfaces()
                .filter(each -> each.getIndex() > 0)
                .findFirst()
                .orElse(null);
        if (some == null) {
            abort("this machine has no network interface");
            return;
        }

        InetAddress byName = InternetAddress.tryParse("fe80::1%" + some.getName());
        InetAddress byIndex = InternetAddress.tryParse("fe80::1%" + some.getIndex());

        assertThat(byName).isInstanceOf(Inet6Address.class).isEqualTo(byIndex);
        assertThat(byName instanceof Inet6Address scoped ? scoped.getScopeId() : -1)
                .isEqualTo(some.getIndex());
        assertThat(AddressLiteral.parseHost("[fe80::1%" + some.getName() + "]")).isEqualTo(byName);
    }

    @Test
    void takesBracketsWhereBindDoes() {
        assertThat(AddressLiteral.parseHost("[::1]")).isEqualTo(InternetAddress.LOOPBACK_IPV6);
        assertThat(AddressLiteral.parseHost("[127.0.0.1]")).isNull();
        assertThat(AddressLiteral.parseHost("[::1")).isNull();
        assertThat(AddressLiteral.parseHost("[]")).isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "1.2.3",
                "256.1.1.1",
                "1.2.3.4.5",
                "127.1",
                "0x7f.1",
                "0x7f000001",
                "0x",
                "2130706433",
                "1.2.3.4.",
                "a:b",
                "[::1",
                "[localhost]",
                "example.1",
            })
    void neverLooksUpWhatCanOnlyBeMeantAsANumber(String text) {
        assertThat(HostText.looksNumeric(text)).isTrue();

        CompletableFuture<List<InetAddress>> answer = InternetAddress.lookup(text);

        assertThat(answer).as("refused at once").isCompletedExceptionally();
        assertThatThrownBy(answer::get)
                .isInstanceOf(ExecutionException.class)
                .cause()
                .isInstanceOf(UnknownHostException.class)
                .hasMessageContaining("'" + text + "'");
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost", "example.com", "example.com.", "1.example", "3com", "1-2", "münchen.example"})
    void looksUpWhatMayBeAName(String text) {
        assertThat(HostText.looksNumeric(text)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1 ", "a b", "a\nb", "host/path", "user@host", "fe80%1"})
    void refusesWhatNoNameHasInIt(String text) {
        assertThat(InternetAddress.lookup(text)).isCompletedExceptionally();
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1", "[::1]", "2001:db8::1"})
    void answersANumericAddressWithExactlyItself(String text) {
        CompletableFuture<List<InetAddress>> answer = InternetAddress.lookup(text);

        assertThat(answer).as("answered without a resolver").isCompleted();
        assertThat(answer.join())
                .containsExactly(AddressLiteral.parseHost(text))
                .isUnmodifiable();
    }

    @Test
    void looksUpNamesOnAnotherThread() throws Exception {
        Thread caller = Thread.currentThread();

        CompletableFuture<List<InetAddress>> answer = InternetAddress.lookup("localhost");
        CompletableFuture<Thread> completer = answer.handle((found, failure) -> Thread.currentThread());

        assertThat(answer.get(30, TimeUnit.SECONDS)).isNotEmpty().allMatch(InetAddress::isLoopbackAddress);
        assertThat(completer.get(30, TimeUnit.SECONDS).getName())
                .matches(name -> name.startsWith("sallyport-worker-") || name.equals(caller.getName()));
    }

    @Test
    void givesTheAddressesOfOneFamily() throws Exception {
        assertThat(InternetAddress.lookup("localhost", StandardProtocolFamily.INET)
                        .get(30, TimeUnit.SECONDS))
                .containsExactly(InternetAddress.LOOPBACK_IPV4);
        assertThat(InternetAddress.lookup("::1", StandardProtocolFamily.INET6).join())
                .containsExactly(InternetAddress.LOOPBACK_IPV6);
        assertThatThrownBy(InternetAddress.lookup("127.0.0.1", StandardProtocolFamily.INET6)::join)
                .hasCauseInstanceOf(UnknownHostException.class)
                .hasMessageContaining("127.0.0.1")
                .hasMessageContaining("IPv6");
        assertThatThrownBy(InternetAddress.lookup("::1", StandardProtocolFamily.INET)::join)
                .hasCauseInstanceOf(UnknownHostException.class)
                .hasMessageContaining("IPv4");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> InternetAddress.lookup("localhost", StandardProtocolFamily.UNIX))
                .withMessageContaining("UNIX");
    }

    @Test
    void namesTheHostThatIsUnknown() {
        // RFC 6761: .invalid never resolves
        CompletableFuture<List<InetAddress>> answer = InternetAddress.lookup("nosuch.invalid");

        assertThatThrownBy(() -> answer.get(30, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .cause()
                .isInstanceOf(UnknownHostException.class)
                .hasMessageContaining("nosuch.invalid");
    }

    @Test
    @SuppressWarnings("NullAway")
    void namesTheParameterThatIsNull() {
        assertThatNullPointerException()
                .isThrownBy(() -> InternetAddress.tryParse(null))
                .withMessage("address");
        assertThatNullPointerException()
                .isThrownBy(() -> InternetAddress.lookup(null))
                .withMessage("host");
        assertThatNullPointerException()
                .isThrownBy(() -> InternetAddress.lookup("localhost", null))
                .withMessage("family");
    }

    private static String hex(@Nullable InetAddress address) {
        return address == null ? "none" : HexFormat.of().formatHex(address.getAddress());
    }
}
