package dev.sallyport.structure;

import static dev.sallyport.testkit.Awaiting.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.SecureServerSocket;
import dev.sallyport.SecurityContext;
import dev.sallyport.testkit.JdkTlsClient;
import dev.sallyport.testkit.JvmProcess;
import dev.sallyport.testkit.TlsConnection;
import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Datapath 10: a program that is a module, compiled against the library's and started as README says. */
class ModulePathTest {
    private static final Path README = Path.of("..", "README.md");
    private static final String[] README_LINE = {"java ", " -p ... -m ..."};

    private static final String DESCRIPTOR = """
            module program {
                requires dev.sallyport;
            }
            """;
    private static final String MAIN = """
            package program;

            import dev.sallyport.SecureServerSocket;
            import dev.sallyport.SecureSocket;
            import dev.sallyport.SecurityContext;

            public class Main {
                public static void main(String[] args) throws Exception {
                    SecureServerSocket server =
                            SecureServerSocket.open("127.0.0.1", 0, SecurityContext.selfSigned("localhost"));
                    System.out.println(server.port());
                    System.out.println(server.provider() + " on " + server.transport());
                    try (SecureSocket socket = server.accept()) {
                        socket.inputStream().transferTo(socket.outputStream());
                    }
                    server.close();
                }
            }
            """;

    private final List<Path> modulePath =
            new ArrayList<>(CompiledClasses.ofLibrary().modulePathToCompile());

    @TempDir
    Path folder;

    @BeforeEach
    void compile() throws IOException {
        Path sources = Files.createDirectories(folder.resolve("src").resolve("program"));
        Path classes = folder.resolve("classes");
        List<Path> files = List.of(
                Files.writeString(sources.resolveSibling("module-info.java"), DESCRIPTOR),
                Files.writeString(sources.resolve("Main.java"), MAIN));
        String path = modulePath.stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator));
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter said = new StringWriter();
        try (StandardJavaFileManager manager = compiler.getStandardFileManager(null, null, null)) {
            boolean compiled = compiler.getTask(
                            said,
                            manager,
                            null,
                            List.of("--release", "17", "-p", path, "-d", classes.toString()),
                            null,
                            manager.getJavaFileObjectsFromPaths(files))
                    .call();
            assertThat(compiled).as("javac: %s", said).isTrue();
        }
        modulePath.add(classes);
    }

    @Test
    void withTheOptionsOfReadmeItUsesWhatTheClassPathWouldUse() throws Exception {
        try (JvmProcess program = run(options(README_LINE))) {
            assertThat(program.readLine()).isEqualTo(here());
            assertEndsByItself(program);
            assertThat(program.errors()).doesNotContain("WARNING");
        }
    }

    @Test
    @EnabledOnOs({OS.LINUX, OS.MAC}) // elsewhere NIO is the best there is
    void withoutThemItFallsBackAndWarns() throws Exception {
        try (JvmProcess program = run()) {
            assertThat(program.readLine()).isEqualTo("JDK on NIO");
            assertEndsByItself(program);
            String remedy = String.join(" ", options(README_LINE));
            List<String> warnings = program.errors()
                    .lines()
                    .filter(line -> line.contains(" instead of "))
                    .toList();
            assertThat(warnings)
                    .hasSize(2)
                    .allMatch(line -> line.contains(remedy))
                    .anyMatch(line -> line.startsWith("WARNING: tls provider jdk instead of boringssl"))
                    .anyMatch(line -> line.startsWith("WARNING: transport nio instead of "));
            assertThat(program.errors()).as("no stack").doesNotContain("\tat ");
        }
    }

    @Test
    @Tag("slow")
    void linkedIntoAnImageItUsesWhatTheClassPathWouldUse() throws Exception {
        Path image = folder.resolve("image");
        String path = modulePath.stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator));
        List<String> arguments = new ArrayList<>(List.of("-p", path));
        arguments.addAll(List.of(options("jlink -p ... ", " --output image")));
        arguments.addAll(List.of("--output", image.toString()));
        StringWriter said = new StringWriter();
        int exit = java.util.spi.ToolProvider.findFirst("jlink")
                .orElseThrow(() -> new AssertionError("this JDK has no jlink"))
                .run(new PrintWriter(said), new PrintWriter(said), arguments.toArray(String[]::new));
        assertThat(exit).as("jlink: %s", said).isZero();
        for (boolean told : new boolean[] {true, false}) {
            String[] options = options("image/bin/java ", " -m ...");
            try (JvmProcess program = serving(
                    JvmProcess.ofImage(image, "program", "program.Main").jvmOptions(told ? options : new String[0]))) {
                assertThat(program.readLine()).isEqualTo(told ? here() : "JDK on NIO");
                assertEndsByItself(program);
                if (told) {
                    assertThat(program.errors()).doesNotContain("WARNING");
                } else {
                    assertThat(program.errors()).contains(String.join(" ", options));
                }
            }
        }
    }

    /** Starts it; its first line is its port, and a client is echoed before the second is read. */
    private JvmProcess run(String... options) throws IOException {
        return serving(
                JvmProcess.ofModule("program", "program.Main", modulePath).jvmOptions(options));
    }

    private static JvmProcess serving(JvmProcess.Launch launch) throws IOException {
        JvmProcess program = launch.start();
        boolean echoed = false;
        try {
            int port = Integer.parseInt(program.readLine());
            try (TlsConnection client =
                    JdkTlsClient.to("127.0.0.1", port).trustingEverybody().connect()) {
                client.send("ping");
                assertThat(client.receive(4)).asString().isEqualTo("ping");
            }
            echoed = true;
            return program;
        } finally {
            if (!echoed) {
                program.close();
            }
        }
    }

    private static void assertEndsByItself(JvmProcess program) {
        assertThat(program.awaitExit(PATIENCE)).as(program.errors()).isZero();
    }

    /** {@return what AUTO becomes in this process, which is on the class path} */
    private static String here() throws IOException {
        try (SecureServerSocket server =
                SecureServerSocket.open("127.0.0.1", 0, SecurityContext.selfSigned("localhost"))) {
            return server.provider() + " on " + server.transport();
        }
    }

    /** {@return the options that one line of README has between these words} */
    private static String[] options(String... around) throws IOException {
        try (Stream<String> lines = Files.lines(README)) {
            List<String> found = lines.map(String::strip)
                    .filter(line -> line.startsWith(around[0]) && line.endsWith(around[1]))
                    .toList();
            assertThat(found).as("README's line %s...%s", (Object[]) around).hasSize(1);
            String line = found.get(0);
            return line.substring(around[0].length(), line.length() - around[1].length())
                    .split(" ");
        }
    }
}
