package dev.sallyport.internal.task;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.concurrent.Executor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The executor of those who name none, one for the process: a virtual thread for each task where the JDK has them (21
 * and newer), else a cached pool of daemon threads that end after a few idle seconds. Never refuses and is never shut
 * down; its threads keep no program up.
 */
public final class DefaultExecutor {
    private static final String THREAD_NAME = "sallyport-worker-";
    private static final int FIRST_JDK_WITH_VIRTUAL_THREADS = 21;
    private static final long KEEP_ALIVE_SECONDS = 2;

    private DefaultExecutor() {}

    /** {@return the executor; made when first asked for} */
    public static Executor instance() {
        return Holder.INSTANCE;
    }

    private static final class Holder {
        static final Executor INSTANCE =
                Runtime.version().feature() >= FIRST_JDK_WITH_VIRTUAL_THREADS ? virtualThreads() : cachedPool();
    }

    static Executor cachedPool() {
        AtomicLong number = new AtomicLong();
        ThreadFactory daemons = task -> {
            Thread thread = new Thread(null, task, THREAD_NAME + number.getAndIncrement(), 0, false);
            thread.setDaemon(true);
            return thread;
        };
        return new ThreadPoolExecutor(
                0, Integer.MAX_VALUE, KEEP_ALIVE_SECONDS, TimeUnit.SECONDS, new SynchronousQueue<>(), daemons);
    }

    private static Executor virtualThreads() {
        ThreadFactory factory = virtualThreadFactory();
        return task -> factory.newThread(task).start();
    }

    /**
     * {@code Thread.ofVirtual().name(THREAD_NAME, 0).inheritInheritableThreadLocals(false).factory()}, absent from JDK
     * 17.
     */
    private static ThreadFactory virtualThreadFactory() {
        try {
            MethodHandles.Lookup lookup = MethodHandles.publicLookup();
            Class<?> builder = Class.forName("java.lang.Thread$Builder$OfVirtual");
            MethodHandle ofVirtual = lookup.findStatic(Thread.class, "ofVirtual", MethodType.methodType(builder));
            MethodHandle name =
                    lookup.findVirtual(builder, "name", MethodType.methodType(builder, String.class, long.class));
            MethodHandle inherit = lookup.findVirtual(
                    builder, "inheritInheritableThreadLocals", MethodType.methodType(builder, boolean.class));
            MethodHandle factory = lookup.findVirtual(builder, "factory", MethodType.methodType(ThreadFactory.class));
            Object named = inherit.invoke(name.invoke(ofVirtual.invoke(), THREAD_NAME, 0L), false);
            return (ThreadFactory) factory.invoke(named);
        } catch (Throwable e) {
            throw new LinkageError("this JDK says it has virtual threads, but not how to make them", e);
        }
    }
}
