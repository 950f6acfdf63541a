package dev.sallyport.cli;

import static dev.sallyport.testkit.Awaiting.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.testkit.Awaiting;
import dev.sallyport.testkit.KeyKind;
import dev.sallyport.testkit.TestIdentity;
import dev.sallyport.testkit.TestPki;
import dev.sallyport.testkit.TlsConnection;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which certificate the program presents: by name, and after its files have changed. */
class CertificatesTest {
    private static final TestIdentity OTHER = TestPki.identity("www.example.com", "localhost", "127.0.0.1");
    private static final TestIdentity RENEWED = TestPki.server(KeyKind.RSA_2048);

    @TempDir
    private Path folder;

    private static X509Certificate presented(ServingProgram program, String name) {
        try (TlsConnection client = program.client().sni(name).connect()) {
            return client.peerCertificate();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private String write(TestIdentity identity) throws IOException {
        Path chain = Files.writeString(folder.resolve("chain.pem"), identity.chainPem());
        return chain + "," + Files.writeString(folder.resolve("key.pem"), identity.keyPem());
    }

    @Test
    void aNameHasACertificateOfItsOwn() throws Exception {
        try (ServingProgram program = ServingProgram.start(
                "--sni", "www.example.com=" + OTHER.chainFile() + "," + OTHER.keyFile(), "--api", "raw")) {
            assertThat(presented(program, "www.example.com")).isEqualTo(OTHER.certificate());
            assertThat(presented(program, "localhost"))
                    .isEqualTo(TestPki.server().certificate());
        }
    }

    @Test
    void changedFilesAreReadAgainAndSaidToBe() throws Exception {
        try (ServingProgram program = ServingProgram.start("--sni", "localhost=" + write(OTHER), "--watch")) {
            assertThat(presented(program, "localhost")).isEqualTo(OTHER.certificate());
            Files.writeString(folder.resolve("key.pem"), "no key");
            Awaiting.until(
                    "the program to say what is wrong",
                    PATIENCE,
                    () -> program.process().errors().contains("goes on with the context it has"));
            assertThat(presented(program, "localhost")).isEqualTo(OTHER.certificate());
            write(RENEWED);
            Awaiting.until(
                    "the program to say that it has read them",
                    PATIENCE,
                    () -> program.process().errors().contains("were read again"));
            String renewed = RENEWED.certificate().getSubjectX500Principal().getName() + " until "
                    + RENEWED.certificate().getNotAfter().toInstant();
            assertThat(program.process().errors().lines())
                    .as("the program and the log say which is presented now")
                    .anyMatch(line -> line.contains("were read again: now") && line.contains(renewed));

            assertThat(presented(program, "localhost")).isEqualTo(RENEWED.certificate());
        }
    }
}
