package dev.sallyport.examples;

import dev.sallyport.SecureServerSocket;
import dev.sallyport.SecurityContext;
import java.io.IOException;
import java.nio.file.Path;

/** The code of the README beside its first, line by line. */
final class ReadmeSnippets {
    private ReadmeSnippets() {}

    static SecureServerSocket withACertificateOfOnesOwn() throws IOException {
        var context = SecurityContext.fromPem(Path.of("chain.pem"), Path.of("key.pem"));
        var server = SecureServerSocket.open("::", 8443, context, options -> options.watchFiles(true));
        return server;
    }

    static SecureServerSocket forClientsWithCertificates() throws IOException {
        var context = SecurityContext.builder()
                .identity(Path.of("chain.pem"), Path.of("key.pem"))
                .trustedCertificates(Path.of("clients-ca.pem"))
                .build();
        var server = SecureServerSocket.open("::", 8443, context, options -> options.requireClientCertificate(true));
        return server;
    }
}
