package dev.sallyport.examples;

import dev.sallyport.BindOptions;
import dev.sallyport.SecureServerSocket;
import dev.sallyport.SecurityContext;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;

/**
 * Listens on a path instead of a port: for a proxy or a sidecar on the same machine. The file goes when the server is
 * closed; one left behind by a program that died is replaced.
 */
public final class UnixDomainServer {
    private UnixDomainServer() {}

    /** Serves until it is stopped; {@code args} may name a path, {@code sallyport.socket} by default. */
    public static void main(String[] args) throws IOException {
        Path path = Path.of(args.length > 0 ? args[0] : "sallyport.socket");
        System.out.println("listening on " + open(path).localAddress());
    }

    static SecureServerSocket open(Path path) throws IOException {
        SecureServerSocket server = SecureServerSocket.open(
                UnixDomainSocketAddress.of(path), SecurityContext.selfSigned(), BindOptions.defaults());
        server.serve(socket -> socket.inputStream().transferTo(socket.outputStream()));
        return server;
    }
}
