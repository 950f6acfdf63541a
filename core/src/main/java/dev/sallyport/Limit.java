package dev.sallyport;

/** A bound of a server that can be reached while it runs. More may be added: handle the unknown. */
public enum Limit {
    /** {@link BindOptions#maxConnections()}; accepting pauses until one closes. */
    MAX_CONNECTIONS,
    /**
     * {@link BindOptions#maxPendingHandshakes()}; the handshake that has waited longest for its client is dropped for the
     * next, once it has had a second; where none waits for its client, the next one waits.
     */
    MAX_PENDING_HANDSHAKES,
    /**
     * {@link BindOptions#maxSilentConnections()}; the connection that has been silent longest is dropped for the next.
     */
    MAX_SILENT_CONNECTIONS,
    /** {@link BindOptions#acceptQueue()}; accepting pauses until a waiting connection is taken. */
    ACCEPT_QUEUE,
    /**
     * The descriptors that the system grants this process; accepting pauses, and is tried again shortly after; some
     * connections that are silent, or have left their handshake unfinished, are dropped.
     */
    DESCRIPTORS,
    /** {@link BindOptions#executor()} refused a task; the connection it was for is closed. */
    EXECUTOR
}
