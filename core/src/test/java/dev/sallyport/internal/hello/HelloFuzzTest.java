package dev.sallyport.internal.hello;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.sallyport.internal.hello.Hellos.Outcome;
import dev.sallyport.testkit.ClientHelloBytes;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * The one reader of a client's bytes that is our own: whatever they are it answers, with nothing but its own exception,
 * always the same however they come, and as soon as the bytes say it.
 */
class HelloFuzzTest {
    private static final int MUTATIONS = 6_000;

    @Test
    void mutatedHellosAreAnsweredAlikeInPiecesOfAnySize() {
        Random random = new Random(20_261_122);
        int understood = 0;
        int refused = 0;
        for (int i = 0; i < MUTATIONS; i++) {
            byte[] bytes = mutated(Hellos.ALL.get(random.nextInt(Hellos.ALL.size())), random);
            try {
                Outcome outcome = Hellos.offered(bytes);
                String text = outcome.text();
                assertThat(Hellos.offered(bytes, 1).text()).isEqualTo(text);
                int[] pieces = random.ints(10, 1, 200).toArray();
                assertThat(Hellos.offered(bytes, pieces).text()).isEqualTo(text);
                if (outcome.hello() != null) {
                    understood++;
                    readAll(outcome.hello());
                } else if (outcome.refused() != null) {
                    refused++;
                    assertThat(outcome.refused().message()).hasSizeLessThan(400).matches("[\\x20-\\x7e]+");
                }
            } catch (RuntimeException | Error unexpected) {
                fail("mutation " + i + ": " + HexFormat.of().formatHex(bytes), unexpected);
            }
        }
        // the mutations are neither all harmless nor all fatal
        assertThat(understood).isGreaterThan(MUTATIONS / 10);
        assertThat(refused).isGreaterThan(MUTATIONS / 10);
    }

    @Test
    void noiseIsRefusedOrWaitedForAlike() {
        Random random = new Random(7);
        for (int i = 0; i < MUTATIONS; i++) {
            byte[] bytes = new byte[1 + random.nextInt(20)];
            random.nextBytes(bytes);
            byte[] starts = {20, 21, 22, 23, (byte) 0x80, 'G', 'P', '\r'};
            bytes[0] = random.nextBoolean() ? starts[random.nextInt(starts.length)] : bytes[0];
            if (bytes.length > 3 && random.nextBoolean()) {
                System.arraycopy(new byte[] {3, 1, 0}, 0, bytes, 1, 3);
            }
            String text = Hellos.offered(bytes).text();
            assertThat(Hellos.offered(bytes, 1).text())
                    .as(HexFormat.of().formatHex(bytes))
                    .isEqualTo(text);
            assertThat(Hellos.offered(bytes, 2, 1, 3).text())
                    .as(HexFormat.of().formatHex(bytes))
                    .isEqualTo(text);
        }
    }

    /** What is complete is decided: more bytes are waited for only where the lengths so far ask for them. */
    @Test
    void nothingIsWaitedForBehindAWholeMessage() {
        Random random = new Random(11);
        for (int i = 0; i < MUTATIONS; i++) {
            byte[] message = Hellos.ALL.get(random.nextInt(Hellos.ALL.size())).message();
            for (int change = random.nextInt(4); change >= 0; change--) {
                message[4 + random.nextInt(message.length - 4)] = (byte) random.nextInt(256);
            }
            byte[] record = new byte[5 + message.length];
            System.arraycopy(message, 0, record, 5, message.length);
            record[0] = 22;
            record[1] = 3;
            record[2] = 1;
            record[3] = (byte) (message.length >> 8);
            record[4] = (byte) message.length;
            assertThat(Hellos.offered(record).waits())
                    .as(HexFormat.of().formatHex(message))
                    .isFalse();
        }
    }

    private static void readAll(ReceivedHello hello) {
        hello.cipherSuites();
        hello.versions();
        assertThat(hello.protocols()).doesNotContain("");
        hello.protocolsInPart(20);
        String name = hello.serverName();
        if (name != null) {
            assertThat(name).matches("[a-z0-9_.-]{1,253}");
        }
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
}
