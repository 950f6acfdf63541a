package dev.sallyport.cli.handler;

import dev.sallyport.SecureSocket;

/** Serves connections through futures and publishers. No method may block: it runs on an event loop. */
public interface AsyncHandler {
    /** Starts serving {@code socket}, which this handler has to close. */
    void start(SecureSocket socket);
}
