package dev.sallyport.bind;

import dev.sallyport.SecureServerSocket;
import dev.sallyport.SecurityContext;
import dev.sallyport.Transport;
import java.io.IOException;

/**
 * A program with one server that writes a byte to every connection and keeps it until the client ends it. It says where it
 * listens, or why it does not, and stops listening when its standard input ends. Its main thread ends at once.
 */
public final class BindProgram {
    private BindProgram() {}

    /** Arguments: transport, port, whether shared. */
    public static void main(String[] args) throws IOException {
        SecurityContext context = SecurityContext.selfSigned("localhost");
        SecureServerSocket server;
        try {
            server = SecureServerSocket.open(
                    "127.0.0.1",
                    Integer.parseInt(args[1]),
                    context,
                    options -> options.transport(Transport.valueOf(args[0])).shared(Boolean.parseBoolean(args[2])));
        } catch (IOException failure) {
            System.out.println(failure.getClass().getSimpleName() + " " + failure.getMessage());
            return;
        }
        server.serve(socket -> {
            socket.outputStream().write('c');
            socket.inputStream().transferTo(socket.outputStream());
        });
        System.out.println(server.port());
        Thread waiting = new Thread(
                () -> {
                    try {
                        System.in.readAllBytes();
                    } catch (IOException ended) {
                        System.out.println("input failed: " + ended);
                    }
                    server.close();
                    server.onClosed().join();
                    System.out.println("closed");
                },
                "waiting");
        waiting.setDaemon(true);
        waiting.start();
    }
}
