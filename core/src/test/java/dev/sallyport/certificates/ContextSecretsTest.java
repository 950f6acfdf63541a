package dev.sallyport.certificates;

import static dev.sallyport.certificates.ContextAssertions.assertHas;
import static dev.sallyport.certificates.ContextAssertions.refused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.sallyport.SecurityContext;
import dev.sallyport.testkit.TestIdentity;
import dev.sallyport.testkit.TestPki;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a security context does with passwords and keys: it changes none and shows none. */
class ContextSecretsTest {
    private final TestIdentity server = TestPki.server();

    @TempDir
    Path folder;

    @Test
    void neverChangesTheCallersPasswordNorNeedsItAgain() throws Exception {
        char[] password = server.pkcs12Password();
        SecurityContext context = SecurityContext.fromKeyStore(server.pkcs12File(), password);

        assertThat(password).isEqualTo(server.pkcs12Password());
        password[0] = '?';
        assertHas(context.reload(), server);
    }

    @Test
    void neverChangesTheCallersPasswordInWhateverForm() throws Exception {
        KeyStore store = KeyStore.getInstance(server.pkcs12File().toFile(), password());
        byte[] bytes = Files.readAllBytes(server.pkcs12File());
        Path file = server.pkcs12File();
        for (boolean right : new boolean[] {true, false}) {
            char[] password = right ? password() : "wrong".toCharArray();
            char[] before = password.clone();
            for (ThrowingCallable use : List.<ThrowingCallable>of(
                    () -> SecurityContext.fromPem(file, file, password),
                    () -> SecurityContext.fromKeyStore(file, password),
                    () -> SecurityContext.builder()
                            .identity(file, file, password)
                            .build()
                            .reload(),
                    () -> SecurityContext.builder()
                            .identity(bytes, bytes, password)
                            .build(),
                    () -> SecurityContext.builder().keyStore(file, password).build(),
                    () -> SecurityContext.builder().keyStore(store, password).build())) {
                Throwable failure = catchThrowable(use);
                assertThat(failure == null).as("%s", failure).isEqualTo(right);
                assertThat(password).isEqualTo(before);
            }
        }
    }

    @Test
    void canBeBuiltAgainAfterAPasswordWasCleared() throws Exception {
        SecurityContext.Builder builder = SecurityContext.builder()
                .identity(Files.readAllBytes(server.pkcs12File()), Files.readAllBytes(server.pkcs12File()), password());
        Path missing = folder.resolve("missing.pem");

        builder.build();
        SecurityContext again = builder.build();
        refused(
                NoSuchFileException.class,
                () -> again.toBuilder().trustedCertificates(missing).build(),
                "missing.pem");

        assertHas(again, server);
        assertHas(again.reload(), server);
        assertHas(again.toBuilder().supportedProtocols("h2").build(), server);
    }

    @Test
    void neverShowsKeyMaterial() throws Exception {
        SecurityContext context = SecurityContext.builder()
                .keyStore(server.pkcs12File(), server.pkcs12Password())
                .build();

        assertThat(context.toString())
                .contains("EC", "TLS_1_2", "server-ECDSA_P256")
                .doesNotContain("changeit", "PrivateKey", server.privateKey().toString());
    }

    private char[] password() {
        return server.pkcs12Password();
    }
}
