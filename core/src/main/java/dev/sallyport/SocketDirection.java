package dev.sallyport;

/** A direction of a connection, seen from this side; see {@link RawSecureSocket#shutdown}. */
public enum SocketDirection {
    /** From the peer to us. */
    RECEIVE,
    /** From us to the peer. */
    SEND,
    /** Both. */
    BOTH
}
