package dev.sallyport.interop;

import dev.sallyport.SecureServerSocket;
import dev.sallyport.SecureSocket;
import dev.sallyport.SecurityContext;
import dev.sallyport.TlsProvider;
import dev.sallyport.Transport;
import java.io.IOException;

/** Serves one client, and says on what. */
public final class SmallImageProgram {
    private SmallImageProgram() {}

    /** Arguments: transport, provider. */
    public static void main(String[] args) throws IOException {
        SecurityContext context = SecurityContext.selfSigned("localhost").toBuilder()
                .provider(TlsProvider.valueOf(args[1]))
                .build();
        try (SecureServerSocket server = SecureServerSocket.open(
                "127.0.0.1", 0, context, options -> options.transport(Transport.valueOf(args[0])))) {
            System.out.println(server.port());
            try (SecureSocket socket = server.accept()) {
                socket.inputStream().transferTo(socket.outputStream());
            }
        }
    }
}
