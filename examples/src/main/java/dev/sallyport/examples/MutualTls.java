package dev.sallyport.examples;

import dev.sallyport.SecureServerSocket;
import dev.sallyport.SecureSocket;
import dev.sallyport.SecurityContext;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Objects;
import java.util.Set;

/**
 * Lets in clients with a certificate of its own authority, unless its serial number is on a list, and greets them by name.
 */
public final class MutualTls {
    private MutualTls() {}

    /** Serves until it is stopped; {@code args} are CHAIN.pem KEY.pem CLIENTS-CA.pem and perhaps a port, else 8443. */
    public static void main(String[] args) throws IOException {
        int port = args.length > 3 ? Integer.parseInt(args[3]) : 8443;
        SecureServerSocket server = open(port, Path.of(args[0]), Path.of(args[1]), Path.of(args[2]), Set.of());
        System.out.println("listening on port " + server.port());
    }

    static SecureServerSocket open(int port, Path chain, Path key, Path clientsCa, Set<BigInteger> withdrawn)
            throws IOException {
        SecurityContext context = SecurityContext.builder()
                .identity(chain, key)
                .trustedCertificates(clientsCa)
                .clientCertificateCheck(clientChain -> check(clientChain.get(0), withdrawn))
                .build();
        SecureServerSocket server =
                SecureServerSocket.open("localhost", port, context, options -> options.requireClientCertificate(true));
        server.serve(MutualTls::greet);
        return server;
    }

    /** Asked once the certificate has been found good: what is thrown here refuses it all the same. */
    private static void check(X509Certificate client, Set<BigInteger> withdrawn) throws CertificateException {
        if (withdrawn.contains(client.getSerialNumber())) {
            throw new CertificateException("certificate " + client.getSerialNumber() + " was withdrawn");
        }
    }

    private static void greet(SecureSocket socket) throws IOException {
        X509Certificate client = Objects.requireNonNull(socket.peerCertificate()); // it is required
        String greeting = "hello " + client.getSubjectX500Principal().getName() + "\n";
        socket.outputStream().write(greeting.getBytes(StandardCharsets.UTF_8));
    }
}
