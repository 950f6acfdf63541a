package dev.sallyport.internal.tls;

/** Whether a client is asked for a certificate: the three cases behind the two flags of {@code bind}. */
public enum ClientAuth {
    /** Not asked. */
    NONE,
    /** Asked, and may send none. */
    REQUESTED,
    /** Asked, and refused without one. */
    REQUIRED
}
