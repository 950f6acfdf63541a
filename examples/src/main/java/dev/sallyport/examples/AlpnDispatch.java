package dev.sallyport.examples;

import dev.sallyport.ConnectionHandler;
import dev.sallyport.SecureServerSocket;
import dev.sallyport.SecureSocket;
import dev.sallyport.SecurityContext;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;

/** Speaks two protocols on one port; which, the client and the server agree on in the handshake (ALPN). */
public final class AlpnDispatch {
    private static final Map<String, ConnectionHandler> HANDLERS = Map.of(
            "echo/1", socket -> socket.inputStream().transferTo(socket.outputStream()), "time/1", AlpnDispatch::time);

    private AlpnDispatch() {}

    /** Serves until it is stopped; {@code args} may name a port, 8443 by default. */
    public static void main(String[] args) throws IOException {
        int port = args.length > 0 ? Integer.parseInt(args[0]) : 8443;
        System.out.println("listening on port " + open(port).port());
    }

    static SecureServerSocket open(int port) throws IOException {
        SecureServerSocket server = SecureServerSocket.open(
                "localhost",
                port,
                SecurityContext.selfSigned(),
                options -> options.supportedProtocols("time/1", "echo/1") // in order of preference
                        .requireProtocol(true)); // a client that speaks neither is refused
        server.serve(socket -> {
            String protocol = Objects.requireNonNull(socket.selectedProtocol()); // it is required
            Objects.requireNonNull(HANDLERS.get(protocol)).handle(socket);
        });
        return server;
    }

    private static void time(SecureSocket socket) throws IOException {
        socket.outputStream().write((Instant.now() + "\n").getBytes(StandardCharsets.UTF_8));
    }
}
