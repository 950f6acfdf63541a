package dev.sallyport.cli;

/** Which layer of the library the handler is written on. */
enum Layer {
    /** Streams, a thread for each connection. */
    BLOCKING,
    /** Futures and publishers. */
    ASYNC,
    /** Events and calls that never block. */
    RAW
}
