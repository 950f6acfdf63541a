package dev.sallyport.matrix;

import dev.sallyport.BindOptions;
import dev.sallyport.RawSecureServerSocket;
import dev.sallyport.SecureServerSocket;
import dev.sallyport.SecurityContext;
import dev.sallyport.TlsProvider;
import dev.sallyport.TlsVersion;
import dev.sallyport.Transport;
import dev.sallyport.testkit.JdkTlsClient;
import dev.sallyport.testkit.TestIdentity;
import dev.sallyport.testkit.TestPki;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.function.Consumer;

/**
 * One cell of the matrix, with shorthand for a server and a client of that cell: the server on a port of 127.0.0.1 that
 * the system chose, the client speaking only the cell's version.
 *
 * @param transport what the server polls with
 * @param provider what the server does TLS with
 * @param version what the client speaks
 */
public record Setup(Transport transport, TlsProvider provider, TlsVersion version) {
    /** {@return a builder with the default server identity and this cell's provider} */
    public SecurityContext.Builder context() {
        return context(TestPki.server());
    }

    /** {@return a builder with an identity and this cell's provider} */
    public SecurityContext.Builder context(TestIdentity identity) {
        return SecurityContext.builder()
                .identity(identity.chainFile(), identity.keyFile())
                .provider(provider);
    }

    /** {@return a server with the default identity} */
    public SecureServerSocket open(Consumer<BindOptions.Builder> options) throws IOException {
        return open(context().build(), options);
    }

    /** {@return a server with a context} */
    public SecureServerSocket open(SecurityContext context, Consumer<BindOptions.Builder> options) throws IOException {
        return SecureServerSocket.open("127.0.0.1", 0, context, withTransport(options));
    }

    /** {@return a raw server with the default identity} */
    public RawSecureServerSocket openRaw(Consumer<BindOptions.Builder> options) throws IOException {
        return RawSecureServerSocket.open("127.0.0.1", 0, context().build(), withTransport(options));
    }

    /** {@return the options with this cell's transport before them} */
    public Consumer<BindOptions.Builder> withTransport(Consumer<BindOptions.Builder> options) {
        return builder -> options.accept(builder.transport(transport));
    }

    /** {@return a client of a server's port that trusts the test authority and speaks this cell's version} */
    public JdkTlsClient client(int port) {
        return JdkTlsClient.to(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
                .trusting(TestPki.ca())
                .protocols(version.protocolName());
    }

    @Override
    public String toString() {
        return transport + ", " + provider + ", " + version.protocolName();
    }
}
