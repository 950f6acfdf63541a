package dev.sallyport.internal.task;

/** A thread of the library on which nothing may wait, because other connections would wait with it. */
public interface NeverBlocks {
    /** {@return whether the caller is such a thread} */
    static boolean isCurrent() {
        return Thread.currentThread() instanceof NeverBlocks;
    }

    /** {@return what to throw instead of waiting on such a thread; {@code call} is what would wait} */
    static IllegalStateException refusal(String call) {
        return new IllegalStateException(
                call + " would wait on " + Thread.currentThread().getName()
                        + ", and with it all other connections of that thread: use the calls that do not wait (readAsync, "
                        + "writeAsync, acceptAsync, RawSecureSocket), or an executor with threads of its own "
                        + "(BindOptions.executor)");
    }
}
