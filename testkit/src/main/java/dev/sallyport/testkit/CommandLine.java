package dev.sallyport.testkit;

import static dev.sallyport.testkit.Awaiting.PATIENCE;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Which command-line tools this machine has. */
final class CommandLine {
    /** A tool can be on the path and still not run: version managers leave shims behind, Python may lack ssl. */
    private static final Map<String, List<String>> PROBES = Map.of(
            "openssl", List.of("openssl", "version"),
            "curl", List.of("curl", "--version"),
            "python3", List.of("python3", "-c", "import ssl"));

    private static final ConcurrentHashMap<String, Boolean> INSTALLED = new ConcurrentHashMap<>();

    private CommandLine() {}

    static boolean isInstalled(String tool) {
        return INSTALLED.computeIfAbsent(tool, name -> isOnPath(name) && probeSucceeds(name));
    }

    private static boolean isOnPath(String tool) {
        String path = System.getenv("PATH");
        if (path == null) {
            return false;
        }
        for (String folder : path.split(File.pathSeparator, -1)) {
            if (!folder.isEmpty() && Files.isExecutable(Path.of(folder, tool))) {
                return true;
            }
        }
        return false;
    }

    private static boolean probeSucceeds(String tool) {
        List<String> probe = PROBES.get(tool);
        if (probe == null) {
            return true;
        }
        try (ChildProcess process = ChildProcess.start(probe)) {
            process.feed(InputStream.nullInputStream());
            process.closeStdin();
            return process.awaitExit(PATIENCE) == 0;
        } catch (IOException e) {
            System.err.println("testkit: " + tool + " is on the path but does not start: " + e.getMessage());
            return false;
        }
    }
}
