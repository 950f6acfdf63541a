package dev.sallyport.internal.wire;

import dev.sallyport.internal.task.FaultLog;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * Tells of code that holds a loop for more than a second, once each time. It looks at the loops' threads once a second, on the
 * JDK's timer thread, and gives a task only to those that it does not find waiting for events: so an idle loop is not woken.
 */
final class LoopWatch {
    private static final long PERIOD_MILLIS = 1_000;
    private static final int FRAMES = 3;
    private static final Set<String> POLLING = Set.of(
            "io.netty.channel.epoll.Native", "io.netty.channel.kqueue.Native", "sun.nio.ch.EPoll", "sun.nio.ch.KQueue");

    private final List<Watched> loops;
    private volatile boolean ended;

    /** One loop; all but {@code answered} is the timer's. */
    private static final class Watched {
        final Loop loop;
        final Thread thread;
        boolean asked;
        boolean told;
        volatile boolean answered;

        Watched(Loop loop, Thread thread) {
            this.loop = loop;
            this.thread = thread;
        }
    }

    private LoopWatch(List<Watched> loops) {
        this.loops = loops;
    }

    /** Begins to look at loops, each with the thread at the same index. */
    static LoopWatch start(List<Loop> loops, List<Thread> threads) {
        List<Watched> watched = new ArrayList<>();
        for (int i = 0; i < loops.size(); i++) {
            watched.add(new Watched(loops.get(i), threads.get(i)));
        }
        LoopWatch watch = new LoopWatch(List.copyOf(watched));
        watch.lookLater();
        return watch;
    }

    /** Looks no more. */
    void end() {
        ended = true;
    }

    private void lookLater() {
        CompletableFuture.delayedExecutor(PERIOD_MILLIS, TimeUnit.MILLISECONDS, Runnable::run)
                .execute(this::look);
    }

    private void look() {
        if (!ended) {
            loops.forEach(LoopWatch::lookAt);
            lookLater();
        }
    }

    private static void lookAt(Watched one) {
        StackTraceElement[] stack = one.thread.getStackTrace();
        if (one.asked && !one.answered) {
            if (!one.told && stack.length > 0) {
                one.told = true;
                Throwable held = new Throwable("what " + one.thread.getName() + " is doing");
                held.setStackTrace(stack);
                FaultLog.LOOPS.warn(
                        one.thread.getName() + " is held for more than a second, and with it all its connections: what "
                                + "blocks, or takes long, must not run on an event loop (BindOptions.executor)",
                        held);
            }
            return;
        }
        one.told = false;
        one.asked = stack.length > 0 && !polls(stack);
        if (one.asked) {
            one.answered = false;
            try {
                one.loop.execute(() -> one.answered = true);
            } catch (RejectedExecutionException ended) {
                one.asked = false;
            }
        }
    }

    private static boolean polls(StackTraceElement[] stack) {
        for (int i = 0; i < Math.min(FRAMES, stack.length); i++) {
            if (POLLING.contains(stack[i].getClassName())) {
                return true;
            }
        }
        return false;
    }
}
