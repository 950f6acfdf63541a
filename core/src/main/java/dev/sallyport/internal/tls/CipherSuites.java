package dev.sallyport.internal.tls;

import dev.sallyport.TlsVersion;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLException;

/**
 * The cipher suites that exist here, by their IANA names, which are the JDK's too: authenticated encryption with forward
 * secrecy, nothing else. All are on by default, in this order of preference.
 */
public final class CipherSuites {
    private static final List<String> TLS_1_3 =
            List.of("TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256");

    /** The suites of one strength side by side: which of the two serves, the server's key decides. */
    private static final List<String> TLS_1_2 = List.of(
            "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
            "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
            "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
            "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
            "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
            "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256");

    private CipherSuites() {}

    /** {@return the suites of TLS 1.3 (RFC 8446 section B.4)} */
    public static List<String> tls13() {
        return TLS_1_3;
    }

    /** {@return the suites of TLS 1.2 (RFC 5289 and RFC 7905)} */
    public static List<String> tls12() {
        return TLS_1_2;
    }

    /** {@return all of them} */
    static List<String> known() {
        List<String> known = new ArrayList<>(TLS_1_3);
        known.addAll(TLS_1_2);
        return List.copyOf(known);
    }

    /**
     * {@return the suites to enable for this material: what it names, in its order, or the defaults of its versions}
     *
     * @throws SSLException when it names one that does not exist here, or none for a version it allows: that version
     *     would never be negotiated, which nobody would notice
     */
    public static List<String> chosen(TlsConfig material) throws SSLException {
        boolean speaks12 = material.minimumVersion() == TlsVersion.TLS_1_2;
        boolean speaks13 = material.maximumVersion() == TlsVersion.TLS_1_3;
        List<String> named = material.cipherSuites();
        if (named.isEmpty()) {
            List<String> defaults = new ArrayList<>(speaks13 ? TLS_1_3 : List.of());
            defaults.addAll(speaks12 ? TLS_1_2 : List.of());
            return List.copyOf(defaults);
        }
        for (String name : named) {
            if (!TLS_1_3.contains(name) && !TLS_1_2.contains(name)) {
                throw new SSLException("cipherSuites: unknown suite " + name + " (known: " + text(known()) + ")");
            }
        }
        if (speaks13 && named.stream().noneMatch(TLS_1_3::contains)) {
            throw new SSLException("cipherSuites: names no suite for TLS 1.3 (add one of " + text(TLS_1_3)
                    + ", or set maximumTlsVersion to TLS 1.2)");
        }
        if (speaks12 && named.stream().noneMatch(TLS_1_2::contains)) {
            throw new SSLException("cipherSuites: names no suite for TLS 1.2 (add one of " + text(TLS_1_2)
                    + ", or set minimumTlsVersion to TLS 1.3)");
        }
        return named;
    }

    private static String text(List<String> names) {
        return String.join(", ", names);
    }
}
