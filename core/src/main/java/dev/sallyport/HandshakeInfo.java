package dev.sallyport;

import dev.sallyport.internal.options.OptionCheck;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What a finished handshake agreed on; stays valid after the connection is closed. Immutable; any thread. */
public final class HandshakeInfo {
    private final Builder values;

    private HandshakeInfo(Builder values) {
        this.values = values;
    }

    /**
     * {@return a builder, which the test of an observer may want}
     *
     * @param version the protocol version
     * @param cipherSuite the cipher suite's IANA name
     */
    public static Builder builder(TlsVersion version, String cipherSuite) {
        return new Builder(
                OptionCheck.nonNull("builder", "version", version),
                OptionCheck.nonNull("builder", "cipherSuite", cipherSuite));
    }

    /** {@return the protocol version} */
    public TlsVersion version() {
        return values.version;
    }

    /** {@return the cipher suite's IANA name, such as {@code TLS_AES_128_GCM_SHA256}} */
    public String cipherSuite() {
        return values.cipherSuite;
    }

    /**
     * {@return the key exchange group's IANA name, such as {@code X25519MLKEM768}, or null where the provider cannot tell or
     * a resumption did without key exchange}
     */
    public @Nullable String namedGroup() {
        return values.namedGroup;
    }

    /** {@return the ALPN protocol (RFC 7301), or null when none was agreed on} */
    public @Nullable String selectedProtocol() {
        return values.selectedProtocol;
    }

    /** {@return the host name that the client asked for (RFC 6066 section 3), in lower case, or null when it sent none} */
    public @Nullable String serverName() {
        return values.serverName;
    }

    /** {@return whether it continued an earlier session instead of exchanging certificates} */
    public boolean resumed() {
        return values.resumed;
    }

    /** {@return the client's certificates as it sent them, leaf first; empty when it sent none; unmodifiable} */
    public List<X509Certificate> peerCertificateChain() {
        return values.peerCertificateChain;
    }

    /** {@return the time from accepting the connection to the end of the handshake} */
    public Duration duration() {
        return values.duration;
    }

    /** {@return one line for a log; of the client's certificate only the subject} */
    @Override
    public String toString() {
        String peer = peerCertificateChain().isEmpty()
                ? "none"
                : peerCertificateChain().get(0).getSubjectX500Principal().getName();
        return "HandshakeInfo[" + version().protocolName() + ", " + cipherSuite() + ", group " + namedGroup()
                + ", protocol " + selectedProtocol() + ", server name " + serverName()
                + (resumed() ? ", resumed" : ", full") + ", client certificate " + peer + ", "
                + duration().toMillis() + " ms]";
    }

    /** Collects the values of a {@link HandshakeInfo}; what is not set was not agreed on. Not for several threads at a time. */
    public static final class Builder {
        private final TlsVersion version;
        private final String cipherSuite;
        private @Nullable String namedGroup;
        private @Nullable String selectedProtocol;
        private @Nullable String serverName;
        private boolean resumed;
        private List<X509Certificate> peerCertificateChain = List.of();
        private Duration duration = Duration.ZERO;

        private Builder(TlsVersion version, String cipherSuite) {
            this.version = version;
            this.cipherSuite = cipherSuite;
        }

        private Builder(Builder from) {
            this(from.version, from.cipherSuite);
            namedGroup = from.namedGroup;
            selectedProtocol = from.selectedProtocol;
            serverName = from.serverName;
            resumed = from.resumed;
            peerCertificateChain = from.peerCertificateChain;
            duration = from.duration;
        }

        /** Sets {@link HandshakeInfo#namedGroup()}; default null. */
        public Builder namedGroup(@Nullable String name) {
            namedGroup = name;
            return this;
        }

        /** Sets {@link HandshakeInfo#selectedProtocol()}; default null. */
        public Builder selectedProtocol(@Nullable String name) {
            selectedProtocol = name;
            return this;
        }

        /** Sets {@link HandshakeInfo#serverName()}; default null. */
        public Builder serverName(@Nullable String name) {
            serverName = name;
            return this;
        }

        /** Sets {@link HandshakeInfo#resumed()}; default false. */
        public Builder resumed(boolean value) {
            resumed = value;
            return this;
        }

        /** Sets {@link HandshakeInfo#peerCertificateChain()}; default empty; copied. */
        public Builder peerCertificateChain(List<X509Certificate> chain) {
            peerCertificateChain = OptionCheck.copy("chain", chain);
            return this;
        }

        /** Sets {@link HandshakeInfo#duration()}; default zero. */
        public Builder duration(Duration time) {
            duration = Objects.requireNonNull(time, "time");
            return this;
        }

        /** {@return the values so far; this builder may go on to be used} */
        public HandshakeInfo build() {
            return new HandshakeInfo(new Builder(this));
        }
    }
}
