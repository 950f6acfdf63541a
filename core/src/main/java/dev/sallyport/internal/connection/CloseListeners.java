package dev.sallyport.internal.connection;

import org.jspecify.annotations.Nullable;

/** Who is told that a connection has ended: the part of the library that has it, then the user. Any thread. */
final class CloseListeners {
    // guarded by this, a monitor: nothing blocks meanwhile, and a lock would weigh 48 bytes in every connection
    private @Nullable CloseListener library;
    private @Nullable CloseListener user;
    private boolean told;
    private @Nullable Throwable error;

    void library(CloseListener listener) {
        name(listener, () -> library = listener);
    }

    void user(CloseListener listener) {
        name(listener, () -> user = listener);
    }

    private void name(CloseListener listener, Runnable naming) {
        synchronized (this) {
            naming.run();
            if (!told) {
                return;
            }
        }
        listener.closed(error);
    }

    /** Tells both. Once, on the loop thread, with no lock held. */
    void tell(@Nullable Throwable endedBy) {
        CloseListener first;
        CloseListener second;
        synchronized (this) {
            told = true;
            error = endedBy;
            first = library;
            second = user;
        }
        if (first != null) {
            first.closed(endedBy);
        }
        if (second != null) {
            second.closed(endedBy);
        }
    }
}
