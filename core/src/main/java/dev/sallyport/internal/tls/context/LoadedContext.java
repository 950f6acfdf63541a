package dev.sallyport.internal.tls.context;

import dev.sallyport.internal.keys.FileStamps;
import dev.sallyport.internal.keys.Identity;
import dev.sallyport.internal.names.ServerNames;
import dev.sallyport.internal.tls.TlsConfig;
import java.io.IOException;
import java.security.cert.X509Certificate;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A security context that has been read from its sources, and how to read it again. Immutable, any thread. */
public final class LoadedContext {
    private final ContextSpec spec;
    private final FileStamps files;
    private final TlsConfig config;
    private final ServerNames<LoadedContext> names;

    private LoadedContext(ContextSpec spec) throws IOException {
        this.spec = spec;
        this.files = FileStamps.of(spec.files()); // before they are read: what changes later is seen to have changed
        this.config = spec.read();
        this.names = new ServerNames<>(spec.names);
    }

    /** Reads what a specification names. */
    public static LoadedContext load(ContextSpec spec) throws IOException {
        return new LoadedContext(new ContextSpec(spec));
    }

    /** Reads it again, the contexts of its names too. */
    public LoadedContext reload() throws IOException {
        ContextSpec again = spec();
        for (Map.Entry<String, LoadedContext> name : again.names.entrySet()) {
            name.setValue(name.getValue().reload());
        }
        return new LoadedContext(again);
    }

    /** {@return what it was made from, to be changed} */
    public ContextSpec spec() {
        return new ContextSpec(spec);
    }

    /** {@return what a handshake under this context goes by} */
    public TlsConfig config() {
        return config;
    }

    /** {@return the context for a server name: of the exact name, else of a wildcard, else null} */
    public @Nullable LoadedContext forName(String serverName) {
        return names.find(serverName);
    }

    /** {@return the user code that chooses first, or null} */
    public @Nullable ContextSelection selector() {
        return spec.selector;
    }

    /** {@return whether there are contexts for server names} */
    public boolean hasNames() {
        return !names.isEmpty();
    }

    /** {@return whether any client could be served: with an identity of its own, or one for a server name} */
    public boolean hasIdentity() {
        return !config.identities().isEmpty() || hasNames();
    }

    /** {@return those of its names} */
    List<TlsConfig> namedConfigs() {
        return names.contexts().stream().map(LoadedContext::config).toList();
    }

    /** {@return its own, then those of its names} */
    public List<TlsConfig> allConfigs() {
        return Stream.concat(Stream.of(config), namedConfigs().stream()).toList();
    }

    /** {@return its files, those of its names too, as they were before they were read} */
    public FileStamps files() {
        FileStamps all = files;
        for (LoadedContext named : names.contexts()) {
            all = all.and(named.files);
        }
        return all;
    }

    /** {@return the certificates that it proves itself with, of each identity the leaf, those of names too} */
    public List<X509Certificate> certificates() {
        return identities().map(Identity::leaf).distinct().toList();
    }

    /** {@return the certificates that it presents, chains included} */
    public Set<X509Certificate> presented() {
        Set<X509Certificate> presented = new LinkedHashSet<>();
        identities().map(Identity::chain).forEach(presented::addAll);
        return presented;
    }

    private Stream<Identity> identities() {
        return allConfigs().stream().flatMap(each -> each.identities().stream());
    }

    /** {@return one line for a log: subjects, names and versions} */
    @Override
    public String toString() {
        String identities = config.identities().stream()
                .map(each -> ContextSpec.keyType(each) + " "
                        + each.leaf().getSubjectX500Principal().getName())
                .collect(Collectors.joining("; ", "[", "]"));
        return "SecurityContext[identities " + identities + ", names " + names.patterns() + ", trusted "
                + config.trusted().size() + ", " + config.minimumVersion() + " to " + config.maximumVersion()
                + ", protocols " + config.protocols() + ", " + config.provider() + "]";
    }
}
