package dev.sallyport;

/** A version of TLS that can be negotiated. Nothing older than 1.2 exists here (RFC 8996). */
public enum TlsVersion {
    /** RFC 5246. */
    TLS_1_2("TLSv1.2"),
    /** RFC 8446. */
    TLS_1_3("TLSv1.3");

    private final String protocolName;

    TlsVersion(String protocolName) {
        this.protocolName = protocolName;
    }

    /** {@return the name the JDK uses for this version: {@code TLSv1.2} or {@code TLSv1.3}} */
    public String protocolName() {
        return protocolName;
    }
}
