package dev.sallyport.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PayloadTest {
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 16_383, 16_384, 16_385, 100_000})
    void isTheSameHoweverItIsRead(int size) throws IOException {
        Payload payload = Payload.of(7, size);
        byte[] bytes = payload.bytes();

        assertThat(bytes).hasSize(size);
        assertThat(payload.stream().readAllBytes()).isEqualTo(bytes);
        ByteArrayOutputStream pieces = new ByteArrayOutputStream();
        try (InputStream in = payload.stream()) {
            for (byte[] piece = in.readNBytes(777); piece.length > 0; piece = in.readNBytes(777)) {
                pieces.writeBytes(piece);
            }
        }
        assertThat(pieces.toByteArray()).isEqualTo(bytes);
        ByteArrayOutputStream written = new ByteArrayOutputStream();
        payload.writeTo(written);
        assertThat(written.toByteArray()).isEqualTo(bytes);
        payload.assertSameToEnd(new ByteArrayInputStream(bytes));
    }

    @Test
    void differsWithTheSeed() {
        assertThat(Payload.of(1, 1000).bytes()).isNotEqualTo(Payload.of(2, 1000).bytes());
    }

    @Test
    void saysWhereBytesDiffer() {
        byte[] bytes = Payload.of(3, 50_000).bytes();
        bytes[40_000] ^= 1;
        assertThatThrownBy(() -> Payload.of(3, 50_000).assertSame(new ByteArrayInputStream(bytes)))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("byte 40000 of 50000");
    }

    @Test
    void saysWhenBytesAreMissingOrTooMany() {
        Payload payload = Payload.of(3, 50_000);
        InputStream shorter = new ByteArrayInputStream(payload.bytes(), 0, 20_000);
        assertThatThrownBy(() -> payload.assertSame(shorter)).hasMessage("ended after 20000 of 50000 bytes");

        InputStream longer = new ByteArrayInputStream(Arrays.copyOf(payload.bytes(), 50_001));
        assertThatThrownBy(() -> payload.assertSameToEnd(longer)).hasMessageContaining("the end after 50000 bytes");

        Payload.Comparison comparison = payload.comparison();
        comparison.accept(ByteBuffer.wrap(payload.bytes()));
        comparison.assertComplete();
        assertThatThrownBy(() -> comparison.write(0)).hasMessageContaining("1 too many");
    }

    @Test
    void readsNoMoreThanItsOwn() throws IOException {
        byte[] bytes = Arrays.copyOf(Payload.of(3, 10).bytes(), 11);
        InputStream in = new ByteArrayInputStream(bytes);
        Payload.of(3, 10).assertSame(in);
        assertThat(in.available()).isEqualTo(1);
    }
}
