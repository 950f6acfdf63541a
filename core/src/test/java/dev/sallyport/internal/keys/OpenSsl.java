package dev.sallyport.internal.keys;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.opentest4j.TestAbortedException;

/** The openssl program, run in a folder: what it writes is what our users have. */
final class OpenSsl {
    private static final boolean INSTALLED = installed();

    private final Path folder;

    OpenSsl(Path folder) {
        this.folder = folder;
    }

    /** Aborts the test, and says so where nobody overlooks it, when the program is missing. */
    static OpenSsl in(Path folder) {
        if (!INSTALLED) {
            System.err.println(
                    "NOT TESTED: the program 'openssl' is missing, so files as it writes them were not read");
            throw new TestAbortedException("the program 'openssl' is not installed");
        }
        return new OpenSsl(folder);
    }

    /** Runs it with the words of a command, split at blanks; fails unless it succeeds. */
    String run(String command) throws IOException {
        List<String> words = new ArrayList<>(List.of("openssl"));
        words.addAll(List.of(command.split(" ")));
        Process process = new ProcessBuilder(words)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            if (!process.waitFor(30, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IOException("openssl " + command + ": still runs after 30 s");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while waiting for openssl", e);
        }
        if (process.exitValue() != 0) {
            throw new IOException("openssl " + command + ": status " + process.exitValue() + ": " + output);
        }
        return output;
    }

    Source file(String name) {
        return Source.file(folder.resolve(name));
    }

    private static boolean installed() {
        try {
            new OpenSsl(Path.of(".")).run("version");
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
