package dev.sallyport.testkit;

import static dev.sallyport.testkit.Awaiting.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class JvmProcessTest {
    /** Says hello, repeats its standard input, and says goodbye when it is told to end. */
    static final class Program {
        private Program() {}

        public static void main(String[] arguments) throws IOException {
            Runtime.getRuntime().addShutdownHook(new Thread(() -> System.out.println("bye")));
            System.out.println("hello " + String.join(" ", arguments));
            System.out.println("with " + System.getProperty("what"));
            System.err.println("to whom it may concern");
            if (System.in.read() < 0) {
                System.exit(3);
            }
        }
    }

    @Test
    void readsLinesAndTheExitStatus() throws IOException {
        try (JvmProcess process = JvmProcess.of(Program.class)
                .jvmOptions("-Dwhat=options")
                .arguments("dear", "reader")
                .start()) {
            assertThat(process.readLine()).isEqualTo("hello dear reader");
            assertThat(process.readLineWith("with")).isEqualTo("with options");
            process.endInput();
            assertThat(process.readLine()).isEqualTo("bye");
            assertThatThrownBy(process::readLine)
                    .isInstanceOf(AssertionError.class)
                    .hasMessageContaining("a line, but the output ended");
            assertThat(process.awaitExit(PATIENCE)).isEqualTo(3);
            assertThat(process.errors()).contains("to whom it may concern");
        }
    }

    @Test
    void sendsSignals() throws IOException {
        try (JvmProcess interrupted = JvmProcess.of(Program.class).start();
                JvmProcess terminated = JvmProcess.of(Program.class).start()) {
            interrupted.readLineWith("with");
            interrupted.signal("INT");
            terminated.readLineWith("with");
            terminated.terminate();
            assertThat(interrupted.awaitExit(PATIENCE)).isEqualTo(128 + 2);
            assertThat(interrupted.output()).endsWith("bye" + System.lineSeparator());
            assertThat(terminated.awaitExit(PATIENCE)).isEqualTo(128 + 15);
        }
    }

    @Test
    void killsWhatStillRuns() throws IOException {
        ProcessHandle handle;
        try (JvmProcess process = JvmProcess.of(Program.class).start()) {
            handle = ProcessHandle.of(process.pid()).orElseThrow();
            assertThatThrownBy(() -> process.awaitExit(Duration.ofMillis(20)))
                    .isInstanceOf(AssertionError.class)
                    .hasMessageContaining("waited");
        }
        Awaiting.until("the process to be gone", PATIENCE, () -> !handle.isAlive());
    }
}
