package dev.sallyport.internal.hello;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.HandshakeException.Reason;
import dev.sallyport.internal.hello.Hellos.Outcome;
import dev.sallyport.testkit.ClientHelloBytes;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** How the bytes of a hello come together, whatever records and pieces they come in, and what else they might be. */
class HelloCollectorTest {
    @Test
    void isTheSameInRecordsOfAnySizeAndNotThereBeforeItsLastByte() {
        for (ClientHelloBytes hello : Hellos.ALL) {
            for (int recordBytes : new int[] {1, 2, 3, 4, 5, 7, 100, 16_384}) {
                byte[] records = hello.fragmented(recordBytes);
                assertThat(Hellos.whole(records).records(new byte[0])).isEqualTo(hello.bytes());
                for (int length = 0; length < records.length; length += records.length > 2000 ? 97 : 1) {
                    assertThat(Hellos.offered(Arrays.copyOf(records, length)).waits())
                            .as("%s of %s bytes in records of %s", length, records.length, recordBytes)
                            .isTrue();
                }
            }
        }
    }

    @Test
    void keepsWhatFollows() {
        byte[] hello = Hellos.ALL.get(2).bytes();
        byte[] more = Arrays.copyOf(hello, hello.length + 500);
        Arrays.fill(more, hello.length, more.length, (byte) 0x47);
        Outcome outcome = Hellos.offered(more);
        assertThat(outcome.behind()).hasSize(500).containsOnly(0x47);
        assertThat(outcome.text()).isEqualTo(Hellos.offered(more, 3).text());
    }

    @Test
    void ofTheLargestSizeBecomesTwoRecordsOfTheFirstOnesVersion() {
        byte[] hello = ClientHelloBytes.builder()
                .paddedTo(4 + HelloCollector.MAX_BYTES)
                .build()
                .fragmented(1);
        hello[2] = 2;
        byte[] records = Hellos.whole(hello).records(new byte[] {7});
        assertThat(records).hasSize(5 + 16_384 + 5 + 4 + 1).startsWith(22, 3, 2, 0x40, 0);
        assertThat(Arrays.copyOfRange(records, 5 + 16_384, records.length)).startsWith(22, 3, 2, 0, 4);
        assertThat(records[records.length - 1]).isEqualTo((byte) 7);
    }

    @Test
    void oneByteMoreIsRefusedAtTheFourthByteOfTheMessage() {
        byte[] hello = ClientHelloBytes.builder()
                .paddedTo(5 + HelloCollector.MAX_BYTES)
                .build()
                .bytes();
        assertThat(Hellos.offered(Arrays.copyOf(hello, 8)).waits()).isTrue();
        assertThat(Hellos.refused(Arrays.copyOf(hello, 9)).alert()).isEqualTo(Alert.ILLEGAL_PARAMETER);
    }

    /** It is looked at once: what is kept, and what is done, grows with the bytes, not with the calls times the bytes. */
    @Test
    void takesEachByteOfTheBufferOnce() throws HelloRefusal {
        byte[] records = ClientHelloBytes.builder().paddedTo(16_000).build().fragmented(1);
        HelloCollector collector = new HelloCollector();
        int calls = 0;
        boolean complete = false;
        for (byte each : records) {
            assertThat(complete).isFalse();
            ByteBuffer one = ByteBuffer.wrap(new byte[] {each});
            complete = collector.offer(one);
            assertThat(one.hasRemaining()).isFalse();
            assertThat(collector.received()).isEqualTo(++calls);
        }
        assertThat(complete).isTrue();
    }

    /** Half of it is a part of twice the size; the headers of the records are nowhere. */
    @Test
    void keepsAtMostTwiceWhatHasComeOfTheMessage() throws HelloRefusal {
        ClientHelloBytes hello = ClientHelloBytes.builder().paddedTo(16_000).build();
        for (byte[] records : new byte[][] {hello.bytes(), hello.fragmented(7), hello.fragmented(1)}) {
            byte[] part = Arrays.copyOf(records, records.length * 3 / 5);
            assertThat(heapOfEach(part)).isBetween(9_000L, 20_000L);
        }
    }

    /** Measured again when something else has come or gone meanwhile: threads of other tests are there for seconds. */
    private static long heapOfEach(byte[] part) throws HelloRefusal {
        for (int attempt = 0; attempt < 10; attempt++) {
            HelloCollector[] collectors = new HelloCollector[1_000];
            long before = usedHeap();
            for (int i = 0; i < collectors.length; i++) {
                collectors[i] = new HelloCollector();
                for (int at = 0; at < part.length; at += 1_400) {
                    collectors[i].offer(ByteBuffer.wrap(part, at, Math.min(1_400, part.length - at)));
                }
            }
            long with = usedHeap();
            assertThat(collectors[0].received()).isEqualTo(part.length);
            Arrays.fill(collectors, null);
            if (Math.abs(usedHeap() - before) < 500_000) {
                return (with - before) / collectors.length;
            }
        }
        throw new AssertionError("the heap did not stay as it was in ten attempts");
    }

    /** What other tests left behind may take several collections to go. */
    private static long usedHeap() {
        long used = Long.MAX_VALUE;
        long before;
        do {
            before = used;
            System.gc();
            used = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
        } while (used < before - 100_000);
        return used;
    }

    @Test
    void tellsWhatIsNotTls() {
        assertNotTls("GET / HTTP/1.1\r\n", "plain HTTP");
        assertNotTls("PRI * HTTP/2.0\r\n", "plain HTTP");
        assertNotTls("PROXY TCP4 ", "PROXY protocol");
        assertNotTls("\r\n\r\n\0\r\nQUIT\n", "PROXY protocol");
        assertNotTls("GO", "the first byte is 71");
        assertNotTls("\u0080abc", "the first byte is 128");
    }

    /** One that stops where it could still become something known is told what it was when it ends. */
    @Test
    void tellsAtTheEndWhatIsNotTls() {
        for (String start : List.of("G", "PR", "PROXY", "\r\n", "\u0080", "\u0080a\u0001")) {
            HelloCollector collector = new HelloCollector();
            byte[] bytes = start.getBytes(StandardCharsets.ISO_8859_1);
            assertThat(endOf(collector, bytes)).as(start).isEqualTo(Reason.PEER_NOT_TLS);
        }
        // these may have been TLS
        for (byte[] bytes : new byte[][] {{}, {22}, {22, 3, 1, 0}, {21}, {23, 3}}) {
            assertThat(endOf(new HelloCollector(), bytes)).isNull();
        }
    }

    private static @Nullable Reason endOf(HelloCollector collector, byte[] bytes) {
        try {
            assertThat(collector.offer(ByteBuffer.wrap(bytes))).isFalse();
            collector.ended();
            return null;
        } catch (HelloRefusal refusal) {
            return refusal.reason();
        }
    }

    private static void assertNotTls(String start, String guess) {
        byte[] bytes = start.getBytes(StandardCharsets.ISO_8859_1);
        for (int piece : IntStream.rangeClosed(1, bytes.length).toArray()) {
            Hellos.Refused refused = Hellos.refused(bytes);
            assertThat(refused.reason()).isEqualTo(Reason.PEER_NOT_TLS);
            assertThat(refused.message()).contains(guess);
            assertThat(refused.alert()).isNull();
            assertThat(Hellos.offered(bytes, piece).refused()).isEqualTo(refused);
        }
    }
}
