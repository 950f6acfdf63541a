package dev.sallyport;

/** What happens to a {@link RawSecureSocket}. */
public enum RawSocketEvent {
    /** Decrypted data can be read. Raised again, after the handler has returned, while there is more. */
    READ,
    /**
     * There is room to write. Raised once each time it is asked for by
     * {@link RawSecureSocket#writeEventsEnabled(boolean) writeEventsEnabled(true)}.
     */
    WRITE,
    /** The peer will send no more, and all it sent has been read. Once; no {@link #READ} comes after it. */
    READ_CLOSED,
    /** The connection is gone, normally or not. Once, and last. */
    CLOSED
}
