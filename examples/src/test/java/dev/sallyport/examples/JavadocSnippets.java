package dev.sallyport.examples;

import dev.sallyport.InternetAddress;
import dev.sallyport.RawSecureServerSocket;
import dev.sallyport.RawSecureSocket;
import dev.sallyport.RawSocketEvent;
import dev.sallyport.SecureServerSocket;
import dev.sallyport.SecureSocket;
import dev.sallyport.SecurityContext;
import dev.sallyport.TlsVersion;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;

/** The examples in the Javadoc of the public types, line by line; {@link JavadocTest} compares and runs them. */
final class JavadocSnippets {
    private JavadocSnippets() {}

    static SecureServerSocket secureServerSocket(Path chain, Path key, int port) throws IOException {
        var context = SecurityContext.fromPem(chain, key);
        var server = SecureServerSocket.open("localhost", port, context);
        server.serve(socket -> socket.inputStream().transferTo(socket.outputStream()));
        return server;
    }

    static RawSecureServerSocket rawSecureServerSocket(int port, SecurityContext context, byte[] greeting)
            throws IOException {
        var server = RawSecureServerSocket.open("localhost", port, context);
        server.listen(socket -> {
            socket.write(ByteBuffer.wrap(greeting)); // takes all of it: nothing waits to be sent yet
            socket.close(); // after what was written has been sent
        });
        return server;
    }

    static void secureSocket(SecureSocket socket) throws IOException {
        socket.setReadTimeout(Duration.ofSeconds(30));
        var lines = new BufferedReader(new InputStreamReader(socket.inputStream(), StandardCharsets.UTF_8));
        var answer = "hello " + lines.readLine() + "\n";
        socket.outputStream().write(answer.getBytes(StandardCharsets.UTF_8));
    }

    static void rawSecureSocket(RawSecureSocket socket) {
        var unsent = ByteBuffer.allocate(16 * 1024);
        socket.listen((connection, event) -> {
            if (event == RawSocketEvent.READ || event == RawSocketEvent.WRITE) {
                if (event == RawSocketEvent.READ) {
                    connection.read(unsent);
                }
                connection.write(unsent.flip()); // may take a part only
                unsent.compact();
                boolean allTaken = unsent.position() == 0;
                connection.readEventsEnabled(allTaken); // a peer that takes nothing is not read from
                connection.writeEventsEnabled(!allTaken); // one WRITE, when there is room
            } else if (event == RawSocketEvent.READ_CLOSED) {
                connection.close();
            }
        });
    }

    static SecurityContext securityContext(Path chain, Path key, Path clientsCa) throws IOException {
        var context = SecurityContext.builder()
                .identity(chain, key)
                .trustedCertificates(clientsCa)
                .minimumTlsVersion(TlsVersion.TLS_1_3)
                .build();
        return context;
    }

    static SecureServerSocket internetAddress(int port, SecurityContext context) throws IOException {
        InetAddress first = InternetAddress.lookup("localhost", StandardProtocolFamily.INET)
                .join()
                .get(0);
        var server = SecureServerSocket.open(first, port, context);
        return server;
    }
}
