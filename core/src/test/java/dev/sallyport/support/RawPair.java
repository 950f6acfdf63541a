package dev.sallyport.support;

import dev.sallyport.BindOptions;
import dev.sallyport.RawSecureServerSocket;
import dev.sallyport.RawSecureSocket;
import dev.sallyport.matrix.Setup;
import dev.sallyport.testkit.Awaiting;
import dev.sallyport.testkit.TlsConnection;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A raw server, a client of it, and the server's end of their connection; everything ends with it. */
public final class RawPair implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    public final RawSecureServerSocket server;
    public final TlsConnection client;
    public final RawSecureSocket socket;

    private RawPair(RawSecureServerSocket server, TlsConnection client, RawSecureSocket socket) {
        this.server = server;
        this.client = client;
        this.socket = socket;
    }

    /** {@return a connection that is there, or null} */
    public static @Nullable RawSecureSocket acceptNow(RawSecureServerSocket server) {
        try {
            return server.accept();
        } catch (IOException closed) {
            throw new UncheckedIOException(closed);
        }
    }

    public static RawPair of(Setup setup) throws Exception {
        return of(setup, options -> {});
    }

    public static RawPair of(Setup setup, Consumer<BindOptions.Builder> options) throws Exception {
        return of(setup, setup.openRaw(options));
    }

    /** {@return another connection to the same server} */
    public RawPair another(Setup setup) throws Exception {
        return of(setup, server);
    }

    public static RawPair of(Setup setup, RawSecureServerSocket server) throws Exception {
        CompletableFuture<RawSecureSocket> accepted = new CompletableFuture<>();
        take(server, accepted);
        TlsConnection connection = setup.client(server.port()).connect();
        return new RawPair(server, connection, Awaiting.result("a connection", PATIENCE, accepted));
    }

    private static void take(RawSecureServerSocket server, CompletableFuture<RawSecureSocket> accepted) {
        RawSecureSocket next;
        try {
            next = server.accept();
        } catch (IOException closed) {
            accepted.completeExceptionally(closed);
            return;
        }
        if (next != null) {
            accepted.complete(next);
        } else {
            server.whenAcceptable(() -> take(server, accepted));
        }
    }

    @Override
    public void close() throws IOException {
        socket.abort();
        client.close();
        server.close();
    }
}
