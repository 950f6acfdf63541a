package dev.sallyport.certificates;

import static dev.sallyport.support.ConnectedPair.assertTalks;
import static dev.sallyport.testkit.Awaiting.PATIENCE;
import static dev.sallyport.testkit.Awaiting.until;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.SecureServerSocket;
import dev.sallyport.SecurityContext;
import dev.sallyport.ServerObserver;
import dev.sallyport.matrix.Matrix;
import dev.sallyport.matrix.Matrix.Dimension;
import dev.sallyport.matrix.Setup;
import dev.sallyport.support.Alarms;
import dev.sallyport.support.ClientLoad;
import dev.sallyport.support.ConnectedPair;
import dev.sallyport.testkit.TestIdentity;
import dev.sallyport.testkit.TestPki;
import dev.sallyport.testkit.TlsConnection;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.cert.X509Certificate;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** A server that reads the files of its context again when they change. */
class WatchFilesTest {
    private static final TestIdentity OLD = TestPki.server();
    private static final TestIdentity NEW = TestPki.identity("localhost", "127.0.0.1");

    @TempDir
    Path folder;

    private record Refusal(Path file, IOException error) {}

    /** What an observer hears of reloads. */
    private static final class Told implements ServerObserver {
        final BlockingQueue<Boolean> replaced = new LinkedBlockingQueue<>();
        final BlockingQueue<Refusal> refused = new LinkedBlockingQueue<>();

        @Override
        public void contextReplaced() {
            replaced.add(true);
        }

        @Override
        public void contextReloadFailed(Path file, IOException error) {
            refused.add(new Refusal(file, error));
        }
    }

    private static <T> T next(BlockingQueue<T> events) throws InterruptedException {
        T event = events.poll(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        if (event == null) {
            throw new AssertionError("waited " + PATIENCE + " for the observer to hear of it");
        }
        return event;
    }

    private Path write(TestIdentity identity) throws IOException {
        Files.createDirectories(folder);
        Files.writeString(folder.resolve("chain.pem"), identity.chainPem());
        Files.writeString(folder.resolve("key.pem"), identity.keyPem());
        return folder;
    }

    private SecurityContext context(Setup setup, Path from) throws IOException {
        return SecurityContext.builder()
                .identity(from.resolve("chain.pem"), from.resolve("key.pem"))
                .provider(setup.provider())
                .build();
    }

    private static X509Certificate presented(Setup setup, SecureServerSocket server) throws Exception {
        try (var pair = ConnectedPair.of(server, setup.client(server.port()))) {
            assertTalks(pair);
            return pair.client.peerCertificate();
        }
    }

    @Matrix(Dimension.PROVIDER)
    void filesThatAreWrittenAnewAreUsedForLaterHandshakes(Setup setup) throws Exception {
        Told told = new Told();
        SecurityContext first = context(setup, write(OLD));
        try (SecureServerSocket server =
                        setup.open(first, options -> options.watchFiles(true).observer(told));
                var before = ConnectedPair.of(server, setup.client(server.port()))) {
            assertThat(before.client.peerCertificate()).isEqualTo(OLD.certificate());
            write(NEW);
            next(told.replaced);
            assertThat(presented(setup, server)).isEqualTo(NEW.certificate());
            assertThat(server.context()).isNotSameAs(first);
            assertTalks(before);
            assertThat(told.refused).isEmpty();
        }
    }

    /** As a mounted secret of Kubernetes: files are links through a folder's link, which is swapped atomically. */
    @Matrix({})
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "symbolic links need a privilege there")
    void filesBehindALinkThatIsSwappedAreUsed(Setup setup) throws Exception {
        Path mounted = Files.createDirectories(folder.resolve("mounted"));
        for (TestIdentity identity : new TestIdentity[] {OLD, NEW}) {
            Path version = Files.createDirectories(mounted.resolve(identity == OLD ? "..1" : "..2"));
            Files.writeString(version.resolve("chain.pem"), identity.chainPem());
            Files.writeString(version.resolve("key.pem"), identity.keyPem());
        }
        Files.createSymbolicLink(mounted.resolve("..data"), Path.of("..1"));
        Files.createSymbolicLink(mounted.resolve("chain.pem"), Path.of("..data", "chain.pem"));
        Files.createSymbolicLink(mounted.resolve("key.pem"), Path.of("..data", "key.pem"));
        Told told = new Told();
        try (SecureServerSocket server = setup.open(
                context(setup, mounted), options -> options.watchFiles(true).observer(told))) {
            assertThat(presented(setup, server)).isEqualTo(OLD.certificate());
            Path swapped = Files.createSymbolicLink(mounted.resolve("..data_tmp"), Path.of("..2"));
            Files.move(swapped, mounted.resolve("..data"), StandardCopyOption.ATOMIC_MOVE);
            next(told.replaced);
            assertThat(presented(setup, server)).isEqualTo(NEW.certificate());
        }
    }

    @Matrix({})
    void aBadFileLeavesTheOldContextServingIsToldOnceAndMendedLater(Setup setup) throws Exception {
        Told told = new Told();
        try (Alarms log = new Alarms(Level.INFO);
                SecureServerSocket server = setup.open(
                        context(setup, write(OLD)),
                        options -> options.watchFiles(true).observer(told))) {
            Path key = folder.resolve("key.pem");
            Files.writeString(key, "no key at all");
            Refusal refusal = next(told.refused);
            assertThat(refusal.file()).isEqualTo(key);
            assertThat(refusal.error()).hasMessageContaining(key.toString());
            assertThat(presented(setup, server)).isEqualTo(OLD.certificate());
            assertThat(log.heard())
                    .anyMatch(line -> line.startsWith("dev.sallyport: server ")
                            && line.contains(
                                    ":" + server.port() + " goes on with the context it has, for " + text(OLD)));
            write(NEW);
            next(told.replaced);
            assertThat(presented(setup, server)).isEqualTo(NEW.certificate());
            assertThat(told.refused).isEmpty();
            until(
                    "the log to name the new one",
                    PATIENCE,
                    () -> log.heard().stream().anyMatch(line -> line.contains("is now for " + text(NEW))));
        }
    }

    private static String text(TestIdentity identity) {
        X509Certificate certificate = identity.certificate();
        return certificate.getSubjectX500Principal().getName() + " until "
                + certificate.getNotAfter().toInstant();
    }

    @Matrix({})
    void aFileOfAServerNameIsWatchedToo(Setup setup) throws Exception {
        Told told = new Told();
        SecurityContext context = setup.context(TestPki.identity("main.example"))
                .forServerName("localhost", context(setup, write(OLD)))
                .build();
        try (SecureServerSocket server =
                setup.open(context, options -> options.watchFiles(true).observer(told))) {
            write(NEW);
            next(told.replaced);
            server.serve(ClientLoad::serve);
            try (TlsConnection client =
                    setup.client(server.port()).sni("localhost").connect()) {
                assertThat(client.peerCertificate()).isEqualTo(NEW.certificate());
            }
        }
    }

    @Matrix({})
    void aFileThatChangedBeforeTheBindIsReadAgain(Setup setup) throws Exception {
        Told told = new Told();
        SecurityContext stale = context(setup, write(OLD));
        write(NEW);
        try (SecureServerSocket server =
                setup.open(stale, options -> options.watchFiles(true).observer(told))) {
            next(told.replaced);
            assertThat(presented(setup, server)).isEqualTo(NEW.certificate());
        }
    }

    @Matrix({})
    void withoutTheOptionNothingIsRead(Setup setup) throws Exception {
        SecurityContext first = context(setup, write(OLD));
        try (SecureServerSocket plain = setup.open(first, options -> {});
                SecureServerSocket watching = setup.open(first, options -> options.watchFiles(true))) {
            write(NEW);
            until("the watching one to notice", PATIENCE, () -> watching.context() != first);
            assertThat(plain.context()).isSameAs(first);
        }
    }
}
