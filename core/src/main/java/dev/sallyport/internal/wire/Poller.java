package dev.sallyport.internal.wire;

import dev.sallyport.internal.task.EventLoop;
import io.netty.channel.IoHandle;
import io.netty.channel.IoRegistration;
import java.io.IOException;

/** Tells the readiness of what is registered with it, and runs tasks in order, on one thread at a time. */
interface Poller extends EventLoop {
    /** {@return whether the caller is the thread that polls now} */
    @Override
    boolean inLoop();

    /** {@return the registration of a handle} On the polling thread only, where the answer is there at once. */
    IoRegistration register(IoHandle handle) throws IOException;

    /** Runs a task on the polling thread: now when the caller is that thread, else after the tasks before it. */
    default void run(Runnable task) {
        if (inLoop()) {
            task.run();
        } else {
            execute(task);
        }
    }
}
