package dev.sallyport.support;

import dev.sallyport.BindOptions;
import dev.sallyport.SecureServerSocket;
import dev.sallyport.SecureSocket;
import dev.sallyport.matrix.Setup;
import dev.sallyport.testkit.JdkTlsClient;
import dev.sallyport.testkit.TlsConnection;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/** A server, a client of it, and the server's end of their connection; everything ends with it. */
public final class Pair implements AutoCloseable {
    public final SecureServerSocket server;
    public final TlsConnection client;
    public final SecureSocket socket;

    private Pair(SecureServerSocket server, TlsConnection client, SecureSocket socket) {
        this.server = server;
        this.client = client;
        this.socket = socket;
    }

    public static Pair of(Setup setup) throws Exception {
        return of(setup, options -> {}, client -> client);
    }

    public static Pair of(Setup setup, Consumer<BindOptions.Builder> options) throws Exception {
        return of(setup, options, client -> client);
    }

    public static Pair of(Setup setup, Consumer<BindOptions.Builder> options, UnaryOperator<JdkTlsClient> client)
            throws Exception {
        SecureServerSocket server = setup.open(options);
        CompletableFuture<SecureSocket> accepted = server.acceptAsync();
        TlsConnection connection = client.apply(setup.client(server.port())).connect();
        return new Pair(server, connection, accepted.get(10, TimeUnit.SECONDS));
    }

    /** {@return another connection to the same server} */
    public Pair another(Setup setup) throws Exception {
        CompletableFuture<SecureSocket> accepted = server.acceptAsync();
        TlsConnection connection = setup.client(server.port()).connect();
        return new Pair(server, connection, accepted.get(10, TimeUnit.SECONDS));
    }

    @Override
    public void close() throws IOException {
        socket.abort();
        client.close();
        server.close();
    }
}
