package dev.sallyport.internal.wire;

import dev.sallyport.Transport;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.SingleThreadIoEventLoop;
import io.netty.util.concurrent.FastThreadLocalThread;
import io.netty.util.concurrent.RejectedExecutionHandlers;
import java.io.IOException;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The event loops of one transport, shared by the process: as many as processors, begun with the first socket, ended with
 * the last. Their threads are not daemons, so that a program stays up while it serves and ends by itself.
 */
final class LoopGroup {
    /** How long tasks may keep a loop from polling: Netty's own second would be what one busy connection costs the others. */
    private static final long TASKS_QUANTUM_MS = 1;

    private static final ReentrantLock LOCK = new ReentrantLock();
    private static final Map<Transport, LoopGroup> RUNNING = new EnumMap<>(Transport.class);

    private final Transport transport;
    private final Loop[] loops;
    private int next;
    private int users;

    private LoopGroup(Transport transport) throws IOException {
        this.transport = transport;
        this.loops = new Loop[Runtime.getRuntime().availableProcessors()];
        IoHandlerFactory handlers = Transports.handlerFactory(transport);
        String name = "sallyport-" + transport.name().toLowerCase(Locale.ROOT) + "-";
        for (int i = 0; i < loops.length; i++) {
            String threadName = name + i;
            ThreadFactory threads = task -> {
                Thread thread = new FastThreadLocalThread(task, threadName);
                thread.setDaemon(false); // else the one that binds would decide: a virtual thread is a daemon
                return thread;
            };
            try {
                loops[i] = new Loop(
                        this,
                        new SingleThreadIoEventLoop(
                                null,
                                threads,
                                handlers,
                                Integer.MAX_VALUE,
                                RejectedExecutionHandlers.reject(),
                                TASKS_QUANTUM_MS));
            } catch (RuntimeException failure) { // Netty's word for the system's refusal of descriptors
                for (int made = 0; made < i; made++) {
                    loops[made].shutDown();
                }
                Throwable cause = failure.getCause() instanceof IOException refusal ? refusal : failure;
                throw new IOException("cannot start an event loop: " + OsErrors.reason(cause), failure);
            }
        }
    }

    /** {@return the next loop of a transport, in turn; its user gives it back with {@link Loop#release}} */
    static Loop acquire(Transport transport) throws IOException {
        LOCK.lock();
        try {
            LoopGroup group = RUNNING.get(transport);
            if (group == null) {
                group = new LoopGroup(transport);
                RUNNING.put(transport, group);
            }
            return group.take();
        } finally {
            LOCK.unlock();
        }
    }

    /** {@return another loop of this group, which its caller is already using one of} */
    Loop acquire() {
        LOCK.lock();
        try {
            return take();
        } finally {
            LOCK.unlock();
        }
    }

    private Loop take() {
        users++;
        next = (next + 1) % loops.length;
        return loops[next];
    }

    void release() {
        LOCK.lock();
        try {
            if (--users > 0) {
                return;
            }
            RUNNING.remove(transport, this);
        } finally {
            LOCK.unlock();
        }
        for (Loop loop : loops) {
            loop.shutDown();
        }
    }
}
