package dev.sallyport.internal.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.testkit.RequiresJdk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which buffers are copied: what a socket shows of it is the time it takes. */
class ClosableMemoryTest {
    @TempDir
    Path folder;

    @Test
    void buffersOfNoArenaAreHarmless() throws IOException {
        Path file = Files.write(folder.resolve("file"), new byte[100]);
        try (FileChannel channel = FileChannel.open(file)) {
            List<ByteBuffer> buffers = List.of(
                    ByteBuffer.allocate(10),
                    ByteBuffer.allocateDirect(10),
                    ByteBuffer.allocateDirect(10).slice(2, 3),
                    ByteBuffer.allocateDirect(10).asReadOnlyBuffer(),
                    ByteBuffer.allocateDirect(0),
                    channel.map(MapMode.READ_ONLY, 0, 100));
            for (ByteBuffer buffer : buffers) {
                assertThat(ClosableMemory.isViewedBy(buffer)).as("%s", buffer).isFalse();
                assertThat(ClosableMemory.isViewedBy(buffer))
                        .as("%s, again", buffer)
                        .isFalse();
                assertThat(ClosableMemory.isConfined(buffer)).as("%s", buffer).isFalse();
            }
        }
    }

    @Test
    @RequiresJdk(value = 22, what = "java.lang.foreign.Arena")
    void arenasThatCanBeClosedAreNot() throws ReflectiveOperationException {
        for (String kind : List.of("global", "ofAuto")) {
            ByteBuffer buffer = allocate(kind);
            assertThat(ClosableMemory.isViewedBy(buffer)).as(kind).isFalse();
            assertThat(ClosableMemory.isConfined(buffer)).as(kind).isFalse();
        }
        for (String kind : List.of("ofShared", "ofConfined")) {
            ByteBuffer buffer = allocate(kind);
            assertThat(ClosableMemory.isViewedBy(buffer)).as(kind).isTrue();
            assertThat(ClosableMemory.isViewedBy(buffer.slice(1, 2).asReadOnlyBuffer()))
                    .as(kind + ", a part")
                    .isTrue();
            assertThat(ClosableMemory.isConfined(buffer)).as(kind).isEqualTo(kind.equals("ofConfined"));
        }
    }

    private static ByteBuffer allocate(String kind) throws ReflectiveOperationException {
        Class<?> arena = Class.forName("java.lang.foreign.Arena");
        Object segment = arena.getMethod("allocate", long.class, long.class)
                .invoke(arena.getMethod(kind).invoke(null), 10, 1);
        return (ByteBuffer) Class.forName("java.lang.foreign.MemorySegment")
                .getMethod("asByteBuffer")
                .invoke(segment);
    }
}
