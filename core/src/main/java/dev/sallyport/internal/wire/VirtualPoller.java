package dev.sallyport.internal.wire;

import dev.sallyport.internal.task.VirtualThreads;
import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.IoRegistration;
import io.netty.util.concurrent.ThreadAwareExecutor;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

/**
 * Polls for connections whose readers are virtual threads. A platform thread that polls wakes such a reader by way of
 * another thread of the system each time; a virtual thread that polls shares a carrier with its readers. But a virtual
 * thread must not block in a poll, and does not run while others keep all carriers. So the one poller is passed between
 * two threads: the virtual one polls without blocking while there is something, and gives way to its readers after each
 * round; after a few rounds that brought nothing the platform thread takes over and blocks, until there is something again.
 * It also takes over when the virtual one has not had its turn for a while.
 */
final class VirtualPoller implements Poller, ThreadAwareExecutor {
    /** Whose turn it is: nobody polls while it is FREE, and either may take it. */
    private enum Turn {
        FREE,
        VIRTUAL,
        PLATFORM,
        /** Both threads end. */
        OVER
    }

    private static final int EMPTY_ROUNDS = 2; // more would keep a carrier busy for nothing

    /** How long the virtual thread may be kept from polling by others. */
    private static final long PATIENCE_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    private final IoHandlerContext now = new Context(false);
    private final IoHandlerContext block = new Context(true);
    private final ConcurrentLinkedQueue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final AtomicReference<Turn> turn = new AtomicReference<>(Turn.PLATFORM);
    private final IoHandler handler;
    private final Thread virtual;
    private final Thread platform;
    private final AtomicInteger rounds = new AtomicInteger(); // of the virtual thread
    private boolean ending; // polling thread only

    private VirtualPoller(IoHandlerFactory handlers, String name) {
        handler = handlers.newHandler(this);
        virtual = VirtualThreads.factory(name + "-virtual-").newThread(this::pollNow);
        platform = new Thread(null, this::pollBlocking, name, 0, false);
        platform.setDaemon(true); // the loops keep the program up
    }

    /** {@return a new one, whose threads run until {@link #shutDown}} */
    static VirtualPoller start(IoHandlerFactory handlers, String name) {
        VirtualPoller poller = new VirtualPoller(handlers, name);
        poller.platform.start();
        poller.virtual.start();
        return poller;
    }

    @Override
    public boolean hasEnded() {
        return turn.get() == Turn.OVER;
    }

    @Override
    public boolean inLoop() {
        return isExecutorThread(Thread.currentThread());
    }

    @Override
    public boolean isExecutorThread(Thread thread) {
        return switch (turn.get()) {
            case VIRTUAL -> thread == virtual;
            case PLATFORM, OVER -> thread == platform;
            case FREE -> false;
        };
    }

    @Override
    public void execute(Runnable task) {
        tasks.add(task);
        handler.wakeup();
    }

    @Override
    public IoRegistration register(IoHandle handle) throws IOException {
        try {
            return handler.register(handle);
        } catch (IOException | RuntimeException failure) {
            throw failure;
        } catch (Exception failure) {
            throw new IOException("the poller refused a socket", failure);
        }
    }

    /** Ends both threads, and gives back what the poller holds of the system. Nothing may be registered any more. */
    void shutDown() {
        execute(() -> ending = true);
    }

    // ---- the virtual thread

    @SuppressWarnings("ThreadPriorityCheck") // yielding hands the carrier to the readers that were woken
    private void pollNow() {
        int empty = 0;
        while (takeTurn()) {
            int handled = round(now);
            rounds.incrementAndGet();
            if (ending) {
                give(Turn.PLATFORM, platform);
                return;
            }
            empty = handled > 0 ? 0 : empty + 1;
            if (empty < EMPTY_ROUNDS) {
                turn.set(Turn.FREE);
                Thread.yield();
            } else {
                empty = 0;
                give(Turn.PLATFORM, platform);
            }
        }
    }

    /** Waits until it is nobody's turn, and takes it; returns false when there are no more. */
    private boolean takeTurn() {
        while (!turn.compareAndSet(Turn.FREE, Turn.VIRTUAL)) {
            if (turn.get() == Turn.OVER) {
                return false;
            }
            LockSupport.park(this);
        }
        return true;
    }

    // ---- the platform thread

    private void pollBlocking() {
        handler.initialize();
        for (; ; ) {
            if (!ending) {
                round(block);
            }
            if (ending) {
                give(Turn.OVER, virtual);
                handler.prepareToDestroy();
                handler.destroy();
                return;
            }
            give(Turn.FREE, virtual);
            awaitTurn();
        }
    }

    /** Until the virtual thread hands over, or has done nothing for a while. */
    private void awaitTurn() {
        int seen = rounds.get();
        while (turn.get() != Turn.PLATFORM) {
            LockSupport.parkNanos(this, PATIENCE_NANOS);
            int current = rounds.get();
            if (current == seen && turn.compareAndSet(Turn.FREE, Turn.PLATFORM)) {
                return;
            }
            seen = current;
        }
    }

    // ---- both

    private void give(Turn next, Thread to) {
        turn.set(next);
        LockSupport.unpark(to);
    }

    /** {@return how many events and tasks there were} */
    private int round(IoHandlerContext context) {
        int handled = 0;
        try {
            handled = handler.run(context);
        } catch (Throwable failure) {
            Loop.LOG.log(Level.ERROR, "a round of a poller failed", failure);
        }
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            handled++;
            try {
                task.run();
            } catch (Throwable failure) {
                Loop.LOG.log(Level.ERROR, "a task of a poller failed", failure);
            }
        }
        return handled;
    }

    private final class Context implements IoHandlerContext {
        private final boolean blocking;

        Context(boolean blocking) {
            this.blocking = blocking;
        }

        @Override
        public boolean canBlock() {
            return blocking && tasks.isEmpty();
        }

        @Override
        public long delayNanos(long currentTimeNanos) {
            return 0;
        }

        /** There are no timers here. */
        @Override
        public long deadlineNanos() {
            return -1;
        }
    }
}
