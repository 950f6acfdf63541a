package dev.sallyport.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.testkit.JvmProcess;
import dev.sallyport.testkit.TestIdentity;
import dev.sallyport.testkit.TestPki;
import dev.sallyport.testkit.TlsConnection;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The first server of the guide is compiled, and does what the guide says of it. */
class GuideTest {
    private static final Path GUIDE = Path.of("../docs/guide.md");
    private static final Path FIRST_SERVER = Path.of("src/test/java/dev/sallyport/examples/FirstServer.java");

    @Test
    void itsFirstServerIsCompiled() throws IOException {
        List<String> programs = Pattern.compile("(?s)```java\\n(import .*?)```")
                .matcher(Files.readString(GUIDE))
                .results()
                .map(match -> match.group(1))
                .toList();
        assertThat(programs)
                .singleElement()
                .satisfies(program -> assertThat(Files.readString(FIRST_SERVER)).endsWith(program));
    }

    @Test
    void itsFirstServerEchoesWithTheCertificateOfTheFiles() throws Exception {
        TestIdentity identity = TestPki.server();
        try (JvmProcess program = JvmProcess.of(FirstServer.class)
                .arguments(identity.chainFile().toString(), identity.keyFile().toString(), "0")
                .start()) {
            String line = program.readLineWith("listening on port ");
            int port = Integer.parseInt(line.substring("listening on port ".length()));
            try (TlsConnection client = LocalClient.to(port).connect()) {
                assertThat(client.peerCertificate()).isEqualTo(identity.certificate());
                client.send("hello");
                assertThat(client.receive(5)).isEqualTo("hello".getBytes(StandardCharsets.UTF_8));
            }
            program.terminate();
            program.awaitExit(Duration.ofSeconds(30));
        }
    }
}
