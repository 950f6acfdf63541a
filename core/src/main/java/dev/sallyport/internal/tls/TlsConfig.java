package dev.sallyport.internal.tls;

import dev.sallyport.ClientCertificateCheck;
import dev.sallyport.TlsProvider;
import dev.sallyport.TlsVersion;
import dev.sallyport.internal.keys.Identity;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * All that decides how a handshake under one context goes: Java values only, immutable.
 *
 * @param identities keys with their chains, at most one a key type; empty when only names have identities
 * @param trusted the certificates that client certificates must lead to
 * @param clientAuthorities the certificates whose subjects are advertised to clients
 * @param revocation how revoked client certificates are found out, or null
 * @param check asked after the path was validated, or null
 * @param verifier asked instead of validating the path, or null
 * @param minimumVersion the oldest version spoken
 * @param maximumVersion the newest version spoken
 * @param cipherSuites IANA names in order of preference; empty for the defaults
 * @param namedGroups group names in order of preference; empty for the defaults
 * @param protocols ALPN protocols in order of preference; empty for none
 * @param provider the implementation asked for
 * @param keyLog receives lines in the format of SSLKEYLOGFILE, or null
 * @param keyingMaterialExport whether connections keep what key material is derived from
 */
public record TlsConfig(
        List<Identity> identities,
        List<X509Certificate> trusted,
        List<X509Certificate> clientAuthorities,
        @Nullable RevocationPolicy revocation,
        @Nullable ClientCertificateCheck check,
        @Nullable ClientCertificateCheck verifier,
        TlsVersion minimumVersion,
        TlsVersion maximumVersion,
        List<String> cipherSuites,
        List<String> namedGroups,
        List<String> protocols,
        TlsProvider provider,
        @Nullable Consumer<String> keyLog,
        boolean keyingMaterialExport) {
    /** Keeps copies of the lists. */
    public TlsConfig {
        identities = List.copyOf(identities);
        trusted = List.copyOf(trusted);
        clientAuthorities = List.copyOf(clientAuthorities);
        cipherSuites = List.copyOf(cipherSuites);
        namedGroups = List.copyOf(namedGroups);
        protocols = List.copyOf(protocols);
    }

    /** {@return whether validating a client's certificate may block, or runs code of the user} */
    public boolean validationMayBlock() {
        return check != null || verifier != null || (revocation != null && revocation.ocsp());
    }

    /** {@return whether anything could validate a client's certificate} */
    public boolean trustsClients() {
        return !trusted.isEmpty() || verifier != null;
    }
}
