package dev.sallyport.internal.handshake;

import dev.sallyport.internal.task.NeverBlocks;
import dev.sallyport.internal.wire.Loop;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Where the cryptography of handshakes is done: threads of their own, one a processor, so that established connections do
 * not wait for it on their loops. They end when nothing has been asked of them for a second. With one processor there is
 * nothing to gain by a second thread, and the loop does the work itself.
 */
final class HandshakeWorkers {
    private static final int PROCESSORS = Runtime.getRuntime().availableProcessors();
    private static final AtomicInteger NAMES = new AtomicInteger();
    private static final ThreadPoolExecutor POOL = pool();

    private HandshakeWorkers() {}

    private static ThreadPoolExecutor pool() {
        ThreadPoolExecutor pool = new ThreadPoolExecutor(
                PROCESSORS, PROCESSORS, 1, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
                    Thread thread = new Worker(task, "sallyport-handshake-" + NAMES.getAndIncrement());
                    thread.setDaemon(true); // the loops keep the program up
                    return thread;
                });
        pool.allowCoreThreadTimeOut(true);
        return pool;
    }

    private static final class Worker extends Thread implements NeverBlocks {
        Worker(Runnable task, String name) {
            super(task, name);
        }
    }

    static void execute(Loop loop, Runnable step) {
        if (PROCESSORS == 1) {
            loop.execute(step); // not now: the caller may hold locks
        } else {
            try {
                POOL.execute(step);
            } catch (Throwable noThread) { // the system has none to give: a slow loop is better than a lost handshake
                loop.execute(step);
            }
        }
    }
}
