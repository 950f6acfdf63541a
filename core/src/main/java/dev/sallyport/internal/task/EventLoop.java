package dev.sallyport.internal.task;

import java.util.concurrent.Executor;

/** Runs tasks in order on one thread, which is busy with other things, too, and must not be kept waiting. */
public interface EventLoop extends Executor {
    /** {@return whether the caller is that thread} */
    boolean inLoop();

    /** {@return whether it may have stopped running tasks, also such as {@link #execute} has taken} Never false again. */
    boolean hasEnded();
}
