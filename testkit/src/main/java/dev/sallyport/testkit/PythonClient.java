package dev.sallyport.testkit;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Python's {@code ssl} module: one run is one connection. No process is left behind, however the run ends. */
public final class PythonClient extends TlsClient<PythonClient> {
    private PythonClient(SocketAddress server) {
        super(server);
    }

    /** {@return whether the tool can be used here} */
    public static boolean isInstalled() {
        return CommandLine.isInstalled("python3");
    }

    /** {@return a client of the server at this address; for a wildcard address, of its loopback} */
    public static PythonClient to(SocketAddress server) {
        return new PythonClient(server);
    }

    /** {@return a client of the server at this name and port} */
    public static PythonClient to(String host, int port) {
        return new PythonClient(new InetSocketAddress(host, port));
    }

    /** Sends the request, waits for that many bytes of answer, and closes in order: both sides say close_notify. */
    public Result exchange(byte[] request, int answerBytes) throws IOException {
        return run(new ByteArrayInputStream(request), answerBytes, null);
    }

    /** Sends the request, waits for as many characters of answer, all in UTF-8, and closes in order. */
    public Result echo(String request) throws IOException {
        byte[] bytes = request.getBytes(StandardCharsets.UTF_8);
        return exchange(bytes, bytes.length);
    }

    /**
     * Sends one payload while the other one comes in, then closes in order.
     *
     * @throws AssertionError when something else comes in
     */
    public Result exchange(Payload sent, Payload expected) throws IOException {
        Payload.Comparison comparison = expected.comparison();
        Result result = run(sent.stream(), expected.size(), comparison);
        comparison.assertComplete();
        return result;
    }

    /** Sends the request and waits for the server to close, or to refuse. */
    public Result runToEnd(byte[] request) throws IOException {
        return run(new ByteArrayInputStream(request), -1, null);
    }

    @Override
    PythonClient self() {
        return this;
    }

    private Result run(InputStream request, long answerBytes, Payload.@Nullable Comparison sink) throws IOException {
        try (ChildProcess process = ChildProcess.start(command(answerBytes), sink)) {
            process.feed(request);
            process.closeStdin();
            int exitCode = process.awaitExit(deadline().plusSeconds(5));
            return new Result(exitCode, process.output(), process.errorText());
        }
    }

    private List<String> command(long answerBytes) {
        List<String> command = new ArrayList<>(List.of("python3", Script.FILE.toString()));
        command.addAll(List.of(server().getHostString(), Integer.toString(server().getPort())));
        command.addAll(List.of("--answer", Long.toString(answerBytes)));
        command.addAll(List.of("--seconds", Double.toString(deadline().toMillis() / 1000.0)));
        trustFile().ifPresent(file -> command.addAll(List.of("--trusted", file.toString())));
        TestIdentity identity = identity();
        if (identity != null) {
            command.addAll(List.of("--chain", identity.chainFile().toString()));
            command.addAll(List.of("--key", identity.keyFile().toString()));
        }
        if (!offeredVersions().isEmpty()) {
            command.addAll(List.of("--lowest", lowestProtocol(), "--highest", highestProtocol()));
        }
        if (!offeredProtocols().isEmpty()) {
            command.addAll(List.of("--alpn", String.join(",", offeredProtocols())));
        }
        String name = serverName();
        if (name != null) {
            command.addAll(List.of("--server-name", name));
        }
        return command;
    }

    /** What one run did. */
    public static final class Result extends ToolResult {
        private Result(int exitCode, byte[] output, String diagnostics) {
            super(exitCode, output, diagnostics);
        }

        @Override
        public @Nullable String protocol() {
            return said("^protocol: (\\S+)$");
        }

        /** {@return the cipher suite, as OpenSSL names it, or null without a handshake} */
        public @Nullable String cipher() {
            return said("^cipher: (\\S+)$");
        }

        @Override
        public @Nullable String selectedProtocol() {
            return said("^alpn: (\\S+)$");
        }

        /** {@return how the connection ended: {@code "close_notify"}, or what went wrong} */
        public String end() {
            String end = said("^end: (.+)$");
            return end == null ? "unknown" : end;
        }
    }

    private static final class Script {
        static final Path FILE = copied();

        private static Path copied() {
            try (InputStream script = PythonClient.class.getResourceAsStream("python_client.py")) {
                if (script == null) {
                    throw new IllegalStateException("the resource python_client.py is missing from the test kit");
                }
                return TestFiles.write("python_client.py", script.readAllBytes());
            } catch (IOException e) {
                throw new UncheckedIOException("copy python_client.py", e);
            }
        }
    }
}
