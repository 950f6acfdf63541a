package dev.sallyport;

import dev.sallyport.internal.hello.ReceivedHello;
import dev.sallyport.internal.keys.CertificateSources;
import dev.sallyport.internal.keys.IdentitySources;
import dev.sallyport.internal.options.OptionCheck;
import dev.sallyport.internal.options.ProtocolNames;
import dev.sallyport.internal.tls.context.ContextSpec;
import dev.sallyport.internal.tls.context.LoadedContext;
import dev.sallyport.internal.tls.context.TlsParameters;
import java.io.IOException;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The certificates and keys of a server, those that it trusts in clients, and the TLS that it speaks. Immutable, and there
 * is nothing to close: any thread may use it, for any number of servers. Checks and selectors of the application run on
 * {@link BindOptions#executor}. Key material never appears in messages or in {@link #toString}.
 *
 * {@snippet :
 * var context = SecurityContext.builder()
 *         .identity(chain, key)
 *         .trustedCertificates(clientsCa)
 *         .minimumTlsVersion(TlsVersion.TLS_1_3)
 *         .build();
 * }
 *
 * <p>Keys are RSA of 2048 bits or more, EC (P-256, P-384, P-521) or Ed25519. Key and certificates are checked against
 * each other when the context is built. A password is copied, and the caller's array never changed; the copy is cleared
 * when the context is built, or, if it is a file's, kept as long as the context for {@link #reload}.
 */
public final class SecurityContext {
    private final LoadedContext loaded;

    private SecurityContext(LoadedContext loaded) {
        this.loaded = loaded;
    }

    /**
     * A context with a certificate and its key, else with the defaults.
     *
     * @param chain a file with the certificate and those that certify it (PEM, DER or PKCS#12)
     * @param key a file with its private key, not encrypted; may be the same file
     * @return the context
     * @throws IOException if a file cannot be read or used; the message says which, why and what to do
     */
    public static SecurityContext fromPem(Path chain, Path key) throws IOException {
        return builder().identity(chain, key).build();
    }

    /**
     * A context with a certificate and its encrypted key, else with the defaults.
     *
     * @param chain a file with the certificate and those that certify it (PEM, DER or PKCS#12)
     * @param key a file with its private key; may be the same file
     * @param password of the key
     * @return the context
     * @throws IOException if a file cannot be read or used; the message says which, why and what to do
     */
    public static SecurityContext fromPem(Path chain, Path key, char[] password) throws IOException {
        return builder().identity(chain, key, password).build();
    }

    /**
     * A context with the keys of a keystore, else with the defaults.
     *
     * @param file a PKCS#12 or JKS file, with one key of each type at most
     * @param password of the file and its keys
     * @return the context
     * @throws IOException if the file cannot be read or used; the message says why and what to do
     */
    public static SecurityContext fromKeyStore(Path file, char[] password) throws IOException {
        return builder().keyStore(file, password).build();
    }

    /**
     * A context for development, with a new key (P-256) and a certificate that it signs itself, valid for 30 days. No
     * client trusts it unless told to.
     *
     * @param names DNS names and IP addresses to vouch for; none for {@code localhost}, {@code 127.0.0.1} and
     *     {@code ::1}
     * @return the context
     * @throws IllegalArgumentException if a name is neither a DNS name nor an IP address
     */
    public static SecurityContext selfSigned(String... names) {
        ContextSpec spec = new ContextSpec();
        spec.addIdentity(IdentitySources.selfSigned(names));
        try {
            return new SecurityContext(LoadedContext.load(spec));
        } catch (IOException e) {
            // no file is read, so it is this JDK that lacks something
            throw new IllegalStateException(e.getMessage(), e);
        }
    }

    /** {@return a builder that begins with the defaults} */
    public static Builder builder() {
        return new Builder(new ContextSpec());
    }

    /**
     * {@return a builder that begins with what this context was built from; its files are read again} An identity that is
     * added to it takes the place of this context's with the same type of key: so a certificate is renewed.
     */
    public Builder toBuilder() {
        return new Builder(loaded.spec());
    }

    /**
     * Reads the files again, those of contexts for server names too. What was given as bytes or objects stays, and so
     * does this context.
     *
     * @return a context of what the files have in them now
     * @throws IOException if a file cannot be read or used; the message says which, why and what to do
     */
    public SecurityContext reload() throws IOException {
        return new SecurityContext(loaded.reload());
    }

    /**
     * {@return the certificates that it presents, of each identity the leaf, those of server names too; what a
     * {@link ContextSelector} chooses is not among them; unmodifiable}
     */
    public List<X509Certificate> certificates() {
        return loaded.certificates();
    }

    LoadedContext loaded() {
        return loaded;
    }

    /** {@return one line for a log: subjects, names and versions} */
    @Override
    public String toString() {
        return loaded.toString();
    }

    /**
     * Collects what a context is made of. Files are read by {@link #build}; all else is checked at once: a bad value is
     * an {@link IllegalArgumentException} that names the option and says what to do, null is a
     * {@link NullPointerException}. Each method that sets something returns this builder. One thread at a time.
     */
    public static final class Builder {
        private final ContextSpec spec;

        private Builder(ContextSpec spec) {
            this.spec = spec;
        }

        /**
         * Adds a certificate and its key. Default none. Several may be added, one for each type of key (RSA, EC,
         * Ed25519); the client's abilities choose.
         *
         * @param chain a file with the certificate and those that certify it (PEM, DER or PKCS#12)
         * @param key a file with its private key, not encrypted; may be the same file
         */
        public Builder identity(Path chain, Path key) {
            spec.addIdentity(IdentitySources.files(chain, key, null));
            return this;
        }

        /** Adds a certificate and its key, as {@link #identity(Path, Path)}; {@code password} decrypts the key. */
        public Builder identity(Path chain, Path key, char[] password) {
            OptionCheck.nonNull("identity", "password", password);
            spec.addIdentity(IdentitySources.files(chain, key, password));
            return this;
        }

        /** Adds a certificate and its key, as {@link #identity(Path, Path)}; the bytes of the files, which are copied. */
        public Builder identity(byte[] chain, byte[] key) {
            spec.addIdentity(IdentitySources.bytes(chain, key, null));
            return this;
        }

        /** Adds a certificate and its key, as {@link #identity(Path, Path, char[])}; the bytes of the files, copied. */
        public Builder identity(byte[] chain, byte[] key, char[] password) {
            OptionCheck.nonNull("identity", "password", password);
            spec.addIdentity(IdentitySources.bytes(chain, key, password));
            return this;
        }

        /**
         * Adds a certificate and its key, as {@link #identity(Path, Path)}.
         *
         * @param key the private key; may be one that never leaves its provider (a hardware token)
         * @param chain its certificate, then those that certify it
         */
        public Builder identity(PrivateKey key, X509Certificate... chain) {
            spec.addIdentity(IdentitySources.objects(key, chain));
            return this;
        }

        /**
         * Adds every key of a keystore, with its certificates; see {@link #identity(Path, Path)}.
         *
         * @param file a PKCS#12 or JKS file
         * @param password of the file and its keys
         */
        public Builder keyStore(Path file, char[] password) {
            spec.addIdentity(IdentitySources.keyStoreFile(file, password));
            return this;
        }

        /**
         * Adds every key of a keystore that is loaded, as {@link #keyStore(Path, char[])}.
         *
         * @param password of its keys, or null where its provider asks for none
         */
        public Builder keyStore(KeyStore store, char @Nullable [] password) {
            spec.addIdentity(IdentitySources.keyStore(store, password));
            return this;
        }

        /**
         * Adds certificates that client certificates must lead to. Default none: without them, clients cannot be asked.
         *
         * @param file a file with one or more certificates (PEM, DER or PKCS#7)
         */
        public Builder trustedCertificates(Path file) {
            spec.trusted.add(CertificateSources.file(file));
            return this;
        }

        /** Adds certificates, as {@link #trustedCertificates(Path)}; the bytes of the file, which are copied. */
        public Builder trustedCertificates(byte[] certificates) {
            spec.trusted.add(CertificateSources.bytes("trustedCertificates", certificates));
            return this;
        }

        /** Adds those of a loaded keystore that have no key, as {@link #trustedCertificates(Path)}. */
        public Builder trustedCertificates(KeyStore store) {
            spec.trusted.add(CertificateSources.keyStore("trustedCertificates", store));
            return this;
        }

        /** Adds one or more certificates, as {@link #trustedCertificates(Path)}. */
        public Builder trustedCertificates(X509Certificate... certificates) {
            spec.trusted.add(CertificateSources.objects("trustedCertificates", certificates));
            return this;
        }

        /**
         * Adds certificates whose subjects clients are told, so that they can choose among their own. Default: those of
         * {@code trustedCertificates}. Says nothing about trust.
         *
         * @param file a file with one or more certificates (PEM, DER or PKCS#7)
         */
        public Builder clientAuthorities(Path file) {
            spec.clientAuthorities.add(CertificateSources.file(file));
            return this;
        }

        /** Adds certificates, as {@link #clientAuthorities(Path)}; the bytes of the file, which are copied. */
        public Builder clientAuthorities(byte[] certificates) {
            spec.clientAuthorities.add(CertificateSources.bytes("clientAuthorities", certificates));
            return this;
        }

        /** Adds those of a loaded keystore that have no key, as {@link #clientAuthorities(Path)}. */
        public Builder clientAuthorities(KeyStore store) {
            spec.clientAuthorities.add(CertificateSources.keyStore("clientAuthorities", store));
            return this;
        }

        /** Adds one or more certificates, as {@link #clientAuthorities(Path)}. */
        public Builder clientAuthorities(X509Certificate... certificates) {
            spec.clientAuthorities.add(CertificateSources.objects("clientAuthorities", certificates));
            return this;
        }

        /**
         * Refuses clients whose certificate was revoked. Default: not checked. Needs {@code trustedCertificates}.
         */
        public Builder revocation(Revocation revocation) {
            spec.revocation =
                    OptionCheck.nonNull("revocation", "revocation", revocation).source();
            return this;
        }

        /**
         * Asks the application as well, after a client's certificate has been found to lead to a trusted one (RFC 5280
         * section 6). Default none. It is not asked about clients without a certificate. It is asked also about
         * clients that resume a session: {@link ClientCertificateCheck#checkResumed}.
         */
        public Builder clientCertificateCheck(ClientCertificateCheck check) {
            spec.check = OptionCheck.nonNull("clientCertificateCheck", "check", check);
            return this;
        }

        /**
         * Asks the application instead of validating a client's certificate. Default none. Unsafe: signatures, validity
         * and usage are then the application's to check, except that the client has the certificate's key. For
         * certificates that are known one by one.
         *
         * @param verifier decides alone
         */
        public Builder unsafeClientCertificateVerifier(ClientCertificateCheck verifier) {
            spec.verifier = OptionCheck.nonNull("unsafeClientCertificateVerifier", "verifier", verifier);
            return this;
        }

        /**
         * Answers clients that ask for a server name with another context, all of it: identity, trust, versions,
         * protocols. Default none. An exact name is preferred to a wildcard, which stands for one label; clients that ask
         * for another name, or none, get this context, and when it has no identity an unrecognized_name alert (RFC 6066,
         * 3). The same pattern again replaces.
         *
         * @param pattern a host name, such as {@code www.example.com} or {@code *.example.com}, in ASCII
         * @param context what to answer with; has an identity, and no names or selector of its own
         */
        public Builder forServerName(String pattern, SecurityContext context) {
            spec.addName(pattern, OptionCheck.nonNull("forServerName", "context", context).loaded);
            return this;
        }

        /**
         * Asks the application for the context of each connection, by what the client said first. Default none. Is asked
         * before {@link #forServerName}; null leaves the choice to that. Names and a selector of the context that is chosen
         * do not count.
         */
        public Builder forClientHello(ContextSelector selector) {
            OptionCheck.nonNull("forClientHello", "selector", selector);
            spec.selector = hello -> choice(selector, hello);
            return this;
        }

        /**
         * The oldest version spoken. Default TLS 1.2, the oldest there is. Set TLS 1.3 where all clients have it.
         */
        public Builder minimumTlsVersion(TlsVersion version) {
            spec.minimumVersion = OptionCheck.nonNull("minimumTlsVersion", "version", version);
            return this;
        }

        /**
         * The newest version spoken. Default TLS 1.3, the newest there is. Set TLS 1.2 only for a client that breaks on
         * more.
         */
        public Builder maximumTlsVersion(TlsVersion version) {
            spec.maximumVersion = OptionCheck.nonNull("maximumTlsVersion", "version", version);
            return this;
        }

        /**
         * The cipher suites spoken. Default: all that are forward secret with authenticated encryption; others cannot
         * be named. Each version spoken needs one, which in TLS 1.2 must fit one of the keys (RSA, or ECDSA for the others).
         * Set it where a rule book says so.
         *
         * @param names IANA names in order of preference, such as {@code TLS_AES_128_GCM_SHA256}
         */
        public Builder cipherSuites(String... names) {
            spec.cipherSuites = TlsParameters.cipherSuites(names);
            return this;
        }

        /**
         * The key exchange groups spoken. Default: the provider's, X25519MLKEM768 first where it has it. Each version spoken
         * needs one, and X25519MLKEM768 is none of TLS 1.2. Set it where a rule book says so.
         *
         * @param names IANA names in order of preference: {@code X25519MLKEM768}, {@code x25519}, {@code secp256r1},
         *     {@code secp384r1}, {@code secp521r1}
         */
        public Builder namedGroups(String... names) {
            spec.namedGroups = TlsParameters.namedGroups(names);
            return this;
        }

        /**
         * The application protocols spoken (ALPN, RFC 7301). Default none.
         * {@link BindOptions.Builder#supportedProtocols(String...)} overrides it.
         *
         * @param protocols names in order of preference; each 1 to 255 bytes in UTF-8, together at most 8,191 with a
         *     byte before each; none for no ALPN
         */
        public Builder supportedProtocols(String... protocols) {
            return supportedProtocols(Arrays.asList(OptionCheck.nonNull("supportedProtocols", "protocols", protocols)));
        }

        /** The same as {@link #supportedProtocols(String...)}; the list is copied. */
        public Builder supportedProtocols(List<String> protocols) {
            spec.protocols = ProtocolNames.check(protocols);
            return this;
        }

        /**
         * Whether {@link SecureSocket#exportKeyingMaterial} works. Default false. Each connection then keeps a secret for
         * it, and a handshake takes a little longer (BoringSSL, TLS 1.3: some 20 microseconds). Set it for a protocol that
         * derives keys from the connection, or binds a login to it (RFC 9266).
         */
        public Builder keyingMaterialExport(boolean possible) {
            spec.keyingMaterialExport = possible;
            return this;
        }

        /**
         * Hands out the secrets of every connection, for tools that decrypt what they record. Default none. Unsafe:
         * whoever gets them reads everything.
         *
         * @param lines gets lines in the format of SSLKEYLOGFILE, without line ends, also from several threads at a
         *     time
         */
        public Builder unsafeKeyLog(Consumer<String> lines) {
            spec.keyLog = OptionCheck.nonNull("unsafeKeyLog", "lines", lines);
            return this;
        }

        /**
         * Which implementation does the cryptography. Default {@link TlsProvider#AUTO}. Name one to fail rather than
         * fall back.
         */
        public Builder provider(TlsProvider provider) {
            spec.provider = OptionCheck.nonNull("provider", "provider", provider);
            return this;
        }

        private static CompletionStage<@Nullable LoadedContext> choice(ContextSelector selector, ReceivedHello hello)
                throws Exception {
            return selector.select(new ClientHello(hello)).thenApply(chosen -> chosen == null ? null : chosen.loaded);
        }

        /**
         * {@return the context, of what the files have in them now; this builder can go on to build others}
         *
         * @throws IOException if a file, or what was given instead of one, cannot be read or used; the message says
         *     which, why and what to do
         * @throws IllegalArgumentException when two options contradict each other
         */
        public SecurityContext build() throws IOException {
            return new SecurityContext(LoadedContext.load(spec));
        }
    }
}
