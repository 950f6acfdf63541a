package dev.sallyport.internal.tls.context;

import dev.sallyport.ClientCertificateCheck;
import dev.sallyport.TlsProvider;
import dev.sallyport.TlsVersion;
import dev.sallyport.internal.keys.ContextSource;
import dev.sallyport.internal.keys.Identity;
import dev.sallyport.internal.names.ServerNames;
import dev.sallyport.internal.options.OptionCheck;
import dev.sallyport.internal.tls.RevocationPolicy;
import dev.sallyport.internal.tls.TlsConfig;
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
 * What a security context is made from, so that it can be made again from the same files. A builder changes its own; that of
 * a context is changed by nobody.
 */
public final class ContextSpec {
    /**
     * Where identities come from.
     *
     * @param source reads them
     * @param types the key types that a context has had from it, which may be replaced; empty for what was added since
     */
    private record IdentityEntry(ContextSource<Identity> source, Set<String> types) {}

    private final List<IdentityEntry> identities = new ArrayList<>();
    public final List<ContextSource<X509Certificate>> trusted = new ArrayList<>();
    public final List<ContextSource<X509Certificate>> clientAuthorities = new ArrayList<>();
    final Map<String, LoadedContext> names = new LinkedHashMap<>();

    public @Nullable ContextSelection selector;

    public @Nullable RevocationSource revocation;

    public @Nullable ClientCertificateCheck check;

    public @Nullable ClientCertificateCheck verifier;

    public TlsVersion minimumVersion = TlsVersion.TLS_1_2;
    public TlsVersion maximumVersion = TlsVersion.TLS_1_3;
    public List<String> cipherSuites = List.of();
    public List<String> namedGroups = List.of();
    public List<String> protocols = List.of();
    public TlsProvider provider = TlsProvider.AUTO;

    public @Nullable Consumer<String> keyLog;

    public boolean keyingMaterialExport;

    /** The defaults. */
    public ContextSpec() {}

    /** A copy. */
    public ContextSpec(ContextSpec from) {
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

    /** Adds where an identity comes from: it takes the place of one with the same type of key that a context has had. */
    public void addIdentity(ContextSource<Identity> source) {
        identities.add(new IdentityEntry(source, Set.of()));
    }

    /** Adds the context for a server name, or replaces it; it is asked neither for names nor for a selector of its own. */
    public void addName(String pattern, LoadedContext context) {
        String name = ServerNames.check(pattern);
        if (context.hasNames() || context.selector() != null) {
            throw OptionCheck.refused(
                    "forServerName",
                    pattern,
                    "has a context with names or a selector of its own, which nobody would ask; add them to"
                            + " the context that this one is added to");
        }
        if (!context.hasIdentity()) {
            throw OptionCheck.refused(
                    "forServerName",
                    pattern,
                    "has a context without identity, so that every client would fail; add one to it");
        }
        names.put(name, context);
    }

    /** {@return the files that {@link #read} reads} */
    List<Path> files() {
        List<ContextSource<?>> sources = new ArrayList<>();
        identities.forEach(entry -> sources.add(entry.source()));
        sources.addAll(trusted);
        sources.addAll(clientAuthorities);
        if (revocation != null) {
            sources.addAll(revocation.lists());
        }
        return sources.stream()
                .flatMap(source -> source.files().stream())
                .distinct()
                .toList();
    }

    /** Reads everything that must be read; identities that are replaced are forgotten. */
    TlsConfig read() throws IOException {
        requireNoContradiction();
        List<X509Certificate> trustedNow = readCertificates(trusted);
        List<Identity> identitiesNow = readIdentities();
        requireUsableSuites(identitiesNow);
        return config(
                identitiesNow,
                trustedNow,
                clientAuthorities.isEmpty() ? trustedNow : readCertificates(clientAuthorities),
                revocation == null ? null : revocation.read());
    }

    /** {@return these settings with what was read}, unchecked */
    public TlsConfig config(
            List<Identity> identitiesRead,
            List<X509Certificate> trustedRead,
            List<X509Certificate> authoritiesRead,
            @Nullable RevocationPolicy revocationRead) {
        return new TlsConfig(
                identitiesRead,
                trustedRead,
                authoritiesRead,
                revocationRead,
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

    /** What was added goes before what a context has had; all of it is what a context has had from now on. */
    private List<Identity> readIdentities() throws IOException {
        Map<String, String> namesByType = new LinkedHashMap<>();
        List<IdentityEntry> added =
                identities.stream().filter(entry -> entry.types().isEmpty()).toList();
        List<IdentityEntry> addedNow = new ArrayList<>();
        List<Identity> addedIdentities = read(added, Set.of(), namesByType, addedNow);
        Set<String> replaced = Set.copyOf(namesByType.keySet());
        List<IdentityEntry> kept = identities.stream()
                .filter(entry -> !replaced.containsAll(entry.types()))
                .filter(entry -> !entry.types().isEmpty())
                .toList();
        identities.clear();
        List<Identity> all = read(kept, replaced, namesByType, identities);
        all.addAll(addedIdentities);
        identities.addAll(addedNow);
        return all;
    }

    private static List<Identity> read(
            List<IdentityEntry> entries,
            Set<String> replaced,
            Map<String, String> namesByType,
            List<IdentityEntry> entriesNow)
            throws IOException {
        List<Identity> read = new ArrayList<>();
        for (IdentityEntry entry : entries) {
            Set<String> types = new LinkedHashSet<>();
            for (Identity identity : entry.source().read()) {
                String type = keyType(identity);
                if (!replaced.contains(type)) {
                    types.add(type);
                    read.add(identity);
                    requireOnce(type, identity, entry.source(), namesByType);
                }
            }
            entriesNow.add(new IdentityEntry(entry.source(), types));
        }
        return read;
    }

    private static void requireOnce(
            String type, Identity identity, ContextSource<Identity> source, Map<String, String> namesByType)
            throws SSLException {
        String name = identity.leaf().getSubjectX500Principal() + " (" + source.name() + ")";
        String earlier = namesByType.putIfAbsent(type, name);
        if (earlier != null) {
            throw new SSLException("identity: two with a key of type " + type + ", " + earlier + " and " + name
                    + "; one of each type can be used: leave one out, or give it a server name");
        }
    }

    /** {@return by which kind of signature a client chooses it} */
    public static String keyType(Identity identity) {
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
