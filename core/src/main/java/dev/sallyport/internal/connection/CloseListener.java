package dev.sallyport.internal.connection;

import org.jspecify.annotations.Nullable;

/** Told once, on the loop thread, when a connection has ended and everything has been given back. */
@FunctionalInterface
public interface CloseListener {
    /** The connection is gone; {@code error} is what ended it early, or null after an orderly close. */
    void closed(@Nullable Throwable error);
}
