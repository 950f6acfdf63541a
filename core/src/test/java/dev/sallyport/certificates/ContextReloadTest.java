package dev.sallyport.certificates;

import static dev.sallyport.PackageAccess.loaded;
import static dev.sallyport.certificates.ContextAssertions.assertHas;
import static dev.sallyport.certificates.ContextAssertions.refused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.SecurityContext;
import dev.sallyport.internal.tls.context.LoadedContext;
import dev.sallyport.testkit.TestIdentity;
import dev.sallyport.testkit.TestPki;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A security context that is made again from the same files. */
class ContextReloadTest {
    private final TestIdentity server = TestPki.server();

    private final TestIdentity ca = TestPki.ca();

    @TempDir
    Path folder;

    @Test
    void readsTheSameFilesAgain() throws Exception {
        TestIdentity next = TestPki.identity("next.example");
        Path chain = copy(server.chainFile(), "chain.pem");
        Path key = copy(server.keyFile(), "key.pem");
        Path trusted = copy(ca.chainFile(), "ca.pem");
        SecurityContext named = SecurityContext.fromPem(chain, key);
        SecurityContext context = SecurityContext.builder()
                .identity(chain, key)
                .trustedCertificates(trusted)
                .forServerName("a.example", named)
                .supportedProtocols("h2")
                .build();

        copy(next.chainFile(), "chain.pem");
        copy(next.keyFile(), "key.pem");
        copy(TestPki.otherCa().chainFile(), "ca.pem");
        SecurityContext reloaded = context.reload();

        assertHas(context, server);
        assertHas(reloaded, next);
        assertThat(loaded(reloaded).config().trusted())
                .isEqualTo(TestPki.otherCa().chain());
        assertThat(loaded(reloaded).config().protocols()).containsExactly("h2");
        LoadedContext namedAgain = loaded(reloaded).forName("a.example");
        assertThat(namedAgain).isNotNull().isNotSameAs(loaded(named));
        assertThat(loaded(reloaded).allConfigs())
                .hasSize(2)
                .allSatisfy(material ->
                        assertThat(material.identities().get(0).chain()).isEqualTo(next.chain()));
    }

    @Test
    void keepsWhatWasNotGivenAsAFileWhenReadingAgain() throws Exception {
        Path trusted = copy(ca.chainFile(), "ca.pem");
        SecurityContext context = SecurityContext.builder()
                .identity(chainBytes(), keyBytes())
                .trustedCertificates(trusted)
                .build();

        copy(TestPki.otherCa().chainFile(), "ca.pem");
        SecurityContext reloaded = context.reload();

        assertHas(reloaded, server);
        assertThat(loaded(reloaded).config().trusted())
                .isEqualTo(TestPki.otherCa().chain());
        SecurityContext selfSigned = SecurityContext.selfSigned();
        assertThat(loaded(selfSigned.reload()).config())
                .isEqualTo(loaded(selfSigned).config());
    }

    @Test
    void saysWhichFileCannotBeReloadedAndStaysUsable() throws Exception {
        Path chain = copy(server.chainFile(), "chain.pem");
        Path key = copy(server.keyFile(), "key.pem");
        SecurityContext context = SecurityContext.fromPem(chain, key);

        copy(TestPki.identity("next.example").keyFile(), "key.pem");

        refused(SSLException.class, context::reload, "chain.pem", "key.pem", "does not belong");
        assertHas(context, server);
    }

    private byte[] chainBytes() {
        return server.chainPem().getBytes(StandardCharsets.US_ASCII);
    }

    private byte[] keyBytes() {
        return server.keyPem().getBytes(StandardCharsets.US_ASCII);
    }

    private Path copy(Path from, String name) throws IOException {
        return Files.copy(from, folder.resolve(name), StandardCopyOption.REPLACE_EXISTING);
    }
}
