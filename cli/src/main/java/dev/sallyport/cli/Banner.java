package dev.sallyport.cli;

import dev.sallyport.SecureServer;
import dev.sallyport.TlsProvider;
import dev.sallyport.cli.http.HostPort;
import java.io.PrintStream;
import java.util.Locale;

/** What the program prints once it listens: one line for programs, then a few for a person. */
final class Banner {
    private final ListenOptions listen;
    private final IdentityOptions identity;
    private final TlsOptions tls;
    private final HandlerOptions handler;
    private final CommonOptions common;

    Banner(
            ListenOptions listen,
            IdentityOptions identity,
            TlsOptions tls,
            HandlerOptions handler,
            CommonOptions common) {
        this.listen = listen;
        this.identity = identity;
        this.tls = tls;
        this.handler = handler;
        this.common = common;
    }

    void print(SecureServer server, int statsPort, PrintStream out) {
        out.println("listening on " + HostPort.of(listen.address, server.port()));
        out.flush();
        row(out, "certificate", identity.description(listen.address));
        row(out, "running on", engine(server) + ", " + handler.description());
        String target = HostPort.of(listen.reachable(), server.port());
        if (handler.handler == Handler.HTTP) {
            printHttp(target, out);
        } else {
            row(out, "try", "openssl s_client -quiet -connect " + target + protocols() + certificate(" -cert"));
            row(out, "", handler.handler == Handler.ECHO ? "what you type comes back" : "what you type is read");
        }
        if (common.stats != null) {
            row(out, "numbers", "http://" + HostPort.of(common.stats.getHostString(), statsPort) + "/");
        }
        row(out, "stop", "Ctrl-C; open connections have " + DurationConverter.text(handler.drain) + " to end");
        out.flush();
    }

    /** {@return what does the work} */
    static String engine(SecureServer server) {
        String tls = server.provider() == TlsProvider.BORINGSSL ? "BoringSSL" : "the JDK's TLS";
        return tls + " over " + server.transport().name().toLowerCase(Locale.ROOT);
    }

    private void printHttp(String target, PrintStream out) {
        row(out, "try", "curl -k" + certificate(" --cert") + " https://" + target + "/");
        row(out, "", "or open it in a browser");
        if (tls.alpn.contains("h2")) {
            row(out, "note", "the http handler speaks HTTP/1.1: a client that chooses h2 gets no page");
        }
    }

    private String protocols() {
        return tls.alpn.isEmpty() ? "" : " -alpn " + String.join(",", tls.alpn);
    }

    private String certificate(String option) {
        return tls.requireClientCert ? option + " CLIENT.pem" : "";
    }

    private static void row(PrintStream out, String name, String value) {
        out.printf("  %-13s%s%n", name, value);
    }
}
