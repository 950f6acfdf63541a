package dev.sallyport.internal.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sallyport.Transport;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.io.TempDir;

/** Runs {@link OutOfDescriptorsProgram} in a process that may have few descriptors. */
class OutOfDescriptorsTest {
    @TempDir
    Path folder;

    @EachTransport
    void saysSoAndAcceptsWhenThereAreSomeAgain(Transport transport) throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/bin/sh")), "needs a shell");
        Path output = folder.resolve("output");
        List<String> command = new ArrayList<>(List.of("/bin/sh", "-c", "ulimit -n 100 && exec \"$@\"", "sh"));
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-cp", System.getProperty("java.class.path")));
        command.addAll(List.of(OutOfDescriptorsProgram.class.getName(), transport.name()));
        Process process = new ProcessBuilder(command)
                .redirectOutput(output.toFile())
                .redirectError(folder.resolve("errors").toFile())
                .start();
        try {
            boolean ended = process.waitFor(50, TimeUnit.SECONDS);
            if (!ended) { // its threads, among what it says
                new ProcessBuilder("kill", "-QUIT", Long.toString(process.pid())).start();
                process.waitFor(2, TimeUnit.SECONDS);
            }
            assertThat(ended)
                    .as(() -> "the program ended; it says " + said(output) + said(folder.resolve("errors")))
                    .isTrue();
        } finally {
            process.destroyForcibly();
        }
        assertThat(Files.readString(output, StandardCharsets.UTF_8).lines())
                .as(Files.readString(folder.resolve("errors"), StandardCharsets.UTF_8))
                .containsExactly(
                        "out of descriptors: accept 127.0.0.1:PORT: too many open files",
                        "cannot bind: 127.0.0.1:0: too many open files",
                        "accepted");
        assertThat(process.exitValue()).isZero();
    }

    private static String said(Path file) {
        try {
            return Files.readString(file, StandardCharsets.UTF_8);
        } catch (IOException unreadable) {
            return unreadable.toString();
        }
    }
}
