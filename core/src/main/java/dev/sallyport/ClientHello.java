package dev.sallyport;

import java.net.SocketAddress;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a client said of itself in its first message (RFC 8446 section 4.1.2), before any cryptography. All of it is the
 * client's claim, and none of it is protected yet.
 *
 * @param serverName the host name it wants (RFC 6066 section 3), in lower case, or null when it sent none
 * @param protocols the ALPN protocols it offers (RFC 7301), in its order; empty when it sent none
 * @param versions the protocol versions it offers, as numbers on the wire ({@code 0x0304} is TLS 1.3), in its order
 * @param cipherSuites the cipher suites it offers, as numbers on the wire, in its order
 * @param remoteAddress where it connects from
 */
public record ClientHello(
        @Nullable String serverName,
        List<String> protocols,
        List<Integer> versions,
        List<Integer> cipherSuites,
        SocketAddress remoteAddress) {
    // JDK 17's doclint wants the components described a second time
    /**
     * Keeps copies of the lists.
     *
     * @param serverName the host name it wants, or null
     * @param protocols the ALPN protocols it offers
     * @param versions the protocol versions it offers
     * @param cipherSuites the cipher suites it offers
     * @param remoteAddress where it connects from
     */
    public ClientHello {
        protocols = OptionCheck.copy("protocols", protocols);
        versions = OptionCheck.copy("versions", versions);
        cipherSuites = OptionCheck.copy("cipherSuites", cipherSuites);
        Objects.requireNonNull(remoteAddress, "remoteAddress");
    }
}
