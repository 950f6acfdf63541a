package dev.sallyport.bind;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.matrix.Matrix;
import dev.sallyport.matrix.Matrix.Dimension;
import dev.sallyport.matrix.Setup;
import dev.sallyport.testkit.BackgroundTask;
import dev.sallyport.testkit.JdkTlsClient;
import dev.sallyport.testkit.JvmProcess;
import dev.sallyport.testkit.RequiresTool;
import dev.sallyport.testkit.TlsConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.junit.jupiter.api.io.TempDir;

/** Names whose resolver takes its time: it reads a pipe that nobody writes to. See {@link LookupProgram}. */
class LookupTest {
    @TempDir
    Path folder;

    @Matrix(Dimension.TRANSPORT)
    @RequiresTool("mkfifo")
    void namesAreLookedUpElsewhereWhileTheLoopsGoOnAndTheFirstAddressIsBound(Setup setup) throws Exception {
        Path hosts = folder.resolve("hosts-" + setup.transport());
        assertThat(new ProcessBuilder("mkfifo", hosts.toString()).start().waitFor())
                .isZero();
        try (JvmProcess program = JvmProcess.of(LookupProgram.class)
                .jvmOptions("-Djdk.net.hosts.file=" + hosts)
                .arguments(setup.transport().name())
                .start()) {
            JdkTlsClient client =
                    setup.client(Integer.parseInt(program.readLine())).trustingEverybody();
            for (int i = 0; i < 2 * Runtime.getRuntime().availableProcessors(); i++) { // on each of the loops
                try (TlsConnection connection = client.connect()) {
                    assertThat(connection.receive(1)).containsExactly(0);
                }
            }
            assertThat(program.readLineWith("looking up"))
                    .contains(setup.transport().name().toLowerCase(Locale.ROOT));
            assertThat(program.output()).doesNotContain("bound", "found");
            BackgroundTask<Path> answered = BackgroundTask.supply(
                    "the resolver to read",
                    () -> Files.writeString(
                            hosts, "127.0.0.3 " + LookupProgram.HOST + "\n127.0.0.2 " + LookupProgram.HOST + "\n"));
            answered.await();
            assertThat(new String[] {program.readLine(), program.readLine()})
                    .containsExactlyInAnyOrder(
                            "bound /127.0.0.3", "found [two.example/127.0.0.3, two.example/127.0.0.2]");
        }
    }
}
