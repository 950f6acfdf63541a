package dev.sallyport.testkit;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.util.List;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/**
 * The JDK's own TLS client.
 *
 * <p>One client is one session cache: connecting twice with the same one offers to resume. Whether the server's
 * certificate names the host is checked only where {@link #sni} says which name to expect.
 */
public final class JdkTlsClient extends TlsClient<JdkTlsClient> {
    private @Nullable SSLContext context;

    private JdkTlsClient(SocketAddress server) {
        super(server);
    }

    /** {@return a client of the server at this address; for a wildcard address, of its loopback} */
    public static JdkTlsClient to(SocketAddress server) {
        return new JdkTlsClient(server);
    }

    /** {@return a client of the server at this name and port} */
    public static JdkTlsClient to(String host, int port) {
        return new JdkTlsClient(new InetSocketAddress(host, port));
    }

    @Override
    JdkTlsClient self() {
        return this;
    }

    @Override
    JdkTlsClient changed() {
        context = null;
        return this;
    }

    /** {@return a connection whose handshake is done, as far as this side can tell} */
    public TlsConnection connect() throws IOException {
        return silent().handshake();
    }

    /** {@return a connection that says nothing yet} */
    public Silent silent() throws IOException {
        WatchedSocket plain = new WatchedSocket();
        try {
            plain.connect(server(), Math.toIntExact(deadline().toMillis()));
            plain.setSoTimeout(Math.toIntExact(deadline().toMillis()));
            plain.setTcpNoDelay(true);
            return new Silent(plain);
        } catch (IOException | RuntimeException e) {
            plain.close();
            throw e;
        }
    }

    /** A connection that is to be secured. */
    public final class Silent implements Closeable {
        private final WatchedSocket plain;

        private Silent(WatchedSocket plain) {
            this.plain = plain;
        }

        /** {@return the same connection, secured as far as this side can tell} */
        public TlsConnection handshake() throws IOException {
            return secure(plain);
        }

        @Override
        public void close() throws IOException {
            plain.close();
        }
    }

    private TlsConnection secure(WatchedSocket plain) throws IOException {
        try {
            // The JDK checks the certificate against the name it believes it connected to.
            String name = serverName() == null ? server().getHostString() : serverName();
            SSLSocket secure =
                    (SSLSocket) context().getSocketFactory().createSocket(plain, name, server().getPort(), true);
            secure.setSSLParameters(parameters(secure.getSSLParameters()));
            secure.startHandshake();
            plain.handshakeDone();
            return new TlsConnection(secure, plain, deadline());
        } catch (IOException | RuntimeException e) {
            plain.close();
            throw e;
        }
    }

    /**
     * Connects, which must fail, and returns how it failed.
     *
     * <p>In TLS 1.3 the client's handshake is over before the server has looked at the client's certificate; so a
     * handshake that succeeded is followed by a read, whose failure counts. A connection that ends there with neither an
     * alert nor a close_notify is an {@link EOFException}.
     *
     * @throws AssertionError when the server accepted this client, or did not answer within the deadline
     */
    public IOException handshakeFailure() {
        try (TlsConnection connection = connect()) {
            int first = connection.in().read();
            if (first < 0 && !connection.endedWithCloseNotify()) {
                return new EOFException("the server closed the connection without an alert");
            }
            throw new AssertionError("the handshake succeeded (" + connection.protocol() + ") and the server "
                    + (first < 0 ? "closed in order" : "sent data"));
        } catch (ConnectException e) {
            throw new AssertionError("nobody listens on " + server(), e);
        } catch (SocketTimeoutException e) {
            throw new AssertionError("waited " + Awaiting.inWords(deadline()) + " for the handshake to fail", e);
        } catch (IOException e) {
            return e;
        }
    }

    private SSLContext context() {
        SSLContext known = context;
        if (known == null) {
            known = JdkContexts.client(identity(), trusted());
            context = known;
        }
        return known;
    }

    private SSLParameters parameters(SSLParameters parameters) {
        if (!offeredVersions().isEmpty()) {
            parameters.setProtocols(offeredVersions().toArray(String[]::new));
        }
        parameters.setApplicationProtocols(offeredProtocols().toArray(String[]::new));
        String name = serverName();
        if (name != null) {
            parameters.setServerNames(List.of(new SNIHostName(name)));
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
        }
        return parameters;
    }

    @Override
    public String toString() {
        return "JdkTlsClient of " + server();
    }
}
