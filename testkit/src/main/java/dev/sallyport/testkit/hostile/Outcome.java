package dev.sallyport.testkit.hostile;

/**
 * What becomes of a connection, as a server reports it. A handshake that fails has the name of the server's reason, an
 * established connection is told apart by how it ends.
 */
public enum Outcome {
    /** Refused: the first bytes are no TLS. */
    PEER_NOT_TLS,
    /** Refused: no version in common. */
    PEER_NO_COMMON_VERSION,
    /** Refused: no suite, group or signature algorithm in common. */
    PEER_NO_COMMON_CIPHER_SUITE,
    /** Refused: a certificate is required and none was sent. */
    PEER_NO_CERTIFICATE,
    /** Refused: the certificate is malformed, expired, not for this, or not the client's own. */
    PEER_BAD_CERTIFICATE,
    /** Refused: the certificate leads to nobody who is trusted. */
    PEER_UNTRUSTED_CERTIFICATE,
    /** Refused: the client sent an alert. */
    PEER_REJECTED_US,
    /** Refused: the client broke the protocol. */
    PEER_MISBEHAVED,
    /** Refused: the client left. */
    PEER_GONE,
    /** Established, and ended in order. */
    ENDED_IN_ORDER,
    /** Established, and ended by FIN without close_notify. */
    TRUNCATED,
    /** Established, and ended by the client's reset. */
    RESET,
    /** Established, and ended by the server because the client broke the protocol, or said that it gives up. */
    BROKEN_OFF
}
