package dev.sallyport;

import dev.sallyport.testkit.TestPki;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.security.KeyStore;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509KeyManager;
import org.jspecify.annotations.Nullable;

/** A client that has no certificate, and looks at whose it is asked for (RFC 8446 section 4.2.4). */
final class AskedAuthorities implements X509KeyManager {
    private final Set<String> commonNames = new TreeSet<>();

    private AskedAuthorities() {}

    /** {@return the common names that a server asks for, sorted} */
    static List<String> of(InetSocketAddress server, TlsVersion version) throws Exception {
        AskedAuthorities asked = new AskedAuthorities();
        try (SSLSocket socket =
                (SSLSocket) asked.context().getSocketFactory().createSocket(server.getAddress(), server.getPort())) {
            socket.setSoTimeout(10_000);
            socket.setEnabledProtocols(new String[] {version.protocolName()});
            socket.startHandshake();
        }
        return List.copyOf(asked.commonNames);
    }

    private SSLContext context() throws Exception {
        KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
        trusted.load(null, null);
        trusted.setCertificateEntry("ca", TestPki.ca().certificate());
        TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
        factory.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(new KeyManager[] {this}, factory.getTrustManagers(), null);
        return context;
    }

    @Override
    public @Nullable String chooseClientAlias(String[] keyType, Principal @Nullable [] asked, @Nullable Socket socket) {
        for (Principal issuer : asked == null ? new Principal[0] : asked) {
            commonNames.add(issuer.getName().replaceAll(".*CN=([^,]*).*", "$1"));
        }
        return null;
    }

    @Override
    public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] asked) {
        return null;
    }

    @Override
    public @Nullable String chooseServerAlias(String keyType, Principal @Nullable [] asked, @Nullable Socket socket) {
        return null;
    }

    @Override
    public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] asked) {
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
