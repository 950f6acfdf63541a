package dev.sallyport.cli;

import dev.sallyport.BindOptions;
import dev.sallyport.SecurityContext;
import dev.sallyport.TlsProvider;
import dev.sallyport.TlsVersion;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What is negotiated. */
final class TlsOptions {
    @Option(
            names = "--alpn",
            paramLabel = "NAME",
            split = ",",
            description = "Protocols to offer by ALPN, best first, as h2,http/1.1. Default: none.")
    List<String> alpn = List.of();

    @Option(names = "--require-alpn", description = "Refuse clients that offer none of them.")
    boolean requireAlpn;

    @Option(names = "--request-client-cert", description = "Ask clients for a certificate; needs --client-ca.")
    boolean requestClientCert;

    @Option(names = "--require-client-cert", description = "Refuse clients without one; needs --client-ca.")
    boolean requireClientCert;

    @Option(
            names = "--client-ca",
            paramLabel = "FILE",
            description = "Authorities that clients' certificates come from.")
    @Nullable Path clientCa;

    @Option(
            names = "--min-tls",
            paramLabel = "VERSION",
            converter = TlsVersionConverter.class,
            description = "Oldest version to speak, 1.2 or 1.3. Default: 1.2.")
    TlsVersion minTls = TlsVersion.TLS_1_2;

    @Option(
            names = "--provider",
            paramLabel = "NAME",
            description = "boringssl, jdk or auto, BoringSSL where it loads. Default: auto.")
    TlsProvider provider = TlsProvider.AUTO;

    void check() {
        if (requireAlpn && alpn.isEmpty()) {
            throw new UsageException("--require-alpn needs --alpn NAMES, the protocols to choose from");
        }
        if (asksForCertificate() && clientCa == null) {
            String option = requireClientCert ? "--require-client-cert" : "--request-client-cert";
            throw new UsageException(option + " needs --client-ca FILE, the authorities to trust");
        }
        if (clientCa != null && !asksForCertificate()) {
            throw new UsageException(
                    "--client-ca checks nothing without --require-client-cert or --request-client-cert; give one");
        }
    }

    void configure(SecurityContext.Builder context) {
        context.minimumTlsVersion(minTls).provider(provider);
        if (clientCa != null) {
            context.trustedCertificates(clientCa);
        }
    }

    void configure(BindOptions.Builder options) {
        options.supportedProtocols(alpn)
                .requireProtocol(requireAlpn)
                .requestClientCertificate(requestClientCert)
                .requireClientCertificate(requireClientCert);
    }

    private boolean asksForCertificate() {
        return requestClientCert || requireClientCert;
    }
}
