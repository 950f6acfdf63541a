package dev.sallyport.internal.wire;

import java.io.IOException;

/**
 * The system has no descriptor for one more socket, or no memory for one. It passes when others are closed; the connection
 * that was to be accepted still waits in the kernel's queue, and no new event will tell of it.
 */
public final class OutOfDescriptorsException extends IOException {
    private static final long serialVersionUID = 1;

    /** Says who could not get one. */
    public OutOfDescriptorsException(String message, Throwable cause) {
        super(message, cause);
    }
}
