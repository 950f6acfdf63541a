package dev.sallyport.internal.hello;

/** The fatal alerts that are not left to a TLS library, or not always (RFC 8446 section 6). */
public enum Alert {
    /** A message, or a record, that has no place there. */
    UNEXPECTED_MESSAGE(10),
    /** A record of more than 2^14 bytes. */
    RECORD_OVERFLOW(22),
    /** A certificate that cannot be used. */
    BAD_CERTIFICATE(42),
    /** A field that is well formed and must not have this value. */
    ILLEGAL_PARAMETER(47),
    /** Lengths that contradict each other or their bounds. */
    DECODE_ERROR(50),
    /** A signature, or a Finished, that is wrong. */
    DECRYPT_ERROR(51),
    /** A version that nobody should speak any more. */
    PROTOCOL_VERSION(70),
    /** Our fault. */
    INTERNAL_ERROR(80),
    /** Nobody here has that name. */
    UNRECOGNIZED_NAME(112),
    /** No protocol in common. */
    NO_APPLICATION_PROTOCOL(120);

    private final int number;

    Alert(int number) {
        this.number = number;
    }

    /** {@return its number on the wire} */
    public int number() {
        return number;
    }

    /** {@return a record that holds it} */
    public byte[] record() {
        return new byte[] {21, 3, 3, 0, 2, 2, (byte) number};
    }
}
