package dev.sallyport.internal.listen;

import dev.sallyport.BindOptions;
import dev.sallyport.internal.names.AddressText;
import dev.sallyport.internal.options.ProtocolNames;
import dev.sallyport.internal.tls.TlsConfig;
import dev.sallyport.internal.tls.context.LoadedContext;
import java.net.SocketAddress;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/** Whether a context and the options of bind make sense together: what serves nobody is refused, what is odd is said. */
public final class BindCheck {
    private static final System.Logger LOG = System.getLogger("dev.sallyport");

    private BindCheck() {}

    /** Refuses what could serve no client, or could have no effect. What a selector will choose nobody knows yet. */
    public static void check(LoadedContext context, BindOptions options) {
        if (!context.hasIdentity() && context.selector() == null) {
            throw new IllegalArgumentException("the context has no identity: a server needs a certificate and its key "
                    + "(SecurityContext.fromPem, or identity(...) on the builder)");
        }
        if (options.requestClientCertificate() && !serving(context).allMatch(TlsConfig::trustsClients)) {
            throw new IllegalArgumentException("client certificates are asked for, but the context trusts nobody: call "
                    + "trustedCertificates(...) on its builder, or on those of its server names");
        }
        boolean noProtocols = options.supportedProtocols() == null
                && serving(context).anyMatch(material -> material.protocols().isEmpty());
        if (options.requireProtocol() && noProtocols) {
            throw new IllegalArgumentException("requireProtocol(true), but the context has no protocols, so that every "
                    + "handshake would fail: name them with supportedProtocols(...), here, or on its builder and those "
                    + "of its server names; or leave requireProtocol out");
        }
        if (options.watchFiles() && context.files().isEmpty()) {
            throw new IllegalArgumentException("watchFiles(true), but the context was not made from files: make it from"
                    + " some (SecurityContext.fromPem, or identity(Path, Path) on the builder), or leave watchFiles"
                    + " out");
        }
    }

    private static Stream<TlsConfig> serving(LoadedContext context) {
        return context.allConfigs().stream()
                .filter(material -> !material.identities().isEmpty());
    }

    /** Logs what is allowed and hardly meant. */
    public static void warn(SocketAddress local, LoadedContext context, BindOptions options) {
        protocols(context, options)
                .map(ProtocolNames::suspicion)
                .filter(Objects::nonNull)
                .distinct()
                .forEach(suspicion -> warn(local, suspicion));
        boolean trusts = serving(context).anyMatch(TlsConfig::trustsClients);
        if (trusts && !options.requestClientCertificate()) {
            warn(
                    local,
                    "the context says whose client certificates to trust, but no client is asked for one: call"
                            + " requireClientCertificate(true) or requestClientCertificate(true)");
        }
    }

    private static Stream<String> protocols(LoadedContext context, BindOptions options) {
        List<String> given = options.supportedProtocols();
        return given != null ? given.stream() : serving(context).flatMap(material -> material.protocols().stream());
    }

    private static void warn(SocketAddress local, String what) {
        LOG.log(System.Logger.Level.WARNING, AddressText.of(local) + ": " + what);
    }
}
