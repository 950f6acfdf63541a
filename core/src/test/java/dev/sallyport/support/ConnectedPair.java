package dev.sallyport.support;

import static dev.sallyport.testkit.Awaiting.PATIENCE;
import static dev.sallyport.testkit.Awaiting.result;

import dev.sallyport.BindOptions;
import dev.sallyport.RawSecureServerSocket;
import dev.sallyport.RawSecureSocket;
import dev.sallyport.SecureConnection;
import dev.sallyport.SecureServerSocket;
import dev.sallyport.SecureSocket;
import dev.sallyport.matrix.Setup;
import dev.sallyport.testkit.JdkTlsClient;
import dev.sallyport.testkit.TlsConnection;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Both ends of one connection: a client, and the socket that the server has accepted. The methods {@code open} make the
 * server, too, and closing the pair closes that server; of a server that the test made, {@code of} accepts a connection.
 *
 * @param <S> the socket's type
 */
public final class ConnectedPair<S extends SecureConnection> implements AutoCloseable {
    public final TlsConnection client;
    public final S socket;
    private final Runnable closeServer;

    /** A pair of a server that the test made. */
    public ConnectedPair(TlsConnection client, S socket) {
        this(client, socket, () -> {});
    }

    private ConnectedPair(TlsConnection client, S socket, Runnable closeServer) {
        this.client = client;
        this.socket = socket;
        this.closeServer = closeServer;
    }

    public static ConnectedPair<SecureSocket> open(Setup setup) throws IOException, ExecutionException {
        return open(setup, options -> {});
    }

    public static ConnectedPair<SecureSocket> open(Setup setup, Consumer<BindOptions.Builder> options)
            throws IOException, ExecutionException {
        return open(setup, options, client -> client);
    }

    public static ConnectedPair<SecureSocket> open(
            Setup setup, Consumer<BindOptions.Builder> options, UnaryOperator<JdkTlsClient> client)
            throws IOException, ExecutionException {
        SecureServerSocket server = setup.open(options);
        return closing(server::close, () -> of(server, client.apply(setup.client(server.port()))));
    }

    /** The same on the raw layer; nobody listens for events yet. */
    public static ConnectedPair<RawSecureSocket> openRaw(Setup setup) throws IOException, ExecutionException {
        return openRaw(setup, options -> {});
    }

    public static ConnectedPair<RawSecureSocket> openRaw(Setup setup, Consumer<BindOptions.Builder> options)
            throws IOException, ExecutionException {
        RawSecureServerSocket server = setup.openRaw(options);
        return closing(server::close, () -> of(server, setup.client(server.port())));
    }

    public static ConnectedPair<SecureSocket> of(SecureServerSocket server, JdkTlsClient client)
            throws IOException, ExecutionException {
        return connect(client, server.acceptAsync());
    }

    public static ConnectedPair<RawSecureSocket> of(RawSecureServerSocket server, JdkTlsClient client)
            throws IOException, ExecutionException {
        CompletableFuture<RawSecureSocket> accepted = new CompletableFuture<>();
        accept(server, accepted);
        return connect(client, accepted);
    }

    private static <S extends SecureConnection> ConnectedPair<S> connect(
            JdkTlsClient client, CompletableFuture<S> accepted) throws IOException, ExecutionException {
        TlsConnection connection = client.connect();
        return new ConnectedPair<>(connection, result("the server to accept " + client, PATIENCE, accepted));
    }

    private static void accept(RawSecureServerSocket server, CompletableFuture<RawSecureSocket> accepted) {
        @Nullable RawSecureSocket next;
        try {
            next = server.accept();
        } catch (IOException closed) {
            accepted.completeExceptionally(closed);
            return;
        }
        if (next != null) {
            accepted.complete(next);
        } else {
            server.whenAcceptable(() -> accept(server, accepted));
        }
    }

    private interface Opening<S extends SecureConnection> {
        ConnectedPair<S> connect() throws IOException, ExecutionException;
    }

    /** A pair with which the server closes, also when there is no pair. */
    private static <S extends SecureConnection> ConnectedPair<S> closing(Runnable closeServer, Opening<S> opening)
            throws IOException, ExecutionException {
        try {
            ConnectedPair<S> pair = opening.connect();
            return new ConnectedPair<>(pair.client, pair.socket, closeServer);
        } catch (IOException | ExecutionException | RuntimeException | Error failure) {
            closeServer.run();
            throw failure;
        }
    }

    /** Sends a few bytes each way, which must arrive. */
    public static void assertTalks(ConnectedPair<SecureSocket> pair) throws IOException {
        pair.client.send("ping");
        byte[] request = pair.socket.inputStream().readNBytes(4);
        pair.socket.outputStream().write(request);
        String answer = new String(pair.client.receive(4), StandardCharsets.UTF_8);
        if (!answer.equals("ping")) {
            throw new AssertionError("sent ping, got " + answer);
        }
    }

    /** Aborts the server's end, so that nothing waits for the other one. */
    @Override
    public void close() throws IOException {
        socket.abort();
        client.close();
        closeServer.run();
    }
}
