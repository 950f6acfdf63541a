package dev.sallyport.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.testkit.RequiresTool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The script {@code ./sallyport}, copied into a source tree of its own, with a JDK and a Maven that only say what they do. */
@RequiresTool("bash")
class LauncherTest {
    private static final Path SCRIPT = Path.of("..", "sallyport");
    private static final List<String> SYSTEM_TOOLS = List.of(
            "bash", "dirname", "readlink", "find", "sed", "grep", "mktemp", "mv", "rm", "mkdir", "touch", "env");

    @TempDir
    private Path folder;

    private Path root;
    private Path jdk;
    private Path tools;

    @BeforeEach
    void makeTree() throws IOException {
        root = Files.createDirectories(folder.resolve("a tree"));
        Files.copy(SCRIPT, root.resolve("sallyport"));
        makeExecutable(root.resolve("sallyport"));
        Files.createFile(root.resolve("pom.xml"));
        for (String module : List.of("testkit", "core", "micrometer", "cli")) {
            Path sources = Files.createDirectories(root.resolve(module).resolve("src/main/java"));
            Files.createFile(root.resolve(module).resolve("pom.xml"));
            Files.createFile(sources.resolve("A.java"));
        }
        jdk = makeJdk("17.0.2");
        tools = Files.createDirectories(folder.resolve("tools"));
        script(tools.resolve("mvn"), """
                #!/usr/bin/env bash
                echo "mvn $*"
                mkdir -p '%1$s/cli/target/lib'
                touch '%1$s/cli/target/sallyport-cli-1.jar'
                """.formatted(root));
    }

    @Test
    void buildsTheFirstTimeAndSaysSo() throws IOException {
        Run first = run("--version");
        assertThat(first.errors())
                .startsWith("sallyport: building")
                .contains("mvn -f ")
                .endsWith("sallyport: built\n");
        assertThat(first.output()).isEqualTo("java -jar " + jar() + " --version\n");

        Run second = run("serve", "--alpn", "a b");
        assertThat(second.errors()).isEmpty();
        assertThat(second.output()).isEqualTo("java -jar " + jar() + " serve --alpn a b\n");
    }

    @Test
    void buildsAgainWhenASourceIsNewerOrGone() throws IOException {
        run();
        Path source = root.resolve("core/src/main/java/A.java");
        Files.setLastModifiedTime(source, FileTime.from(Instant.now().plusSeconds(60)));
        assertThat(run().errors()).contains("building");

        Files.setLastModifiedTime(source, FileTime.from(Instant.EPOCH));
        assertThat(run().errors()).isEmpty();

        Files.delete(source);
        Files.setLastModifiedTime(
                source.getParent(), FileTime.from(Instant.now().plusSeconds(60)));
        assertThat(run().errors()).contains("building");
    }

    @Test
    void aFailedBuildEndsIt() throws IOException {
        script(tools.resolve("mvn"), "#!/bin/sh\necho broken; exit 1\n");

        Run run = run("serve");

        assertThat(run.status()).isEqualTo(1);
        assertThat(run.output()).isEmpty();
        assertThat(run.errors())
                .contains("broken\n")
                .endsWith("sallyport: the build failed; what Maven said is above\n");
    }

    @Test
    void worksThroughLinks() throws IOException {
        Path elsewhere = Files.createDirectories(folder.resolve("bin"));
        Files.createSymbolicLink(elsewhere.resolve("second"), root.resolve("sallyport"));
        Files.createSymbolicLink(elsewhere.resolve("first"), Path.of("second"));

        Run run = launch(elsewhere.resolve("first"), jdk, List.of());

        assertThat(run.output()).isEqualTo("java -jar " + jar() + "\n");
    }

    @Test
    void oneLineForAJavaThatIsTooOld() throws IOException {
        jdk = makeJdk("11.0.20");
        assertFailure("is Java 11; a JDK 17 or newer is needed");

        jdk = makeJdk("1.8.0_392");
        assertFailure("is Java 8; a JDK 17 or newer is needed");
    }

    @Test
    void oneLineForAJavaHomeWithoutJava() throws IOException {
        jdk = folder.resolve("nowhere");

        assertFailure("JAVA_HOME is " + jdk + ", where no bin/java is");
    }

    @Test
    void oneLineForAMissingMaven() throws IOException {
        Files.delete(tools.resolve("mvn"));

        assertFailure("no mvn found to build with; install Maven 3.8 or newer");
    }

    private void assertFailure(String message) throws IOException {
        Run run = run("serve");
        assertThat(run.status()).isEqualTo(1);
        assertThat(run.output()).isEmpty();
        assertThat(run.errors()).startsWith("sallyport: ").contains(message).hasLineCount(1);
    }

    private Path jar() throws IOException {
        return root.toRealPath().resolve("cli/target/sallyport-cli-1.jar");
    }

    private Run run(String... arguments) throws IOException {
        return launch(root.resolve("sallyport"), jdk, List.of(arguments));
    }

    private Run launch(Path script, Path javaHome, List<String> arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(script.toString()));
        command.addAll(arguments);
        Path output = folder.resolve("stdout");
        Path errors = folder.resolve("stderr");
        var builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectOutput(output.toFile())
                .redirectError(errors.toFile());
        builder.environment().put("JAVA_HOME", javaHome.toString());
        builder.environment().put("PATH", tools + ":" + systemWithoutMaven());
        Process process = builder.start();
        try {
            if (!process.waitFor(20, TimeUnit.SECONDS)) {
                throw new AssertionError("waited 20 s for " + command + ": " + Files.readString(errors));
            }
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted", e);
        } finally {
            process.destroyForcibly();
        }
        return new Run(process.exitValue(), Files.readString(output), Files.readString(errors));
    }

    /** The system's own folders may hold a Maven too, which must not be found. */
    private Path systemWithoutMaven() throws IOException {
        Path system = folder.resolve("system");
        if (!Files.exists(system)) {
            Files.createDirectories(system);
            for (String tool : SYSTEM_TOOLS) {
                Path real = Stream.of("/bin", "/usr/bin")
                        .map(place -> Path.of(place, tool))
                        .filter(Files::exists)
                        .findFirst()
                        .orElseThrow(() -> new AssertionError("no " + tool));
                script(system.resolve(tool), "#!/bin/sh\nexec " + real + " \"$@\"\n");
            }
        }
        return system;
    }

    private Path makeJdk(String version) throws IOException {
        Path home = Files.createDirectories(folder.resolve("jdk-" + version));
        Files.createDirectories(home.resolve("bin"));
        Files.writeString(
                home.resolve("release"), "IMPLEMENTOR=\"X\"\nJAVA_VERSION=\"" + version + "\"\nLIBC=\"gnu\"\n");
        script(home.resolve("bin/java"), """
                #!/usr/bin/env bash
                if [[ $1 == --list-modules ]]; then
                  echo java.base; echo jdk.compiler
                else
                  echo "java $*"
                fi
                """);
        return home;
    }

    private static void script(Path file, String body) throws IOException {
        Files.writeString(file, body);
        makeExecutable(file);
    }

    private static void makeExecutable(Path file) throws IOException {
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private record Run(int status, String output, String errors) {}
}
