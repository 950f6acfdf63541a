package dev.sallyport;

import dev.sallyport.internal.keys.ContextSource;
import dev.sallyport.internal.keys.Identity;
import dev.sallyport.internal.tls.TlsConfig;
import dev.sallyport.internal.tls.context.TlsParameters;
import java.io.IOException;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link SecurityContext} is made from, so that it can be made again from the same files. A builder changes its
 * own; that of a context is changed by nobody.
 */
final class ContextSpec {
    final List<ContextSource<Identity>> identities = new ArrayList<>();
    final List<ContextSource<X509Certificate>> trusted = new ArrayList<>();
    final List<ContextSource<X509Certificate>> clientAuthorities = new ArrayList<>();
    final Map<String, SecurityContext> names = new LinkedHashMap<>();

    @Nullable ContextSelector selector;

    @Nullable Revocation revocation;

    @Nullable ClientCertificateCheck check;

    @Nullable ClientCertificateCheck verifier;

    TlsVersion minimumVersion = TlsVersion.TLS_1_2;
    TlsVersion maximumVersion = TlsVersion.TLS_1_3;
    List<String> cipherSuites = List.of();
    List<String> namedGroups = List.of();
    List<String> protocols = List.of();
    TlsProvider provider = TlsProvider.AUTO;

    @Nullable Consumer<String> keyLog;

    boolean keyingMaterialExport;

    ContextSpec() {}

    ContextSpec(ContextSpec from) {
        identities.addAll(from.identities);
        trusted.addAll(from.trusted);
        clientAuthorities.addAll(from.clientAuthorities);
        names.putAll(from.names);
        selector = from.selector;
        revocation = from.revocation;
        check = from.check;
        verifier = from.verifier;
        minimumVersion = from.minimumVersion;
        maximumVersion = from.maximumVersion;
        cipherSuites = from.cipherSuites;
        namedGroups = from.namedGroups;
        protocols = from.protocols;
        provider = from.provider;
        keyLog = from.keyLog;
        keyingMaterialExport = from.keyingMaterialExport;
    }

    /** {@return the files that {@link #material} reads} */
    List<Path> files() {
        List<ContextSource<?>> sources = new ArrayList<>(identities);
        sources.addAll(trusted);
        sources.addAll(clientAuthorities);
        if (revocation != null) {
            sources.addAll(revocation.sources());
        }
        return sources.stream()
                .flatMap(source -> source.files().stream())
                .distinct()
                .toList();
    }

    /** Reads everything that must be read. */
    TlsConfig material() throws IOException {
        requireNoContradiction();
        List<X509Certificate> trustedNow = readCertificates(trusted);
        List<Identity> identitiesNow = readIdentities();
        requireUsableSuites(identitiesNow);
        return new TlsConfig(
                identitiesNow,
                trustedNow,
                clientAuthorities.isEmpty() ? trustedNow : readCertificates(clientAuthorities),
                revocation == null ? null : revocation.policy(),
                check,
                verifier,
                minimumVersion,
                maximumVersion,
                cipherSuites,
                namedGroups,
                protocols,
                provider,
                keyLog,
                keyingMaterialExport);
    }

    private void requireNoContradiction() {
        if (minimumVersion.compareTo(maximumVersion) > 0) {
            throw new IllegalArgumentException("minimumTlsVersion(" + minimumVersion + ") with maximumTlsVersion("
                    + maximumVersion + "): no version is left; raise the maximum or lower the minimum");
        }
        for (TlsVersion version : TlsVersion.values()) {
            boolean spoken = version.compareTo(minimumVersion) >= 0 && version.compareTo(maximumVersion) <= 0;
            if (spoken && !TlsParameters.serve(cipherSuites, version)) {
                throw new IllegalArgumentException("cipherSuites(" + cipherSuites + "): none is for " + version
                        + "; add one, or leave the version out with "
                        + (version == TlsVersion.TLS_1_3 ? "maximumTlsVersion" : "minimumTlsVersion"));
            }
        }
        if (minimumVersion == TlsVersion.TLS_1_2 && !TlsParameters.groupsServe12(namedGroups)) {
            throw new IllegalArgumentException("namedGroups(" + namedGroups
                    + "): none is for TLS_1_2; add one, or leave" + " the version out with minimumTlsVersion");
        }
        if (verifier != null && check != null) {
            throw new IllegalArgumentException(
                    "clientCertificateCheck with unsafeClientCertificateVerifier: the verifier"
                            + " decides alone; do the check in it, or leave it out");
        }
        if (revocation != null && trusted.isEmpty()) {
            throw new IllegalArgumentException("revocation without trustedCertificates: there is no path to look along;"
                    + (verifier == null
                            ? " add them, or leave revocation out"
                            : " unsafeClientCertificateVerifier decides alone, leave revocation out"));
        }
        if (verifier != null && !trusted.isEmpty()) {
            throw new IllegalArgumentException("trustedCertificates with unsafeClientCertificateVerifier: the verifier"
                    + " decides alone, and nothing would look at them; name them in clientAuthorities instead");
        }
    }

    /** In TLS 1.2 a suite names the kind of key it goes with. */
    private void requireUsableSuites(List<Identity> read) {
        if (minimumVersion != TlsVersion.TLS_1_2 || cipherSuites.isEmpty() || read.isEmpty()) {
            return;
        }
        List<String> keyTypes = read.stream().map(ContextSpec::keyType).toList();
        if (keyTypes.stream().noneMatch(keyType -> TlsParameters.serve12(cipherSuites, keyType))) {
            throw new IllegalArgumentException("cipherSuites(" + cipherSuites + "): none for TLS_1_2 goes with a key of"
                    + " type " + String.join(" or ", keyTypes) + "; add one, or leave the version out with"
                    + " minimumTlsVersion");
        }
    }

    private List<Identity> readIdentities() throws IOException {
        Map<String, String> namesByKeyType = new LinkedHashMap<>();
        List<Identity> read = new ArrayList<>();
        for (ContextSource<Identity> source : identities) {
            for (Identity identity : source.read()) {
                String keyType = keyType(identity);
                String name = identity.leaf().getSubjectX500Principal() + " (" + source.name() + ")";
                String earlier = namesByKeyType.putIfAbsent(keyType, name);
                if (earlier != null) {
                    throw new SSLException("identity: two with a key of type " + keyType + ", " + earlier + " and "
                            + name + "; one of each type can be used: leave one out, or give it a server name");
                }
                read.add(identity);
            }
        }
        return read;
    }

    /** {@return by which kind of signature a client chooses it} */
    static String keyType(Identity identity) {
        String algorithm = identity.leaf().getPublicKey().getAlgorithm();
        return switch (algorithm) {
            case "ECDSA" -> "EC";
            case "EdDSA" -> "Ed25519";
            default -> algorithm;
        };
    }

    private static List<X509Certificate> readCertificates(List<ContextSource<X509Certificate>> sources)
            throws IOException {
        Set<X509Certificate> read = new LinkedHashSet<>();
        for (ContextSource<X509Certificate> source : sources) {
            read.addAll(source.read());
        }
        return List.copyOf(read);
    }
}
