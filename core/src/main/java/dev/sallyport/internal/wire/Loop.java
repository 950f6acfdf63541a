package dev.sallyport.internal.wire;

import io.netty.channel.IoEventLoop;
import io.netty.channel.IoHandle;
import io.netty.channel.IoRegistration;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/** One event loop: a thread that polls sockets and runs tasks and timers in order. Any thread may call. */
public final class Loop implements Poller {
    static final System.Logger LOG = System.getLogger("dev.sallyport");

    private final LoopGroup group;
    private final IoEventLoop loop;

    Loop(LoopGroup group, IoEventLoop loop) {
        this.group = group;
        this.loop = loop;
    }

    @Override
    public boolean inLoop() {
        return loop.inEventLoop();
    }

    @Override
    public boolean hasEnded() {
        return loop.isShutdown();
    }

    /**
     * Runs a task on the loop thread, after the tasks before it.
     *
     * @throws RejectedExecutionException when the loop has ended, as it does soon after the last wire of
     *     its transport was released; from the loop thread itself, and while a wire is not released, that cannot be
     */
    @Override
    public void execute(Runnable task) {
        loop.execute(task);
    }

    /** As {@link #execute}; returns false, and does nothing, when the loop has ended. */
    public boolean executeUnlessEnded(Runnable task) {
        try {
            execute(task);
            return true;
        } catch (RejectedExecutionException ended) {
            return false;
        }
    }

    /** Runs a task now on the loop thread, else as {@link #executeUnlessEnded}. */
    public boolean runUnlessEnded(Runnable task) {
        if (inLoop()) {
            task.run();
            return true;
        }
        return executeUnlessEnded(task);
    }

    /** Runs a task on the loop thread after a delay, unless the future is cancelled first. */
    public Future<?> schedule(Runnable task, Duration delay) {
        return loop.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** {@return the group this loop is one of} */
    LoopGroup group() {
        return group;
    }

    /** Ends the use that {@link LoopGroup#acquire} began. */
    void release() {
        group.release();
    }

    @Override
    public IoRegistration register(IoHandle handle) throws IOException {
        io.netty.util.concurrent.Future<IoRegistration> registered = loop.register(handle);
        if (!registered.isSuccess()) {
            throw new IOException("the event loop refused a socket", registered.cause());
        }
        return registered.getNow();
    }

    void shutDown() {
        var unused = loop.shutdownGracefully(0, 0, TimeUnit.NANOSECONDS); // nobody waits for the end of a thread
    }
}
