package dev.sallyport.load;

import static dev.sallyport.testkit.Awaiting.PATIENCE;
import static dev.sallyport.testkit.Awaiting.until;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.SecureServerSocket;
import dev.sallyport.SecurityContext;
import dev.sallyport.TlsProvider;
import dev.sallyport.load.HandshakeLoad.Visit;
import dev.sallyport.matrix.LibraryResources;
import dev.sallyport.matrix.Matrix;
import dev.sallyport.matrix.Matrix.Dimension;
import dev.sallyport.matrix.Setup;
import dev.sallyport.testkit.JdkTlsClient;
import dev.sallyport.testkit.TestIdentity;
import dev.sallyport.testkit.TestPki;
import dev.sallyport.testkit.TlsConnection;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Tag;

/**
 * A hundred contexts one after the other, while clients come and go: no handshake fails, each is answered by one whole
 * context, those whose session was made under the same trust are resumed and no others, and every context goes with its
 * last connection. Each context is known by an application protocol of its own.
 */
class ReloadUnderLoadTest {
    private static final int RELOADS = 100;
    private static final int HELD = 5;
    private static final TestIdentity[] IDENTITIES = {
        TestPki.identity("localhost", "127.0.0.1"), TestPki.identity("localhost", "127.0.0.1")
    };

    /** One of the contexts: whose certificate it shows, and whether it trusts the one authority or both. */
    private record Generation(String protocol, TestIdentity identity, boolean trustsBoth) {
        SecurityContext context(Setup setup) throws IOException {
            SecurityContext.Builder builder = setup.context(identity).supportedProtocols(protocol);
            return (trustsBoth
                            ? builder.trustedCertificates(
                                    TestPki.ca().certificate(),
                                    TestPki.otherCa().certificate())
                            : builder.trustedCertificates(TestPki.ca().certificate()))
                    .build();
        }
    }

    /** At each reload the certificate changes or stays, and at about one of five the trust changes, too. */
    private static List<Generation> generations(Random random) {
        List<Generation> generations = new ArrayList<>();
        boolean trustsBoth = false;
        for (int i = 0; i <= RELOADS; i++) {
            trustsBoth ^= random.nextInt(5) == 0;
            generations.add(new Generation("g" + i, IDENTITIES[random.nextInt(IDENTITIES.length)], trustsBoth));
        }
        return generations;
    }

    @Matrix({Dimension.PROVIDER, Dimension.VERSION})
    void failsNoHandshakeResumesByTrustAndGivesEachContextBack(Setup setup) throws Exception {
        reload(setup, 200, 23);
    }

    @Matrix({Dimension.PROVIDER, Dimension.VERSION})
    @Tag("slow")
    void doesSoForTwentySeconds(Setup setup) throws Exception {
        reload(setup, 4_000, 29);
    }

    private static void reload(Setup setup, int visits, long seed) throws Exception {
        List<Generation> generations = generations(new Random(seed));
        List<TlsConnection> held = new ArrayList<>();
        try (SecureServerSocket server =
                setup.open(generations.get(0).context(setup), options -> options.requestClientCertificate(true))) {
            server.serve(HandshakeLoad::serve);
            try (HandshakeLoad load = HandshakeLoad.start(() -> client(setup, server, generations), visits, 200)) {
                for (int i = 0; i < RELOADS; i++) {
                    load.await((i + 1) * visits / (RELOADS + 1));
                    if (i % (RELOADS / HELD) == 0) {
                        held.add(client(setup, server, generations).connect());
                    }
                    server.replaceContext(generations.get(i + 1).context(setup));
                }
                List<Visit> seen = load.visits();
                assertThat(server.statistics().handshakesFailed()).isZero();
                assertAnsweredByWholeContexts(seen, generations, seed);
                assertResumedByTrust(setup, seen, generations, seed);
                assertThat(server.statistics().handshakesResumed())
                        .isEqualTo(seen.stream().filter(Visit::resumed).count());
            }
            assertHeldConnectionsKeepTheirContexts(setup, generations, held);
            server.replaceContext(setup.context()
                    .trustedCertificates(TestPki.ca().certificate())
                    .build());
            awaitContexts(setup, "one that has no protocols", 1);
        } finally {
            for (TlsConnection connection : held) {
                connection.close();
            }
        }
    }

    private static JdkTlsClient client(Setup setup, SecureServerSocket server, List<Generation> generations) {
        return setup.client(server.port())
                .deadline(PATIENCE)
                .alpn(generations.stream().map(Generation::protocol).toArray(String[]::new));
    }

    private static Generation byProtocol(List<Generation> generations, String protocol) {
        return generations.get(Integer.parseInt(protocol.substring(1)));
    }

    private static void assertAnsweredByWholeContexts(List<Visit> visits, List<Generation> generations, long seed) {
        Set<String> answered = new HashSet<>();
        for (Visit visit : visits) {
            String protocol = Objects.requireNonNull(visit.protocol());
            answered.add(protocol);
            if (!visit.resumed()) {
                assertThat(visit.certificate())
                        .as("seed " + seed + ", protocol " + protocol)
                        .isEqualTo(byProtocol(generations, protocol).identity().certificate());
            }
        }
        assertThat(answered).as("contexts that answered somebody").hasSizeGreaterThan(RELOADS / 10);
    }

    private static void assertResumedByTrust(Setup setup, List<Visit> visits, List<Generation> generations, long seed) {
        int across = 0;
        int apart = 0;
        for (Visit visit : visits) {
            Generation now = byProtocol(generations, Objects.requireNonNull(visit.protocol()));
            Generation before = visit.before() == null ? null : byProtocol(generations, visit.before());
            boolean resumable = before != null
                    && (setup.provider() == TlsProvider.BORINGSSL
                            ? before.trustsBoth() == now.trustsBoth()
                            : before == now);
            assertThat(visit.resumed()).as("seed " + seed + ", " + visit).isEqualTo(resumable);
            if (before != null && before != now) {
                across += resumable ? 1 : 0;
                apart += resumable ? 0 : 1;
            }
        }
        System.out.println(setup + ": of those who came back to another context " + across + " were resumed, " + apart
                + " were not");
        assertThat(apart).isPositive();
        assertThat(across > 0).isEqualTo(setup.provider() == TlsProvider.BORINGSSL);
    }

    private static void assertHeldConnectionsKeepTheirContexts(
            Setup setup, List<Generation> generations, List<TlsConnection> held) throws Exception {
        Set<String> inUse = new HashSet<>(Set.of(generations.get(RELOADS).protocol()));
        for (TlsConnection connection : held) {
            inUse.add(connection.selectedProtocol());
            connection.receive(1);
            connection.send("ping");
            assertThat(connection.receive(4)).asString().isEqualTo("ping");
        }
        awaitContexts(setup, "two for each of " + inUse, 2L * inUse.size());
        for (TlsConnection connection : held) {
            connection.close();
        }
        awaitContexts(setup, "those of the current one", 2);
    }

    /** On BoringSSL; one with protocols is two, the other one being for clients that offer none of them. */
    private static void awaitContexts(Setup setup, String which, long count) {
        LibraryResources library = new LibraryResources();
        long expected = setup.provider() == TlsProvider.BORINGSSL ? count : 0;
        until(
                expected + " native contexts: " + which,
                PATIENCE,
                () -> library.inUse().getOrDefault("NATIVE_CONTEXTS", 0L) == expected);
    }
}
