package dev.sallyport.internal.wire;

import dev.sallyport.Transport;
import dev.sallyport.internal.task.NeverBlocks;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.SingleThreadIoEventLoop;
import io.netty.util.concurrent.FastThreadLocalThread;
import io.netty.util.concurrent.RejectedExecutionHandlers;
import java.io.IOException;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The event loops of one transport, shared by the process: as many as processors, begun with the first socket, ended with
 * the last. Their threads are not daemons, so that a program stays up while it serves and ends by itself.
 */
final class LoopGroup {
    /** How long tasks may keep a loop from polling: Netty's own second would be what one busy connection costs the others. */
    private static final long TASKS_QUANTUM_MS = 1;

    /** Carriers of virtual threads are as many as processors. */
    private static final int CARRIERS_A_POLLER = 4;

    private static final ReentrantLock LOCK = new ReentrantLock();
    private static final Map<Transport, LoopGroup> RUNNING = new EnumMap<>(Transport.class);

    private final Transport transport;
    private final Loop[] loops;
    private final IoHandlerFactory handlers;
    private final LoopWatch watch;
    private final @Nullable VirtualPoller[] virtualPollers; // made when first asked for
    private int nextVirtual;
    private int next;
    private int users;

    private LoopGroup(Transport transport) throws IOException {
        this.transport = transport;
        this.loops = new Loop[Runtime.getRuntime().availableProcessors()];
        this.virtualPollers = new VirtualPoller[(loops.length + CARRIERS_A_POLLER - 1) / CARRIERS_A_POLLER];
        this.handlers = Transports.handlerFactory(transport);
        String name = name(transport);
        List<Thread> started = new CopyOnWriteArrayList<>();
        for (int i = 0; i < loops.length; i++) {
            String threadName = name + i;
            ThreadFactory threads = task -> {
                Thread thread = new LoopThread(task, threadName);
                started.add(thread);
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
                loops[i].execute(() -> {}); // its thread begins now, when a system that has none can still be told of
            } catch (RuntimeException
                    | OutOfMemoryError failure) { // Netty's word for no descriptors, the JDK's for no thread
                for (int made = 0; made <= i; made++) {
                    if (loops[made] != null) {
                        loops[made].shutDown();
                    }
                }
                Throwable cause = failure.getCause() instanceof IOException refusal ? refusal : failure;
                throw new IOException("cannot start an event loop: " + OsErrors.reason(cause), failure);
            }
        }
        this.watch = LoopWatch.start(List.of(loops), started);
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

    /** {@return a poller for virtual threads, which lives as long as the group} For a user of one of its loops. */
    VirtualPoller virtualPoller() {
        LOCK.lock();
        try {
            int i = nextVirtual;
            nextVirtual = (i + 1) % virtualPollers.length;
            VirtualPoller poller = virtualPollers[i];
            if (poller == null) {
                poller = VirtualPoller.start(handlers, name(transport) + "virtual-" + i);
                virtualPollers[i] = poller;
            }
            return poller;
        } finally {
            LOCK.unlock();
        }
    }

    private static final class LoopThread extends FastThreadLocalThread implements NeverBlocks {
        LoopThread(Runnable task, String name) {
            super(task, name);
        }
    }

    private static String name(Transport transport) {
        return "sallyport-" + transport.name().toLowerCase(Locale.ROOT) + "-";
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
        watch.end();
        for (VirtualPoller poller : virtualPollers) {
            if (poller != null) {
                poller.shutDown();
            }
        }
        for (Loop loop : loops) {
            loop.shutDown();
        }
    }
}
