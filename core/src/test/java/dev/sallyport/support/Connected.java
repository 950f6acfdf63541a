package dev.sallyport.support;

import dev.sallyport.BindOptions;
import dev.sallyport.RawSecureServerSocket;
import dev.sallyport.RawSecureSocket;
import dev.sallyport.SecureServerSocket;
import dev.sallyport.SecureSocket;
import dev.sallyport.matrix.Setup;
import dev.sallyport.testkit.Awaiting;
import dev.sallyport.testkit.TlsConnection;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;

/**
 * A server with one connection, both ends of it. Closing begins with ours: the JDK's client waits for its peer.
 *
 * @param server the server
 * @param client the client's end
 * @param socket ours
 */
public record Connected(SecureServerSocket server, TlsConnection client, SecureSocket socket) implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    public static Connected open(Setup setup) throws IOException, ExecutionException {
        return open(setup, options -> {});
    }

    public static Connected open(Setup setup, Consumer<BindOptions.Builder> options)
            throws IOException, ExecutionException {
        return over(setup, setup.open(options));
    }

    public static Connected over(Setup setup, SecureServerSocket server) throws IOException, ExecutionException {
        CompletableFuture<SecureSocket> accepted = server.acceptAsync();
        try {
            TlsConnection client = setup.client(server.port()).connect();
            return new Connected(server, client, Awaiting.result("accept", PATIENCE, accepted));
        } catch (IOException | ExecutionException | RuntimeException | Error failure) {
            server.close();
            throw failure;
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
        client.close();
        server.close();
    }

    /** The same on the raw layer; nobody listens for events yet. */
    public record Raw(RawSecureServerSocket server, TlsConnection client, RawSecureSocket socket)
            implements AutoCloseable {
        public static Raw open(Setup setup) throws IOException, ExecutionException {
            return open(setup, options -> {});
        }

        public static Raw open(Setup setup, Consumer<BindOptions.Builder> options)
                throws IOException, ExecutionException {
            RawSecureServerSocket server = setup.openRaw(options);
            CompletableFuture<RawSecureSocket> accepted = new CompletableFuture<>();
            server.listen(accepted::complete);
            try {
                TlsConnection client = setup.client(server.port()).connect();
                return new Raw(server, client, Awaiting.result("accept", PATIENCE, accepted));
            } catch (IOException | ExecutionException | RuntimeException | Error failure) {
                server.close();
                throw failure;
            }
        }

        @Override
        public void close() throws IOException {
            socket.close();
            client.close();
            server.close();
        }
    }
}
