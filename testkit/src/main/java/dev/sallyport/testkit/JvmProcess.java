package dev.sallyport.testkit;

import static dev.sallyport.testkit.Awaiting.PATIENCE;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Another JVM, of the same kind as this one and with its class path, or with a module path and no class path: for tests that need two processes, signals, or
 * a program that ends by itself.
 *
 * <p>Its standard output is read line by line, each line once, in order. Closing kills it, and so does the end of this
 * JVM. For one thread at a time.
 */
public final class JvmProcess implements AutoCloseable {
    private static final long SIGINT = 1L << (2 - 1); // in a set of signals, as Linux writes it

    private static final Path HERE = Path.of(System.getProperty("java.home"));

    private final ChildProcess process;
    private int consumed;

    private JvmProcess(ChildProcess process) {
        this.process = process;
    }

    /** {@return how to start this program} */
    public static Launch of(Class<?> mainClass) {
        return of(mainClass.getName());
    }

    /** {@return how to start this program} */
    public static Launch of(String mainClass) {
        return new Launch(HERE, List.of("-cp", System.getProperty("java.class.path")), List.of(mainClass));
    }

    /** {@return how to start the main class of a module, from these folders and files and nothing else} */
    public static Launch ofModule(String module, String mainClass, List<Path> modulePath) {
        String path = modulePath.stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator));
        return new Launch(HERE, List.of("-p", path), List.of("-m", module + "/" + mainClass));
    }

    /** {@return how to start the main class of a module that is linked into a run-time image} */
    public static Launch ofImage(Path image, String module, String mainClass) {
        return new Launch(image, List.of(), List.of("-m", module + "/" + mainClass));
    }

    /** What a JVM is started with; changes in place. */
    public static final class Launch {
        private final Path home;
        private final List<String> path;
        private final List<String> program;
        private final List<String> jvmOptions = new ArrayList<>();
        private final List<String> arguments = new ArrayList<>();
        private int maxDescriptors;

        private Launch(Path home, List<String> path, List<String> program) {
            this.home = home;
            this.path = path;
            this.program = program;
        }

        /** Adds options for the JVM, such as {@code "-Xmx64m"}. */
        public Launch jvmOptions(String... options) {
            jvmOptions.addAll(List.of(options));
            return this;
        }

        /** Adds arguments for the program. */
        public Launch arguments(String... values) {
            arguments.addAll(List.of(values));
            return this;
        }

        /** Lets it have no more file descriptors than these; needs a shell. */
        public Launch maxDescriptors(int count) {
            maxDescriptors = count;
            return this;
        }

        /** Starts it, with a standard input that stays open until {@link JvmProcess#endInput}. */
        public JvmProcess start() throws IOException {
            List<String> command = new ArrayList<>();
            if (interruptIgnored()) {
                command.addAll(List.of("env", "--default-signal=INT"));
            }
            if (maxDescriptors > 0) {
                command.addAll(List.of("/bin/sh", "-c", "ulimit -n " + maxDescriptors + " && exec \"$@\"", "sh"));
            }
            command.add(home.resolve("bin").resolve("java").toString());
            // A test may start several: fast to start matters more than fast to run.
            command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto"));
            command.addAll(path);
            command.addAll(jvmOptions);
            command.addAll(program);
            command.addAll(arguments);
            ChildProcess process = ChildProcess.start(command);
            process.feed(InputStream.nullInputStream());
            return new JvmProcess(process);
        }

        /** A shell without job control has what it starts with '&' ignore SIGINT, and every process after that inherits it. */
        private static boolean interruptIgnored() throws IOException {
            Path status = Path.of("/proc/self/status");
            if (!Files.isReadable(status)) {
                return false;
            }
            try (Stream<String> lines = Files.lines(status)) {
                return lines.filter(line -> line.startsWith("SigIgn:"))
                        .mapToLong(
                                line -> Long.parseUnsignedLong(line.substring(7).strip(), 16))
                        .anyMatch(signals -> (signals & SIGINT) != 0);
            }
        }
    }

    /** {@return the next line of standard output, which must come within thirty seconds} */
    public String readLine() {
        return readLine("a line", line -> true);
    }

    /** {@return the next line with this text in it; the lines before it are skipped} */
    public String readLineWith(String text) {
        return readLine("a line with '" + text + "'", line -> line.contains(text));
    }

    /** {@return everything on standard output so far, lines already read included} */
    public String output() {
        return text();
    }

    /** {@return everything on standard error so far} */
    public String errors() {
        return process.errorText();
    }

    /** {@return the process id} */
    public long pid() {
        return process.pid();
    }

    /** {@return whether the process runs} */
    public boolean isAlive() {
        return process.isAlive();
    }

    /** Ends its standard input. */
    public void endInput() {
        process.closeStdin();
    }

    /** Sends SIGTERM. */
    public void terminate() {
        process.terminate();
    }

    /**
     * Sends a signal, by its name without SIG, such as {@code "INT"}; needs a POSIX system.
     *
     * @throws AssertionError when it could not be sent
     */
    public void signal(String name) throws IOException {
        try (ChildProcess kill = ChildProcess.start(List.of("kill", "-" + name, Long.toString(pid())))) {
            kill.feed(InputStream.nullInputStream());
            kill.closeStdin();
            if (kill.awaitExit(PATIENCE) != 0) {
                throw new AssertionError("send " + name + " to " + pid() + ": " + kill.errorText());
            }
        }
    }

    /** {@return the exit status: 128 and the signal's number when a signal ended it} */
    public int awaitExit(Duration patience) {
        return process.awaitExit(patience);
    }

    /** Kills it, if it still runs. */
    @Override
    public void close() {
        process.close();
    }

    private String readLine(String what, Predicate<String> wanted) {
        @Nullable String[] found = new @Nullable String[1];
        boolean inTime = process.stdout()
                .await(
                        () -> {
                            for (String line = nextLine(); line != null; line = nextLine()) {
                                if (wanted.test(line)) {
                                    found[0] = line;
                                    return true;
                                }
                            }
                            return process.stdout().ended();
                        },
                        PATIENCE);
        String line = found[0];
        if (!inTime || line == null) {
            throw process.failure(what + (inTime ? ", but the output ended" : ""), PATIENCE);
        }
        return line;
    }

    private @Nullable String nextLine() {
        String text = text();
        int end = text.indexOf('\n', consumed);
        if (end < 0) {
            return null;
        }
        String line = text.substring(consumed, end);
        consumed = end + 1;
        return line.endsWith("\r") ? line.substring(0, line.length() - 1) : line;
    }

    private String text() {
        return new String(process.output(), StandardCharsets.UTF_8);
    }
}
