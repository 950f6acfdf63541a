package dev.sallyport.testkit;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/** A client that has no certificate, and remembers whose it was asked for (RFC 8446, 4.2.4). */
public final class AskedAuthorities {
    private static final int DEADLINE_MILLIS = 10_000;

    private final Set<String> commonNames = new TreeSet<>();

    /** {@return the common names that a server asks for, sorted} */
    public static List<String> of(InetSocketAddress server, String protocol) throws IOException {
        AskedAuthorities asked = new AskedAuthorities();
        try (SSLSocket socket =
                (SSLSocket) asked.context().getSocketFactory().createSocket(server.getAddress(), server.getPort())) {
            socket.setSoTimeout(DEADLINE_MILLIS);
            socket.setEnabledProtocols(new String[] {protocol});
            socket.startHandshake();
        }
        return asked.commonNames();
    }

    /** {@return a context whose client this is; it trusts {@link TestPki#ca()}} */
    public SSLContext context() {
        return JdkContexts.client(new NoKeys());
    }

    /** {@return the common names asked for so far, sorted} */
    public List<String> commonNames() {
        return List.copyOf(commonNames);
    }

    private final class NoKeys extends X509ExtendedKeyManager {
        private @Nullable String asked(Principal @Nullable [] issuers) {
            for (Principal issuer : issuers == null ? new Principal[0] : issuers) {
                commonNames.add(issuer.getName().replaceAll(".*CN=([^,]*).*", "$1"));
            }
            return null;
        }

        @Override
        public @Nullable String chooseClientAlias(
                String[] keyTypes, Principal @Nullable [] issuers, @Nullable Socket socket) {
            return asked(issuers);
        }

        @Override
        public @Nullable String chooseEngineClientAlias(
                String[] keyTypes, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
            return asked(issuers);
        }

        @Override
        public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
            return null;
        }

        @Override
        public @Nullable String chooseServerAlias(
                String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
            return null;
        }

        @Override
        public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
            return null;
        }

        @Override
        public X509Certificate @Nullable [] getCertificateChain(String alias) {
            return null;
        }

        @Override
        public @Nullable PrivateKey getPrivateKey(String alias) {
            return null;
        }
    }
}
