package dev.sallyport.examples;

import dev.sallyport.SecureServerSocket;
import dev.sallyport.SecurityContext;
import java.io.IOException;
import java.nio.file.Path;

public class FirstServer {
    public static void main(String[] args) throws IOException {
        var context = SecurityContext.fromPem(Path.of(args[0]), Path.of(args[1]));
        int port = Integer.parseInt(args[2]);
        var server = SecureServerSocket.open("localhost", port, context, options -> options.watchFiles(true));
        System.out.println("listening on port " + server.port());
        server.serve(socket -> socket.inputStream().transferTo(socket.outputStream()))
                .join();
    }
}
