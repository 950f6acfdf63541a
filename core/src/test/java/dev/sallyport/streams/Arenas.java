package dev.sallyport.streams;

import java.lang.reflect.Method;
import java.nio.ByteBuffer;

/** {@code java.lang.foreign.Arena} of JDK 22 for tests that are compiled for JDK 17: one arena, and buffers of its memory. */
public final class Arenas implements AutoCloseable {
    private final Object arena;
    private final Class<?> type;

    private Arenas(Object arena, Class<?> type) {
        this.arena = arena;
        this.type = type;
    }

    /** {@return an arena that this method of {@code Arena} makes: global, ofAuto, ofShared, ofConfined} */
    public static Arenas of(String factory) throws ReflectiveOperationException {
        Class<?> type = Class.forName("java.lang.foreign.Arena");
        return new Arenas(type.getMethod(factory).invoke(null), type);
    }

    /** {@return that many bytes, all 0} */
    public ByteBuffer allocate(long bytes) throws ReflectiveOperationException {
        Object segment = type.getMethod("allocate", long.class, long.class).invoke(arena, bytes, 1L);
        Method asByteBuffer = Class.forName("java.lang.foreign.MemorySegment").getMethod("asByteBuffer");
        return (ByteBuffer) asByteBuffer.invoke(segment);
    }

    /** {@return a copy of {@code content}} */
    public ByteBuffer allocate(byte[] content) throws ReflectiveOperationException {
        return allocate(content.length).put(content).flip();
    }

    /** Gives the memory back to the system. */
    @Override
    public void close() throws ReflectiveOperationException {
        type.getMethod("close").invoke(arena);
    }
}
