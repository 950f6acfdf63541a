package dev.sallyport.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClientHelloBytesTest {
    @ParameterizedTest
    @ValueSource(ints = {1, 7, 100, 4000, 16_384})
    void fragmentsOverRecordsOfAnySize(int recordBytes) {
        ClientHelloBytes hello = ClientHelloBytes.builder().paddedTo(5000).build();
        byte[] records = hello.fragmented(recordBytes);

        ByteArrayOutputStream message = new ByteArrayOutputStream();
        for (int at = 0; at < records.length; ) {
            assertThat(records[at]).isEqualTo((byte) 22);
            int length = (records[at + 3] & 0xff) << 8 | (records[at + 4] & 0xff);
            assertThat(length).isBetween(1, recordBytes);
            message.write(records, at + 5, length);
            at += 5 + length;
        }
        assertThat(message.toByteArray()).isEqualTo(hello.message()).hasSize(5000);
    }

    @Test
    void canBeGiant() {
        assertThat(ClientHelloBytes.builder().paddedTo(60_000).build().message())
                .hasSize(60_000);
        assertThatThrownBy(() -> ClientHelloBytes.builder().paddedTo(10).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("paddedTo 10 is outside");
    }

    @Test
    void isTheSameForTheSameSeed() {
        byte[] first = ClientHelloBytes.builder().random(5).build().bytes();
        assertThat(ClientHelloBytes.builder().random(5).build().bytes()).isEqualTo(first);
        assertThat(ClientHelloBytes.builder().random(6).build().bytes())
                .hasSameSizeAs(first)
                .isNotEqualTo(first);
    }

    @Test
    void carriesNamesAndOldVersions() {
        String hello = text(ClientHelloBytes.builder()
                .versions("TLSv1", "TLSv1.1")
                .sni("a.example")
                .alpn("h2", "acme/1")
                .build()
                .bytes());
        assertThat(hello).contains("\0\11a.example", "\2h2\6acme/1").startsWith("\26\3\1");
        assertThat(text(ClientHelloBytes.builder().versions("SSLv3").build().bytes()))
                .startsWith("\26\3\0");
        assertThat(text(ClientHelloBytes.sslv2())).startsWith("\u0080\42\1\3\0").hasSize(36);
        assertThatThrownBy(() -> ClientHelloBytes.builder().versions("TLSv2"))
                .hasMessageContaining("version TLSv2 is none of");
    }

    @Test
    void isRecordedFromTheJdk() {
        ClientHelloBytes hello = ClientHelloBytes.fromJdk(List.of("TLSv1.3"), "b.example", "h2");
        assertThat(text(hello.bytes())).startsWith("\26\3").contains("b.example", "\2h2");
        assertThat(hello.message()[0]).isEqualTo((byte) 1);
        assertThat(ClientHelloBytes.fromJdk(List.of("TLSv1.2"), null).message()).isNotEmpty();
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }
}
