package dev.sallyport.internal.handshake;

/** Where a handshake stands. Written by its host's admission, with the lock held. */
enum Place {
    /** Not here: on its way in, or gone. */
    NONE,
    /** Gives its descriptor back, for others to have it. */
    EVICTED,
    /** Has not sent a whole ClientHello. */
    SILENT,
    /** Its context is being chosen, perhaps by code of the user. */
    CHOOSING,
    /** Has not begun: waits for room. */
    WAITING,
    /** Its cryptography runs, or is about to. */
    WORKING,
    /** Has begun, and waits for its peer. */
    STALLED,
    /** Has begun, and waits for code of the user. */
    ASKING,
    /** Has begun, can go on, and waits for room. */
    READY
}
