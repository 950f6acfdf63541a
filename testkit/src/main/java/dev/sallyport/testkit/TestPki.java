package dev.sallyport.testkit;

import dev.sallyport.testkit.CertificateRecipe.Usage;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;

/**
 * The certificates of a test run: made when first asked for, then the same for the whole process.
 *
 * <p>Server identities are issued by {@link #ca()}. Unless a method says otherwise they are valid for {@code localhost},
 * 127.0.0.1 and ::1, from yesterday for thirty days. Safe for use by many threads.
 */
public final class TestPki {
    private static final List<String> LOCAL_NAMES = List.of("localhost", "127.0.0.1", "::1");
    private static final ConcurrentHashMap<String, TestIdentity> IDENTITIES = new ConcurrentHashMap<>();

    private TestPki() {}

    /** {@return the authority (P-256) that issues everything here that is meant to be trusted} */
    public static TestIdentity ca() {
        return cached("ca", () -> CertificateRecipe.of("ca", Usage.AUTHORITY).selfSigned());
    }

    /** {@return an authority that has nothing to do with {@link #ca()}} */
    public static TestIdentity otherCa() {
        return cached(
                "other-ca",
                () -> CertificateRecipe.of("other-ca", Usage.AUTHORITY).selfSigned());
    }

    /** {@return a server's identity with an ECDSA key} */
    public static TestIdentity server() {
        return server(KeyKind.ECDSA_P256);
    }

    /** {@return a server's identity with a key of the kind given} */
    public static TestIdentity server(KeyKind kind) {
        return cached(
                "server-" + kind,
                () -> CertificateRecipe.of("server-" + kind, Usage.SERVER)
                        .key(kind)
                        .names(LOCAL_NAMES)
                        .issuedBy(ca()));
    }

    /**
     * A server's identity for these names only, the first of which is its subject too.
     *
     * @param names DNS names, wildcards included, or IP addresses as text; at least one
     */
    public static TestIdentity identity(String... names) {
        if (names.length == 0) {
            throw new IllegalArgumentException("names: none given, at least one is needed");
        }
        List<String> wanted = List.of(names);
        return cached(
                "identity-" + String.join("+", wanted),
                () -> CertificateRecipe.of(wanted.get(0), Usage.SERVER)
                        .names(wanted)
                        .issuedBy(ca()));
    }

    /** {@return a server's identity issued by an intermediate authority: a path of three with the root} */
    public static TestIdentity serverWithIntermediate() {
        return cached(
                "server-by-intermediate",
                () -> CertificateRecipe.of("server-by-intermediate", Usage.SERVER)
                        .names(LOCAL_NAMES)
                        .issuedBy(intermediate()));
    }

    /**
     * A server's identity whose chain is larger than 16 KiB, so that its handshake messages need several records and
     * more than one flush of a small buffer.
     */
    public static TestIdentity longChain() {
        return cached("long-chain", () -> {
            List<String> names = new ArrayList<>(LOCAL_NAMES);
            for (int i = 0; i < 500; i++) {
                names.add("host-%04d.department.long-chain.example".formatted(i));
            }
            return CertificateRecipe.of("long-chain", Usage.SERVER).names(names).issuedBy(intermediate());
        });
    }

    /** {@return a server's identity that was valid until yesterday} */
    public static TestIdentity expiredServer() {
        return cached(
                "expired-server",
                () -> CertificateRecipe.of("expired-server", Usage.SERVER)
                        .names(LOCAL_NAMES)
                        .valid(ago(10), ago(1))
                        .issuedBy(ca()));
    }

    /** {@return a server's identity that was made 100 days ago and is valid for that much longer} */
    public static TestIdentity serverValidFor(Duration remaining) {
        return cached(
                "server-valid-for-" + remaining,
                () -> CertificateRecipe.of("server-valid-for-" + remaining, Usage.SERVER)
                        .names(LOCAL_NAMES)
                        .valid(ago(100), Instant.now().plus(remaining))
                        .issuedBy(ca()));
    }

    /** {@return a server's identity with an RSA key of 1024 bits, which nobody should load} */
    public static TestIdentity weakServer() {
        return cached(
                "weak-server",
                () -> CertificateRecipe.of("weak-server", Usage.SERVER)
                        .rsa(1024)
                        .names(LOCAL_NAMES)
                        .issuedBy(ca()));
    }

    /** {@return a client's identity issued by {@link #ca()}, with an ECDSA key} */
    public static TestIdentity client() {
        return client(KeyKind.ECDSA_P256);
    }

    /** {@return a client's identity issued by {@link #ca()}, with a key of the kind given} */
    public static TestIdentity client(KeyKind kind) {
        return cached(
                "client-" + kind,
                () -> CertificateRecipe.of("client-" + kind, Usage.CLIENT)
                        .key(kind)
                        .issuedBy(ca()));
    }

    /** {@return a server's identity with a key on P-521} */
    public static TestIdentity serverOnP521() {
        return cached(
                "server-on-p521",
                () -> CertificateRecipe.of("server-on-p521", Usage.SERVER)
                        .curve("secp521r1")
                        .names(LOCAL_NAMES)
                        .issuedBy(ca()));
    }

    /** {@return a client's identity with a key on P-521} */
    public static TestIdentity clientOnP521() {
        return cached(
                "client-on-p521",
                () -> CertificateRecipe.of("client-on-p521", Usage.CLIENT)
                        .curve("secp521r1")
                        .issuedBy(ca()));
    }

    /** {@return a client's identity issued by an intermediate authority: a path of three with the root} */
    public static TestIdentity clientWithIntermediate() {
        return cached(
                "client-by-intermediate",
                () -> CertificateRecipe.of("client-by-intermediate", Usage.CLIENT)
                        .issuedBy(intermediate()));
    }

    /** {@return a client's identity issued by {@link #otherCa()}} */
    public static TestIdentity clientOfOtherCa() {
        return cached(
                "client-of-other-ca",
                () -> CertificateRecipe.of("client-of-other-ca", Usage.CLIENT).issuedBy(otherCa()));
    }

    /** {@return a client's identity that was valid until yesterday} */
    public static TestIdentity expiredClient() {
        return cached(
                "expired-client",
                () -> CertificateRecipe.of("expired-client", Usage.CLIENT)
                        .valid(ago(10), ago(1))
                        .issuedBy(ca()));
    }

    /** {@return a new client's identity issued by {@link #ca()} whose certificate ends that soon} */
    public static TestIdentity clientValidFor(Duration remaining) {
        return CertificateRecipe.of("client-valid-for-" + remaining, Usage.CLIENT)
                .valid(ago(1), Instant.now().plus(remaining))
                .issuedBy(ca());
    }

    /** {@return a client's identity that becomes valid in ten days} */
    public static TestIdentity notYetValidClient() {
        return cached(
                "not-yet-valid-client",
                () -> CertificateRecipe.of("not-yet-valid-client", Usage.CLIENT)
                        .valid(ago(-10), ago(-20))
                        .issuedBy(ca()));
    }

    /** {@return a client's identity whose extended key usage allows servers only} */
    public static TestIdentity wrongUsageClient() {
        return cached(
                "wrong-usage-client",
                () -> CertificateRecipe.of("wrong-usage-client", Usage.SERVER).issuedBy(ca()));
    }

    /** {@return a client's identity that no authority has signed} */
    public static TestIdentity selfSignedClient() {
        return cached(
                "self-signed-client",
                () -> CertificateRecipe.of("self-signed-client", Usage.CLIENT).selfSigned());
    }

    /** {@return a client's context that trusts {@link #ca()} and has no identity} */
    public static SSLContext clientContext() {
        return JdkContexts.client(null, List.of(ca().certificate()));
    }

    /** {@return a client's context that trusts {@link #ca()} and presents this identity, whoever asks for one} */
    public static SSLContext clientContext(TestIdentity identity) {
        return JdkContexts.client(identity, List.of(ca().certificate()));
    }

    /**
     * A server's context of the JDK, for tests that need a peer other than the server under test.
     *
     * @param clientAuthorities whose client certificates it accepts; none, if it never asks
     */
    public static SSLContext serverContext(TestIdentity identity, TestIdentity... clientAuthorities) {
        List<X509Certificate> trusted = new ArrayList<>();
        for (TestIdentity authority : clientAuthorities) {
            trusted.add(authority.certificate());
        }
        return JdkContexts.server(identity, trusted);
    }

    private static TestIdentity intermediate() {
        return cached(
                "intermediate",
                () -> CertificateRecipe.of("intermediate", Usage.AUTHORITY).issuedBy(ca()));
    }

    /** Not computeIfAbsent: making one identity asks for its issuer, which that method forbids. */
    private static TestIdentity cached(String key, Supplier<TestIdentity> maker) {
        TestIdentity known = IDENTITIES.get(key);
        if (known != null) {
            return known;
        }
        TestIdentity made = maker.get();
        TestIdentity earlier = IDENTITIES.putIfAbsent(key, made);
        return earlier == null ? made : earlier;
    }

    private static Instant ago(int days) {
        return Instant.now().minus(Duration.ofDays(days));
    }
}
