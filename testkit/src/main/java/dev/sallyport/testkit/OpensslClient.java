package dev.sallyport.testkit;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code openssl s_client} of OpenSSL 3 or later: one run is one connection.
 *
 * <p>A server certificate that does not verify fails the run, unless the client trusts everybody. No process is left
 * behind, however the run ends.
 */
public final class OpensslClient extends TlsClient<OpensslClient> {
    private final List<String> more = new ArrayList<>();
    private @Nullable Path saveSession;
    private @Nullable Path resumeSession;
    private boolean exporting;
    private boolean extendedMasterSecret = true;

    private OpensslClient(SocketAddress server) {
        super(server);
    }

    /** {@return whether the tool can be used here} */
    public static boolean isInstalled() {
        return CommandLine.isInstalled("openssl");
    }

    /** {@return a client of the server at this address; for a wildcard address, of its loopback} */
    public static OpensslClient to(SocketAddress server) {
        return new OpensslClient(server);
    }

    /** {@return a client of the server at this name and port} */
    public static OpensslClient to(String host, int port) {
        return new OpensslClient(new InetSocketAddress(host, port));
    }

    /** Adds arguments as they are, such as {@code "-cipher", "AES128-SHA"}. */
    public OpensslClient args(String... arguments) {
        more.addAll(List.of(arguments));
        return this;
    }

    /**
     * Saves the session to this file. In TLS 1.3 there is none before the server has sent a ticket, which follows its
     * handshake.
     */
    public OpensslClient saveSession(Path file) {
        saveSession = file;
        return this;
    }

    /** Offers to resume the session in this file. */
    public OpensslClient resumeSession(Path file) {
        resumeSession = file;
        return this;
    }

    /**
     * Exports key material without a context, for {@link OpensslResult#keyingMaterial}. What the client prints of the
     * connection is then part of the output.
     */
    public OpensslClient exporting(String label, int bytes) {
        exporting = true;
        return args("-keymatexport", label, "-keymatexportlen", Integer.toString(bytes));
    }

    /** Does not offer the extended master secret of TLS 1.2. */
    public OpensslClient withoutExtendedMasterSecret() {
        extendedMasterSecret = false;
        return this;
    }

    /** Does the handshake, sends nothing and closes in order. */
    public OpensslResult handshake() throws IOException {
        return exchange(new byte[0], 0);
    }

    /** Sends the request, waits for that many bytes of answer, and closes in order. */
    public OpensslResult exchange(byte[] request, int answerBytes) throws IOException {
        return run(List.of(), null, new ByteArrayInputStream(request), answerBytes);
    }

    /** Sends the request, waits for as many characters of answer, all in UTF-8, and closes in order. */
    public OpensslResult echo(String request) throws IOException {
        byte[] bytes = request.getBytes(StandardCharsets.UTF_8);
        return exchange(bytes, bytes.length);
    }

    /**
     * Sends one payload while the other one comes in, then closes in order.
     *
     * @throws AssertionError when something else comes in
     */
    public OpensslResult exchange(Payload sent, Payload expected) throws IOException {
        Payload.Comparison comparison = expected.comparison();
        OpensslResult result = run(List.of(), comparison, sent.stream(), expected.size());
        comparison.assertComplete();
        return result;
    }

    /**
     * Sends the request and waits for the server to close, or to refuse: in TLS 1.3 a server refuses a client's
     * certificate only after the client's handshake is done.
     */
    public OpensslResult runToEnd(byte[] request) throws IOException {
        return run(List.of("-ign_eof"), null, new ByteArrayInputStream(request), Long.MAX_VALUE);
    }

    @Override
    OpensslClient self() {
        return this;
    }

    private OpensslResult run(
            List<String> mode, Payload.@Nullable Comparison sink, InputStream request, long answerBytes)
            throws IOException {
        Path messages = TestFiles.fresh("openssl-messages.txt");
        List<String> command = command(messages);
        command.addAll(mode);
        try (ChildProcess process = ChildProcess.start(command, sink)) {
            process.feed(request);
            if (answerBytes == Long.MAX_VALUE) {
                process.closeStdin();
            }
            if (answerBytes > 0
                    && !process.stdout().awaitSize(answerBytes, deadline())
                    && !process.stdout().ended()) {
                throw process.failure(answerBytes + " bytes from the server", deadline());
            }
            process.closeStdin();
            int exitCode = process.awaitExit(deadline());
            List<String> log = Files.exists(messages) ? Files.readAllLines(messages) : List.of();
            return new OpensslResult(exitCode, process.output(), process.errorText(), OpensslMessages.parse(log));
        } finally {
            Files.deleteIfExists(messages);
        }
    }

    /** The summary of -brief leaves out ALPN and resumption, so the message log is written beside it. */
    private List<String> command(Path messages) {
        List<String> command = new ArrayList<>();
        if (!extendedMasterSecret) {
            command.addAll(List.of("env", "OPENSSL_CONF=" + configuration("Options = -ExtendedMasterSecret")));
        }
        command.addAll(List.of("openssl", "s_client", "-nocommands", "-nbio", "-msg", "-msgfile", messages.toString()));
        if (!exporting) { // which the brief summary leaves out
            command.add("-brief");
        }
        command.addAll(List.of("-connect", target()));
        trustFile()
                .ifPresent(file -> command.addAll(
                        List.of("-verify_return_error", "-CAfile", file.toString(), "-no-CApath", "-no-CAstore")));
        addName(command);
        addProtocols(command);
        TestIdentity identity = identity();
        if (identity != null) {
            command.addAll(List.of("-cert", identity.chainFile().toString()));
            command.addAll(List.of("-key", identity.keyFile().toString()));
            addIssuers(command, identity);
        }
        if (!offeredProtocols().isEmpty()) {
            command.addAll(List.of("-alpn", String.join(",", offeredProtocols())));
        }
        if (saveSession != null) {
            command.addAll(List.of("-sess_out", saveSession.toString()));
        }
        if (resumeSession != null) {
            command.addAll(List.of("-sess_in", resumeSession.toString()));
        }
        command.addAll(more);
        return command;
    }

    /** What it has no argument for. */
    private static Path configuration(String setting) {
        String[] lines = {
            "openssl_conf = main", "[main]", "ssl_conf = ssl", "[ssl]", "system_default = ours", "[ours]", setting, ""
        };
        return TestFiles.write("openssl.cnf", String.join("\n", lines).getBytes(StandardCharsets.US_ASCII));
    }

    /** The file for -cert_chain goes out as it is, after the certificate: with that in it, too, it would be sent twice. */
    private static void addIssuers(List<String> command, TestIdentity identity) {
        List<X509Certificate> chain = identity.chain();
        if (chain.size() > 1) {
            byte[] issuers = Pem.certificates(chain.subList(1, chain.size())).getBytes(StandardCharsets.US_ASCII);
            Path file = TestFiles.write(identity.name() + "-issuers.pem", issuers);
            command.addAll(List.of("-cert_chain", file.toString()));
        }
    }

    private String target() {
        String host = server().getHostString();
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + server().getPort();
    }

    private void addName(List<String> command) {
        String name = serverName();
        if (name == null) {
            command.add("-noservername");
        } else {
            command.addAll(List.of("-servername", name, "-verify_hostname", name));
        }
    }

    private void addProtocols(List<String> command) {
        if (offeredVersions().isEmpty()) {
            return;
        }
        command.addAll(List.of("-min_protocol", lowestProtocol(), "-max_protocol", highestProtocol()));
        if (lowestProtocol().compareTo("TLSv1.2") < 0) {
            // OpenSSL 3 allows SHA-1 signatures, and with them TLS 1.0 and 1.1, at this level only.
            command.addAll(List.of("-cipher", "DEFAULT@SECLEVEL=0"));
        }
    }
}
