package dev.sallyport.benchmarks.rival;

/** What a server does with what it receives. */
public enum Work {
    /** Sends it back as it comes. */
    ECHO,
    /** Throws it away. */
    DISCARD
}
