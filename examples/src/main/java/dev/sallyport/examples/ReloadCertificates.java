package dev.sallyport.examples;

import dev.sallyport.SecureServerSocket;
import dev.sallyport.SecurityContext;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.Charset;
import java.nio.file.Path;

/**
 * Takes new certificates from its files without a restart. New connections get the new ones, those that are open keep
 * theirs, and files that cannot be used change nothing.
 */
public final class ReloadCertificates {
    private ReloadCertificates() {}

    /** Serves until it is stopped; {@code args} are CHAIN.pem KEY.pem and perhaps a port. Press Enter to reload. */
    public static void main(String[] args) throws IOException {
        int port = args.length > 2 ? Integer.parseInt(args[2]) : 8443;
        SecureServerSocket server = open(port, Path.of(args[0]), Path.of(args[1]));
        System.out.println("listening on port " + server.port());
        var input = new BufferedReader(new InputStreamReader(System.in, Charset.defaultCharset()));
        while (input.readLine() != null) {
            reload(server);
        }
    }

    static SecureServerSocket open(int port, Path chain, Path key) throws IOException {
        SecureServerSocket server = SecureServerSocket.open("localhost", port, SecurityContext.fromPem(chain, key));
        server.serve(socket -> socket.inputStream().transferTo(socket.outputStream()));
        return server;
    }

    /** {@return whether the files had something that can be served with} */
    static boolean reload(SecureServerSocket server) {
        try {
            server.replaceContext(server.context().reload());
            System.out.println("reloaded: " + server.context());
            return true;
        } catch (IOException failure) { // half a file, a key for another certificate, ...: the message says which
            System.err.println("not reloaded: " + failure.getMessage());
            return false;
        }
    }
}
