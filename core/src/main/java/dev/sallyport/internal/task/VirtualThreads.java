package dev.sallyport.internal.task;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.concurrent.ThreadFactory;

/** Virtual threads, which JDK 17 does not have. Any thread. */
public final class VirtualThreads {
    private static final int FIRST_JDK = 21;
    private static final boolean EXIST = Runtime.version().feature() >= FIRST_JDK;
    private static final MethodHandle IS_VIRTUAL = EXIST ? isVirtual() : never();

    private VirtualThreads() {}

    /** {@return whether this JDK has them} */
    public static boolean exist() {
        return EXIST;
    }

    /** {@return whether the caller is one} */
    public static boolean isCurrent() {
        try {
            return (boolean) IS_VIRTUAL.invokeExact(Thread.currentThread());
        } catch (Throwable impossible) {
            throw new LinkageError("Thread.isVirtual", impossible);
        }
    }

    /**
     * {@return what makes threads of this name, each with a number after it} It is
     * {@code Thread.ofVirtual().name(name, 0).inheritInheritableThreadLocals(false).factory()}.
     */
    public static ThreadFactory factory(String name) {
        try {
            MethodHandles.Lookup lookup = MethodHandles.publicLookup();
            Class<?> builder = Class.forName("java.lang.Thread$Builder$OfVirtual");
            MethodHandle ofVirtual = lookup.findStatic(Thread.class, "ofVirtual", MethodType.methodType(builder));
            MethodHandle named =
                    lookup.findVirtual(builder, "name", MethodType.methodType(builder, String.class, long.class));
            MethodHandle inherit = lookup.findVirtual(
                    builder, "inheritInheritableThreadLocals", MethodType.methodType(builder, boolean.class));
            MethodHandle factory = lookup.findVirtual(builder, "factory", MethodType.methodType(ThreadFactory.class));
            Object inheriting = inherit.invoke(named.invoke(ofVirtual.invoke(), name, 0L), false);
            return (ThreadFactory) factory.invoke(inheriting);
        } catch (Throwable e) {
            throw new LinkageError("this JDK says it has virtual threads, but not how to make them", e);
        }
    }

    private static MethodHandle isVirtual() {
        try {
            return MethodHandles.publicLookup()
                    .findVirtual(Thread.class, "isVirtual", MethodType.methodType(boolean.class));
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("this JDK says it has virtual threads, but not how to tell them", e);
        }
    }

    private static MethodHandle never() {
        return MethodHandles.dropArguments(MethodHandles.constant(boolean.class, false), 0, Thread.class);
    }
}
