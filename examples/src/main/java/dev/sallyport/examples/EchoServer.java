package dev.sallyport.examples;

import dev.sallyport.SecureServerSocket;
import dev.sallyport.SecurityContext;
import java.io.IOException;

/** Sends back what it receives: the server of the README. Each connection has a thread, virtual where the JDK has them. */
public final class EchoServer {
    private EchoServer() {}

    /** Serves until it is stopped; {@code args} may name a port, 8443 by default. */
    public static void main(String[] args) throws IOException {
        int port = args.length > 0 ? Integer.parseInt(args[0]) : 8443;
        var context = SecurityContext.selfSigned();
        var server = SecureServerSocket.open("localhost", port, context);
        System.out.println("listening on port " + server.port());
        server.serve(socket -> socket.inputStream().transferTo(socket.outputStream()))
                .join();
    }
}
