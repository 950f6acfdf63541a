package dev.sallyport.testkit;

import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/** Makes the JDK's {@link SSLContext} from test identities. */
final class JdkContexts {
    private JdkContexts() {}

    /** @param trusted whom to trust; null for everybody */
    static SSLContext client(@Nullable TestIdentity identity, @Nullable List<X509Certificate> trusted) {
        return context(
                keys(identity), trusted == null ? new TrustManager[] {new TrustsEverybody()} : trusting(trusted));
    }

    static SSLContext server(TestIdentity identity, List<X509Certificate> trusted) {
        return context(keys(identity), trusted.isEmpty() ? new TrustManager[0] : trusting(trusted));
    }

    /** {@return a client's that trusts {@link TestPki#ca()}} */
    static SSLContext client(KeyManager keys) {
        return context(new KeyManager[] {keys}, trusting(List.of(TestPki.ca().certificate())));
    }

    private static KeyManager[] keys(@Nullable TestIdentity identity) {
        return identity == null ? new KeyManager[0] : new KeyManager[] {new OneIdentity(identity)};
    }

    private static SSLContext context(KeyManager[] keys, TrustManager[] trust) {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys, trust, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("make an SSLContext", e);
        }
    }

    private static TrustManager[] trusting(List<X509Certificate> authorities) {
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            for (int i = 0; i < authorities.size(); i++) {
                store.setCertificateEntry("authority-" + i, authorities.get(i));
            }
            TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
            factory.init(store);
            return factory.getTrustManagers();
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("trust " + authorities.size() + " certificates", e);
        }
    }

    /**
     * Presents its identity whenever the key type allows it. The JDK's own managers keep back what the peer would not
     * accept (another issuer, expired, wrong usage), which is what the tests want to send.
     */
    private static final class OneIdentity extends X509ExtendedKeyManager {
        private static final String ALIAS = "identity";
        private final TestIdentity identity;

        OneIdentity(TestIdentity identity) {
            this.identity = identity;
        }

        private @Nullable String aliasFor(String... keyTypes) {
            return Arrays.asList(keyTypes).contains(identity.privateKey().getAlgorithm()) ? ALIAS : null;
        }

        private String @Nullable [] aliases(String keyType) {
            String alias = aliasFor(keyType);
            return alias == null ? null : new String[] {alias};
        }

        @Override
        public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
            return aliases(keyType);
        }

        @Override
        public @Nullable String chooseClientAlias(
                String[] keyTypes, Principal @Nullable [] issuers, @Nullable Socket socket) {
            return aliasFor(keyTypes);
        }

        @Override
        public @Nullable String chooseEngineClientAlias(
                String[] keyTypes, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
            return aliasFor(keyTypes);
        }

        @Override
        public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
            return aliases(keyType);
        }

        @Override
        public @Nullable String chooseServerAlias(
                String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
            return aliasFor(keyType);
        }

        @Override
        public @Nullable String chooseEngineServerAlias(
                String keyType, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
            return aliasFor(keyType);
        }

        @Override
        public X509Certificate[] getCertificateChain(String alias) {
            return identity.chain().toArray(X509Certificate[]::new);
        }

        @Override
        public PrivateKey getPrivateKey(String alias) {
            return identity.privateKey();
        }
    }

    /** For peers whose certificate a test cannot know, such as one that a program made for itself. */
    private static final class TrustsEverybody extends X509ExtendedTrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, @Nullable Socket socket) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, @Nullable SSLEngine engine) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, @Nullable Socket socket) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, @Nullable SSLEngine engine) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
