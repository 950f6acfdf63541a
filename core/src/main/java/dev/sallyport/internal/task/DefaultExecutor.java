package dev.sallyport.internal.task;

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
    private static final long KEEP_ALIVE_SECONDS = 2;

    private DefaultExecutor() {}

    /** {@return the executor; made when first asked for} */
    public static Executor instance() {
        return Holder.INSTANCE;
    }

    private static final class Holder {
        static final Executor INSTANCE = VirtualThreads.exist() ? virtualThreads() : cachedPool();
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
        ThreadFactory factory = VirtualThreads.factory(THREAD_NAME);
        return task -> factory.newThread(task).start();
    }
}
