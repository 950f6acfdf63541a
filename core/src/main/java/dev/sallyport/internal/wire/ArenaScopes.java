package dev.sallyport.internal.wire;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.util.Set;

/**
 * What {@code java.lang.foreign} (JDK 22) says about the memory of a buffer. Each answer makes objects. Any thread.
 */
final class ArenaScopes {
    /** Whether this JDK has arenas. */
    static final boolean PRESENT;

    private static final int FIRST_JDK = 22;
    private static final MethodType SCOPE_TYPE = MethodType.methodType(Object.class, ByteBuffer.class);
    private static final MethodType ACCESSIBLE_TYPE =
            MethodType.methodType(boolean.class, ByteBuffer.class, Thread.class);
    private static final MethodHandles.Lookup LOOKUP = MethodHandles.publicLookup();
    private static final Thread OTHER = new Thread(() -> {}, "sallyport-owns-no-memory"); // never started
    private static final MethodHandle SCOPE; // ByteBuffer -> Object
    private static final MethodHandle ACCESSIBLE; // (ByteBuffer, Thread) -> boolean
    private static final Set<Class<?>> HARMLESS; // types of scope of memory that stays for as long as its buffers

    static {
        PRESENT = Runtime.version().feature() >= FIRST_JDK;
        try {
            SCOPE = PRESENT ? scope() : MethodHandles.empty(SCOPE_TYPE);
            ACCESSIBLE = PRESENT ? accessible() : MethodHandles.empty(ACCESSIBLE_TYPE);
            HARMLESS = PRESENT ? harmless() : Set.of();
        } catch (Throwable e) {
            throw new LinkageError("this JDK says it has arenas, but not how to ask about them", e);
        }
    }

    private ArenaScopes() {}

    /** {@return whether somebody may close the arena of this direct buffer's memory} */
    static boolean isClosable(ByteBuffer buffer) {
        try {
            return !HARMLESS.contains(((Object) SCOPE.invokeExact(buffer)).getClass());
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable impossible) {
            throw new LinkageError("MemorySegment.scope", impossible);
        }
    }

    /** {@return whether only one thread may touch this direct buffer's memory} */
    static boolean isConfined(ByteBuffer buffer) {
        try {
            return !(boolean) ACCESSIBLE.invokeExact(buffer, OTHER);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable impossible) {
            throw new LinkageError("MemorySegment.isAccessibleBy", impossible);
        }
    }

    private static MethodHandle scope() throws ReflectiveOperationException {
        MethodHandle ofSegment =
                LOOKUP.findVirtual(type("MemorySegment"), "scope", MethodType.methodType(type("MemorySegment$Scope")));
        return MethodHandles.filterReturnValue(ofBuffer(), ofSegment).asType(SCOPE_TYPE);
    }

    private static MethodHandle accessible() throws ReflectiveOperationException {
        MethodHandle ofSegment = LOOKUP.findVirtual(
                type("MemorySegment"), "isAccessibleBy", MethodType.methodType(boolean.class, Thread.class));
        return MethodHandles.filterArguments(ofSegment, 0, ofBuffer()).asType(ACCESSIBLE_TYPE);
    }

    private static MethodHandle ofBuffer() throws ReflectiveOperationException {
        Class<?> segment = type("MemorySegment");
        return LOOKUP.findStatic(segment, "ofBuffer", MethodType.methodType(segment, Buffer.class));
    }

    /** The scopes of a buffer that no arena has made, and of the two arenas that cannot be closed. */
    private static Set<Class<?>> harmless() throws Throwable {
        return Set.of(
                SCOPE.invoke(ByteBuffer.allocateDirect(1)).getClass(), typeOfScope("global"), typeOfScope("ofAuto"));
    }

    private static Class<?> typeOfScope(String factory) throws Throwable {
        Class<?> arena = type("Arena");
        MethodHandle scope = LOOKUP.findVirtual(arena, "scope", MethodType.methodType(type("MemorySegment$Scope")));
        MethodHandle make = LOOKUP.findStatic(arena, factory, MethodType.methodType(arena));
        return MethodHandles.filterReturnValue(make, scope).invoke().getClass();
    }

    private static Class<?> type(String name) throws ClassNotFoundException {
        return Class.forName("java.lang.foreign." + name);
    }
}
