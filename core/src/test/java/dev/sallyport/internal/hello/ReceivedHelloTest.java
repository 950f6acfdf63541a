package dev.sallyport.internal.hello;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.HandshakeException.Reason;
import dev.sallyport.testkit.ClientHelloBytes;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What is read of a hello. Which alerts malformed ones get is shown with sockets. */
class ReceivedHelloTest {
    @Test
    void readsWhatAClientSays() {
        ReceivedHello hello = Hellos.whole(Hellos.ALL.get(0).bytes());
        assertThat(hello.serverName()).isEqualTo("www.example.com");
        assertThat(hello.protocols()).containsExactly("h2", "http/1.1");
        assertThat(hello.versions()).contains(0x0304, 0x0303);
        assertThat(hello.cipherSuites()).contains(0x1301, 0xc02b);
        assertThat(hello.remoteAddress()).isEqualTo(Hellos.FROM);
    }

    @Test
    void takesTheOldFieldForTheVersionWhereThereIsNoExtension() {
        ReceivedHello hello = Hellos.whole(Hellos.ALL.get(3).bytes());
        assertThat(hello.versions()).containsExactly(0x0301);
        assertThat(hello.serverName()).isNull();
        assertThat(hello.protocols()).isEmpty();
    }

    @Test
    void knowsWhetherTheExtendedMasterSecretIsOffered() {
        assertThat(Hellos.whole(Hellos.ALL.get(1).bytes()).extendedMasterSecret())
                .isTrue();
        byte[] without = {
            1, 0, 0, 41, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
            0, 0, 0, 0, 2, 0, 47, 1, 0
        };
        byte[] record = new byte[5 + without.length];
        System.arraycopy(new byte[] {22, 3, 1, 0, 45}, 0, record, 0, 5);
        System.arraycopy(without, 0, record, 5, without.length);
        assertThat(Hellos.whole(record).extendedMasterSecret()).isFalse();
    }

    @Test
    void knowsWhatIsOfferedWithoutAListOfIt() {
        String[] many = IntStream.range(0, 7_000)
                .mapToObj(i -> String.valueOf((char) ('a' + i % 26)))
                .toArray(String[]::new);
        many[6_999] = "h2";
        ReceivedHello hello =
                Hellos.whole(ClientHelloBytes.builder().alpn(many).build().bytes());
        assertThat(hello.offersOneOf(new ProtocolSet(List.of("http/1.1", "h2"))))
                .isTrue();
        assertThat(hello.offersOneOf(new ProtocolSet(List.of("http/1.1", "h", "2", "h22"))))
                .isTrue(); // h is among them
        assertThat(hello.offersOneOf(new ProtocolSet(List.of("http/1.1", "H", "2", "h22", ""))))
                .isFalse();
        assertThat(hello.offersOneOf(new ProtocolSet(List.of()))).isFalse();
        assertThat(hello.protocols()).containsExactly(many);
        assertThat(hello.protocolsInPart(30)).isEqualTo("[a, b, c, d, e, f, g, h, i, j,...");
    }

    @Test
    void serverNamesAreLowerCaseWithoutTheDotAtTheEnd() {
        assertThat(nameOf("WWW.Example.COM")).isEqualTo("www.example.com");
        assertThat(nameOf("www.example.com.")).isEqualTo("www.example.com");
        assertThat(nameOf("_sip.example.com")).isEqualTo("_sip.example.com");
        assertThat(nameOf("127.0.0.1")).isEqualTo("127.0.0.1");
        assertThat(nameOf(("n".repeat(60) + ".").repeat(4) + "wholename")).hasSize(253);
    }

    @Test
    void knowsWhichNamesEveryTlsLibraryTakes() {
        assertThat(named("www.example.com").hasPlainName()).isTrue();
        assertThat(named("a-b.1.xn--mnchen-3ya").hasPlainName()).isTrue();
        assertThat(named("www.example.com.").hasPlainName()).isFalse();
        assertThat(named("_sip.example.com").hasPlainName()).isFalse();
        assertThat(Hellos.whole(Hellos.ALL.get(1).bytes()).hasPlainName()).isTrue();
    }

    @Test
    void refusesNamesThatNobodyCanHaveAsUnknown() {
        for (String name : List.of(
                "a..b",
                ".a",
                "a..",
                "-bad-",
                "bad-.example",
                "-bad.example",
                "localhost:8443",
                "::1",
                "a/b",
                "*.example.com",
                "l".repeat(64) + ".example",
                "a.".repeat(126) + "ab")) {
            Hellos.Refused refused = Hellos.refused(hello(name));
            assertThat(refused.reason()).as(name).isEqualTo(Reason.PEER_UNKNOWN_SERVER_NAME);
            assertThat(refused.alert()).isEqualTo(Alert.UNRECOGNIZED_NAME);
            assertThat(refused.serverName()).isNotNull();
        }
    }

    @Test
    void refusesWhatIsNoTextForANameAsMisbehaviour() {
        for (String name : List.of(".", "a b", "a\0b", "a\nb", "\u00e4", "n".repeat(256))) {
            Hellos.Refused refused = Hellos.refused(hello(name));
            assertThat(refused.reason()).as(name).isEqualTo(Reason.PEER_MISBEHAVED);
            assertThat(refused.alert()).isEqualTo(Alert.ILLEGAL_PARAMETER);
            assertThat(refused.serverName()).isNull();
        }
    }

    @Test
    void refusesTwoExtensionsOfAKindWhereverTheyAre() {
        for (int type : new int[] {0, 16, 43, 63, 64, 0x0a0a, 0xff01}) {
            byte[] two = ClientHelloBytes.builder()
                    .sni("one.example")
                    .alpn("h2")
                    .extension(0x7777, new byte[0])
                    .extension(type, type == 0xff01 ? new byte[] {0} : new byte[0])
                    .extension(type, new byte[0])
                    .build()
                    .bytes();
            assertThat(Hellos.refused(two).alert())
                    .as("type %s", type)
                    .isIn(Alert.ILLEGAL_PARAMETER, Alert.DECODE_ERROR);
        }
    }

    private static byte[] hello(String name) {
        return ClientHelloBytes.builder().sni(name).build().bytes();
    }

    private static ReceivedHello named(String name) {
        return Hellos.whole(hello(name));
    }

    private static @Nullable String nameOf(String sent) {
        return named(sent).serverName();
    }
}
