package dev.sallyport.internal.handshake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.fail;

import dev.sallyport.ClientHello;
import dev.sallyport.internal.handshake.HelloRecords.MalformedHelloException;
import dev.sallyport.testkit.ClientHelloBytes;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The one reader of a client's bytes that is our own: whatever they are, it answers, and with nothing but its own exception. */
class HelloRecordsTest {
    private static final InetSocketAddress FROM = new InetSocketAddress(InetAddress.getLoopbackAddress(), 1);
    private static final int MUTATIONS = 20_000;

    /** Hellos of two implementations, small and large. */
    private static final List<ClientHelloBytes> HELLOS = List.of(
            ClientHelloBytes.fromJdk(List.of("TLSv1.3", "TLSv1.2"), "www.example.com", "h2", "http/1.1"),
            ClientHelloBytes.fromJdk(List.of("TLSv1.2"), null),
            ClientHelloBytes.builder()
                    .sni("www.example.com")
                    .alpn("h2", "http/1.1")
                    .build(),
            ClientHelloBytes.builder().versions("TLSv1").build(),
            ClientHelloBytes.builder().versions("SSLv3").build(),
            ClientHelloBytes.builder().paddedTo(4000).build());

    @Test
    void readsWhatAClientSays() throws Exception {
        ClientHello hello = whole(HELLOS.get(0).bytes());
        assertThat(hello.serverName()).isEqualTo("www.example.com");
        assertThat(hello.protocols()).containsExactly("h2", "http/1.1");
        assertThat(hello.versions()).contains(0x0304, 0x0303);
        assertThat(hello.cipherSuites()).contains(0x1301, 0xc02b);
        assertThat(hello.remoteAddress()).isEqualTo(FROM);
    }

    @Test
    void takesTheOldFieldForTheVersionWhereThereIsNoExtension() throws Exception {
        ClientHello hello = whole(HELLOS.get(3).bytes());
        assertThat(hello.versions()).containsExactly(0x0301);
        assertThat(hello.serverName()).isNull();
        assertThat(hello.protocols()).isEmpty();
    }

    @Test
    void knowsWhetherTheExtendedMasterSecretIsOffered() throws Exception {
        assertThat(received(HELLOS.get(1).bytes())).isNotNull().matches(ReceivedHello::extendedMasterSecret);
        assertThat(received(HELLOS.get(4).bytes())).isNotNull().matches(hello -> !hello.extendedMasterSecret());
    }

    @Test
    void refusesTwoExtensionsOfAKindOfWhichTheTlsLibraryMightTakeTheOther() {
        byte[] hello = ClientHelloBytes.builder()
                .sni("one.example")
                .extension(0, new byte[] {0, 4, 0, 0, 1, 'x'})
                .build()
                .bytes();
        assertThatExceptionOfType(MalformedHelloException.class).isThrownBy(() -> read(hello));
    }

    @Test
    void isTheSameInRecordsOfAnySizeAndNotThereBeforeItsLastByte() throws Exception {
        for (ClientHelloBytes hello : HELLOS) {
            ClientHello expected = whole(hello.bytes());
            for (int recordBytes : new int[] {1, 2, 3, 4, 5, 7, 100, 16_384}) {
                byte[] records = hello.fragmented(recordBytes);
                if (records.length > HelloRecords.MAX_BYTES) {
                    continue;
                }
                assertThat(read(records)).isEqualTo(expected);
                for (int length = 0; length < records.length; length += records.length > 2000 ? 97 : 1) {
                    assertThat(read(Arrays.copyOf(records, length)))
                            .as("%s of %s bytes in records of %s", length, records.length, recordBytes)
                            .isNull();
                }
            }
        }
    }

    @Test
    void doesNotMindWhatFollows() throws Exception {
        byte[] hello = HELLOS.get(2).bytes();
        byte[] more = Arrays.copyOf(hello, hello.length + 500);
        Arrays.fill(more, hello.length, more.length, (byte) 0x47);
        assertThat(read(more)).isEqualTo(read(hello));
    }

    @Test
    void leavesTheBufferAsItWas() throws Exception {
        byte[] hello = HELLOS.get(2).bytes();
        ByteBuffer padded = ByteBuffer.allocateDirect(hello.length + 20);
        padded.position(10).put(hello).flip().position(10);
        assertThat(HelloRecords.read(padded, FROM)).isEqualTo(received(hello));
        assertThat(padded.position()).isEqualTo(10);
        assertThat(padded.limit()).isEqualTo(10 + hello.length);
    }

    @Test
    void serverNamesAreLowerCaseWithoutTheDotAtTheEnd() throws Exception {
        assertThat(nameOf("WWW.Example.COM")).isEqualTo("www.example.com");
        assertThat(nameOf("www.example.com.")).isEqualTo("www.example.com");
        assertThat(nameOf("_sip.example.com")).isEqualTo("_sip.example.com");
        assertThat(nameOf("n".repeat(255))).hasSize(255);
    }

    @Test
    void refusesServerNamesThatCannotBeHostNames() {
        for (String name : List.of(".", "a b", "a\0b", "a\nb", "\u00e4", "n".repeat(256))) {
            assertThatExceptionOfType(MalformedHelloException.class).as(name).isThrownBy(() -> nameOf(name));
        }
    }

    private static @Nullable String nameOf(String sent) throws MalformedHelloException {
        ClientHello hello = whole(ClientHelloBytes.builder().sni(sent).build().bytes());
        return hello.serverName();
    }

    @Test
    void tellsWhatIsNotTls() {
        assertNotTls("GET / HTTP/1.1\r\n", "plain HTTP");
        assertNotTls("PRI * HTTP/2.0\r\n", "plain HTTP");
        assertNotTls("PROXY TCP4 ", "PROXY protocol");
        assertNotTls("\r\n\r\n\0\r\nQUIT\n", "PROXY protocol");
        assertNotTls("G", "the first byte is 71");
    }

    private static void assertNotTls(String start, String guess) {
        assertThatExceptionOfType(MalformedHelloException.class)
                .isThrownBy(() -> read(start.getBytes(StandardCharsets.ISO_8859_1)))
                .withMessageContaining(guess)
                .satisfies(malformed -> assertThat(malformed.notTls).isTrue());
    }

    @Test
    void nothingButItsOwnExceptionComesOfMutatedHellos() {
        Random random = new Random(20_261_122);
        int understood = 0;
        int refused = 0;
        for (int i = 0; i < MUTATIONS; i++) {
            byte[] bytes = mutated(HELLOS.get(random.nextInt(HELLOS.size())), random);
            try {
                understood += read(bytes) == null ? 0 : 1;
            } catch (MalformedHelloException expected) {
                refused++;
                assertThat(expected.getMessage()).hasSizeLessThan(200).doesNotContain("\n");
            } catch (RuntimeException | Error unexpected) {
                fail("mutation " + i + ": " + HexFormat.of().formatHex(bytes), unexpected);
            }
        }
        // the mutations are neither all harmless nor all fatal
        assertThat(understood).isGreaterThan(MUTATIONS / 10);
        assertThat(refused).isGreaterThan(MUTATIONS / 10);
    }

    /** A few bytes changed, put in or taken out, more often where the lengths are. */
    private static byte[] mutated(ClientHelloBytes hello, Random random) {
        byte[] bytes = random.nextInt(4) == 0 ? hello.fragmented(1 + random.nextInt(300)) : hello.bytes();
        int changes = 1 + random.nextInt(4);
        for (int i = 0; i < changes; i++) {
            int at = random.nextInt(random.nextBoolean() ? bytes.length : Math.min(bytes.length, 120));
            switch (random.nextInt(5)) {
                case 0 -> bytes[at] = (byte) random.nextInt(256);
                case 1 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
                case 2 -> bytes[at] = random.nextBoolean() ? 0 : (byte) 0xff;
                case 3 -> bytes = Arrays.copyOf(bytes, Math.max(1, at));
                default -> {
                    byte[] longer = new byte[bytes.length + 1];
                    System.arraycopy(bytes, 0, longer, 0, at);
                    longer[at] = (byte) random.nextInt(256);
                    System.arraycopy(bytes, at, longer, at + 1, bytes.length - at);
                    bytes = longer;
                }
            }
        }
        return bytes;
    }

    private static ClientHello whole(byte[] bytes) throws MalformedHelloException {
        return Objects.requireNonNull(read(bytes), "the hello is not complete");
    }

    private static @Nullable ClientHello read(byte[] bytes) throws MalformedHelloException {
        ReceivedHello received = received(bytes);
        return received == null ? null : received.client();
    }

    private static @Nullable ReceivedHello received(byte[] bytes) throws MalformedHelloException {
        return HelloRecords.read(ByteBuffer.wrap(bytes), FROM);
    }
}
