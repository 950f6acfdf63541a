package dev.sallyport.examples;

import dev.sallyport.SecureServerSocket;
import dev.sallyport.SecurityContext;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Binds one port several times; each server gets its share of the connections, in turn, and could be closed without
 * touching the others. Here all are in one process. On Linux another process that says {@code shared} may bind the port as
 * well: start this program twice with the same port.
 */
public final class SharedPort {
    private SharedPort() {}

    /** Serves until it is stopped; {@code args} may name a port, 8443 by default. */
    public static void main(String[] args) throws IOException {
        int port = args.length > 0 ? Integer.parseInt(args[0]) : 8443;
        System.out.println("listening on port " + open(port, 3).get(0).port());
    }

    static List<SecureServerSocket> open(int port, int count) throws IOException {
        SecurityContext context = SecurityContext.selfSigned();
        List<SecureServerSocket> servers = new ArrayList<>();
        int sharedPort = port;
        for (int i = 0; i < count; i++) {
            byte[] greeting = ("server " + i + "\n").getBytes(StandardCharsets.UTF_8);
            SecureServerSocket server =
                    SecureServerSocket.open("localhost", sharedPort, context, options -> options.shared(true));
            server.serve(socket -> socket.outputStream().write(greeting));
            servers.add(server);
            sharedPort = server.port(); // with port 0 the first one chooses, and the others join
        }
        return servers;
    }
}
