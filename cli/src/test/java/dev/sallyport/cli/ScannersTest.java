package dev.sallyport.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.testkit.KeyKind;
import dev.sallyport.testkit.RequiresTool;
import dev.sallyport.testkit.TestIdentity;
import dev.sallyport.testkit.TestPki;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the scanners that people point at a server say of the program as it comes. */
@Tag("scanner")
@Timeout(value = 15, unit = TimeUnit.MINUTES)
class ScannersTest {
    /** A finding of testssl.sh in its flat JSON: one value a line, as it writes them. */
    private static final Pattern FINDING = Pattern.compile(
            "\"id\"\\s*:\\s*\"([^\"]*)\".*?\"severity\"\\s*:\\s*\"([^\"]*)\".*?\"finding\"\\s*:\\s*\"([^\"]*)\"",
            Pattern.DOTALL);

    private static final Set<String> SERIOUS = Set.of("MEDIUM", "HIGH", "CRITICAL", "FATAL");

    /** About the certificate of the tests, which nobody's authority has issued, and about HTTP, which is a page here. */
    private static final Pattern NOT_OF_TLS =
            Pattern.compile("(cert_|DNS_CAA|OCSP|HSTS|HPKP|security_headers|overall_grade|grade_cap|HTTP_).*");

    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource({"ECDSA_P256, boringssl", "RSA_2048, boringssl", "ECDSA_P256, jdk", "RSA_2048, jdk"})
    @RequiresTool("testssl")
    void testsslFindsNothingOfMediumSeverityOrWorse(KeyKind kind, String provider) throws Exception {
        Path report = folder.resolve("report.json");
        try (ServingProgram program = serving(kind, provider)) {
            run("testssl", "--quiet", "--color", "0", "--jsonfile", report.toString(), "localhost:" + program.port());
        }
        List<String> findings = new ArrayList<>();
        int all = 0;
        Matcher finding = FINDING.matcher(Files.readString(report));
        for (; finding.find(); all++) {
            boolean serious = SERIOUS.contains(finding.group(2));
            if (serious && !NOT_OF_TLS.matcher(finding.group(1)).matches()) {
                findings.add(finding.group(1) + " " + finding.group(2) + ": " + finding.group(3));
            }
        }
        assertThat(all).as("what testssl looked at").isGreaterThan(50);
        assertThat(findings).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"ECDSA_P256, boringssl", "RSA_2048, boringssl", "ECDSA_P256, jdk", "RSA_2048, jdk"})
    @RequiresTool("sslscan")
    void sslscanFindsTls12And13WithForwardSecrecyOnly(KeyKind kind, String provider) throws Exception {
        String said;
        try (ServingProgram program = serving(kind, provider)) {
            said = run("sslscan", "--no-colour", "localhost:" + program.port());
        }
        assertThat(said)
                .containsPattern("SSLv2 +disabled")
                .containsPattern("SSLv3 +disabled")
                .containsPattern("TLSv1.0 +disabled")
                .containsPattern("TLSv1.1 +disabled")
                .containsPattern("TLSv1.2 +enabled")
                .containsPattern("TLSv1.3 +enabled")
                .contains("Session renegotiation not supported")
                .contains("TLSv1.2 not vulnerable to heartbleed");
        List<String> suites = said.lines()
                .filter(line -> line.matches("(Preferred|Accepted) +TLSv.*"))
                .toList();
        assertThat(suites)
                .isNotEmpty()
                .allMatch(line -> line.matches(".*(TLS_\\w+_(GCM|POLY1305)_SHA\\d+|ECDHE-\\w+-.*(GCM|POLY1305)).*"));
    }

    private static ServingProgram serving(KeyKind kind, String provider) throws IOException {
        TestIdentity identity = TestPki.server(kind);
        return ServingProgram.startAs(identity, "--handler", "http", "--provider", provider);
    }

    private String run(String... command) throws IOException, InterruptedException {
        Path output = folder.resolve("output.txt");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                .redirectOutput(output.toFile())
                .start();
        boolean ended = process.waitFor(10, TimeUnit.MINUTES);
        if (!ended) {
            process.destroyForcibly();
        }
        String said = Files.readString(output, StandardCharsets.UTF_8);
        assertThat(ended).as("%s: %s", List.of(command), said).isTrue();
        return said;
    }
}
