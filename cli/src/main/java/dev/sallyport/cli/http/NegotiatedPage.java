package dev.sallyport.cli.http;

import dev.sallyport.HandshakeInfo;
import java.net.SocketAddress;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** An HTML page of what one connection's handshake agreed on. */
public final class NegotiatedPage {
    private static final String TOP = """
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>Sallyport: this connection</title>
            <link rel="icon" href="data:,">
            <style>
            :root { color-scheme: light dark }
            body { font: 16px/1.5 system-ui, sans-serif; max-width: 44rem; margin: 3rem auto; padding: 0 1rem }
            h1 { font-size: 1.4rem; font-weight: 600 }
            table { border-collapse: collapse; width: 100% }
            th, td { text-align: left; vertical-align: top; padding: .4rem .8rem .4rem 0; border-top: 1px solid #8884 }
            th { font-weight: 400; opacity: .7; white-space: nowrap }
            td { font-family: ui-monospace, monospace; overflow-wrap: anywhere }
            </style>
            </head>
            <body>
            <h1>What this connection negotiated</h1>
            <table>
            """;

    private static final String BOTTOM = """
            </table>
            </body>
            </html>
            """;

    private final StringBuilder html = new StringBuilder(2048).append(TOP);

    private NegotiatedPage() {}

    /**
     * {@return the page}
     *
     * @param handshake what was negotiated
     * @param local the server's end
     * @param remote the client's end
     * @param servedBy what in the program answers, for the last row
     */
    public static String of(HandshakeInfo handshake, SocketAddress local, SocketAddress remote, String servedBy) {
        var page = new NegotiatedPage();
        page.row("TLS version", handshake.version().protocolName());
        page.row("Cipher suite", handshake.cipherSuite());
        page.row("Key exchange group", orElse(handshake.namedGroup(), "not known"));
        page.row("Protocol (ALPN)", orElse(handshake.selectedProtocol(), "none"));
        page.row("Server name (SNI)", orElse(handshake.serverName(), "none"));
        page.row("Session", handshake.resumed() ? "resumed" : "new");
        page.row("Handshake took", milliseconds(handshake.duration()));
        page.clientCertificate(handshake.peerCertificateChain());
        page.row("Client address", HostPort.of(remote));
        page.row("Server address", HostPort.of(local));
        page.row("Served by", servedBy);
        return page.html.append(BOTTOM).toString();
    }

    private void clientCertificate(List<X509Certificate> chain) {
        if (chain.isEmpty()) {
            row("Client certificate", "none");
            return;
        }
        X509Certificate leaf = chain.get(0);
        row("Client certificate", leaf.getSubjectX500Principal().getName());
        row("issued by", leaf.getIssuerX500Principal().getName());
        row("serial number", leaf.getSerialNumber().toString(16));
        row("valid until", leaf.getNotAfter().toInstant().toString());
    }

    private void row(String name, String value) {
        html.append("<tr><th>")
                .append(name)
                .append("</th><td>")
                .append(escaped(value))
                .append("</td></tr>\n");
    }

    /** Names and subjects are the peer's to choose. */
    private static String escaped(String value) {
        return value.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }

    private static String orElse(@Nullable String value, String otherwise) {
        return value == null ? otherwise : value;
    }

    private static String milliseconds(Duration duration) {
        return String.format(Locale.ROOT, "%.1f ms", duration.toNanos() / 1e6);
    }
}
