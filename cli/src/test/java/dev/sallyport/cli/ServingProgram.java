package dev.sallyport.cli;

import static dev.sallyport.testkit.Awaiting.PATIENCE;

import dev.sallyport.testkit.JdkTlsClient;
import dev.sallyport.testkit.JvmProcess;
import dev.sallyport.testkit.TestIdentity;
import dev.sallyport.testkit.TestPki;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;

/** The program in a process of its own, serving on a port that the system chose, with the server identity of the tests. */
final class ServingProgram implements AutoCloseable {
    private final JvmProcess process;
    private final int port;

    private ServingProgram(JvmProcess process) {
        this.process = process;
        String first = process.readLine();
        if (!first.matches("listening on localhost:[1-9][0-9]*")) {
            throw new AssertionError("first line: " + first + "\nstderr: " + process.errors());
        }
        port = Integer.parseInt(first.substring(first.lastIndexOf(':') + 1));
    }

    static ServingProgram start(String... options) throws IOException {
        return start(List.of(), options);
    }

    /** With another identity than that of the tests. */
    static ServingProgram startAs(TestIdentity server, String... options) throws IOException {
        return start(server, List.of(), options);
    }

    static ServingProgram start(List<String> jvmOptions, String... options) throws IOException {
        return start(TestPki.server(), jvmOptions, options);
    }

    private static ServingProgram start(TestIdentity server, List<String> jvmOptions, String... options)
            throws IOException {
        List<String> arguments = new ArrayList<>(List.of("serve", "--port", "0"));
        arguments.addAll(List.of("--cert", server.chainFile().toString()));
        arguments.addAll(List.of("--key", server.keyFile().toString()));
        arguments.addAll(List.of(options));
        return new ServingProgram(
                launch(arguments).jvmOptions(jvmOptions.toArray(String[]::new)).start());
    }

    /** The program with these arguments, and with what the jar's manifest gives to the JVM. */
    static JvmProcess.Launch launch(List<String> arguments) {
        return JvmProcess.of(Main.class)
                .jvmOptions("--enable-native-access=ALL-UNNAMED")
                .arguments(arguments.toArray(String[]::new));
    }

    JvmProcess process() {
        return process;
    }

    JdkTlsClient client() {
        return JdkTlsClient.to("localhost", port);
    }

    URI page() {
        return URI.create("https://localhost:" + port + "/");
    }

    int port() {
        return port;
    }

    int awaitExit() {
        return process.awaitExit(PATIENCE);
    }

    @Override
    public void close() {
        process.close();
    }
}
