package dev.sallyport.support;

import static dev.sallyport.testkit.Awaiting.result;

import dev.sallyport.SecureServerSocket;
import dev.sallyport.SecureSocket;
import dev.sallyport.testkit.JdkTlsClient;
import dev.sallyport.testkit.TlsConnection;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** Both ends of one connection, the server's by way of {@code acceptAsync}. */
public record Meeting(TlsConnection client, SecureSocket server) implements AutoCloseable {
    public static final Duration PATIENCE = Duration.ofSeconds(20);

    /** Connects a client and accepts it. */
    public static Meeting of(SecureServerSocket server, JdkTlsClient client) throws IOException, ExecutionException {
        CompletableFuture<SecureSocket> accepted = server.acceptAsync();
        TlsConnection connected = client.connect();
        return new Meeting(connected, result("the server to accept " + client, PATIENCE, accepted));
    }

    /** Sends a few bytes each way, which must arrive. */
    public void talk() throws IOException {
        client.send("ping");
        byte[] request = server.inputStream().readNBytes(4);
        server.outputStream().write(request);
        String answer = new String(client.receive(4), StandardCharsets.UTF_8);
        if (!answer.equals("ping")) {
            throw new AssertionError("sent ping, got " + answer);
        }
    }

    /** Aborts the server's end, so that nothing waits for the other one. */
    @Override
    public void close() throws IOException {
        server.abort();
        client.close();
    }
}
