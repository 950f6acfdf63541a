package dev.sallyport.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * {@code curl}: one run is one request.
 *
 * <p>curl chooses the application protocols itself (h2 and http/1.1); the names given to {@link #alpn} only decide
 * between {@code --http2}, {@code --http1.1} and {@code --no-alpn} (for no name).
 */
public final class CurlClient extends TlsClient<CurlClient> {
    private final List<String> more = new ArrayList<>();
    private boolean alpnGiven;

    private CurlClient(SocketAddress server) {
        super(server);
    }

    /** {@return whether the tool can be used here} */
    public static boolean isInstalled() {
        return CommandLine.isInstalled("curl");
    }

    /** {@return a client of the server at this address; for a wildcard address, of its loopback} */
    public static CurlClient to(SocketAddress server) {
        return new CurlClient(server);
    }

    /** {@return a client of the server at this name and port} */
    public static CurlClient to(String host, int port) {
        return new CurlClient(new InetSocketAddress(host, port));
    }

    /** Adds arguments as they are, such as {@code "--data", "text"}. */
    public CurlClient args(String... arguments) {
        more.addAll(List.of(arguments));
        return this;
    }

    @Override
    public CurlClient alpn(String... names) {
        alpnGiven = true;
        return super.alpn(names);
    }

    /** Asks for this path, which starts with a slash. */
    public Result get(String path) throws IOException {
        List<String> command = command();
        command.add("https://" + authority() + path);
        try (ChildProcess process = ChildProcess.start(command)) {
            process.feed(InputStream.nullInputStream());
            process.closeStdin();
            int exitCode = process.awaitExit(deadline().plusSeconds(5));
            return new Result(exitCode, process.output(), process.errorText());
        }
    }

    @Override
    CurlClient self() {
        return this;
    }

    private List<String> command() {
        List<String> command =
                new ArrayList<>(List.of("curl", "--silent", "--show-error", "--verbose", "--noproxy", "*"));
        command.addAll(
                List.of("--max-time", Long.toString(Math.max(1, deadline().toSeconds()))));
        trustFile()
                .ifPresentOrElse(
                        file -> command.addAll(List.of("--cacert", file.toString())), () -> command.add("--insecure"));
        TestIdentity identity = identity();
        if (identity != null) {
            command.addAll(List.of("--cert", identity.chainFile().toString()));
            command.addAll(List.of("--key", identity.keyFile().toString()));
        }
        if (!offeredVersions().isEmpty()) {
            command.add("--" + lowestProtocol().toLowerCase(Locale.ROOT));
            command.addAll(List.of("--tls-max", highestProtocol().substring("TLSv".length())));
        }
        if (alpnGiven) {
            command.add(
                    offeredProtocols().isEmpty()
                            ? "--no-alpn"
                            : offeredProtocols().contains("h2") ? "--http2" : "--http1.1");
        }
        if (serverName() != null) {
            command.addAll(List.of("--connect-to", "::" + host() + ":" + server().getPort()));
        }
        command.addAll(more);
        return command;
    }

    private String authority() {
        String name = serverName();
        return (name == null ? host() : name) + ":" + server().getPort();
    }

    private String host() {
        String host = server().getHostString();
        return host.indexOf(':') >= 0 ? "[" + host + "]" : host;
    }

    /** What one run did. */
    public static final class Result extends ToolResult {
        private Result(int exitCode, byte[] output, String diagnostics) {
            super(exitCode, output, diagnostics);
        }

        /** {@return the HTTP status, or 0 when there was no answer} */
        public int status() {
            String status = said("^< HTTP/\\S+ (\\d{3})");
            return status == null ? 0 : Integer.parseInt(status);
        }

        @Override
        public @Nullable String protocol() {
            return said("SSL connection using (\\S+)");
        }

        @Override
        public @Nullable String selectedProtocol() {
            return said("ALPN[:,] server accepted (?:to use )?(\\S+)");
        }
    }
}
