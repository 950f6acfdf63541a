package dev.sallyport.interop;

import static dev.sallyport.testkit.Awaiting.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.matrix.Matrix;
import dev.sallyport.matrix.Matrix.Dimension;
import dev.sallyport.matrix.Setup;
import dev.sallyport.testkit.JvmProcess;
import dev.sallyport.testkit.TlsConnection;
import java.io.IOException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** On the class path nobody reads a module descriptor: the library, in a run-time image with as few modules as there can be. */
class SmallImageTest {
    private static final String ELLIPTIC_CURVES = Runtime.version().feature() < 22 ? ",jdk.crypto.ec" : "";

    private static JvmProcess start(String modules, String... arguments) throws IOException {
        return JvmProcess.of(SmallImageProgram.class)
                .jvmOptions("--limit-modules", modules + ELLIPTIC_CURVES)
                .arguments(arguments)
                .start();
    }

    @Matrix({Dimension.TRANSPORT, Dimension.PROVIDER})
    @Tag("slow")
    void servesWithTheBaseModuleAndLogging(Setup setup) throws Exception {
        String transport = setup.transport().name();
        try (JvmProcess program =
                start("java.base,java.logging", transport, setup.provider().name())) {
            int port = Integer.parseInt(program.readLine());
            try (TlsConnection client = setup.client(port).trustingEverybody().connect()) {
                client.send("ping");
                assertThat(client.receive(4)).asString().isEqualTo("ping");
            }
            assertThat(program.awaitExit(PATIENCE)).as(program.errors()).isZero();
            assertThat(program.errors()).doesNotContain("NoClassDefFoundError", "SEVERE");
        }
    }

    @Test
    void saysWhatIsMissingWithoutLogging() throws Exception {
        try (JvmProcess program = start("java.base", "NIO", "JDK")) {
            assertThat(program.awaitExit(PATIENCE)).isEqualTo(1);
            assertThat(program.errors())
                    .contains("UnsupportedOperationException: this run-time image has no module java.logging")
                    .contains("jlink --add-modules java.logging");
        }
    }
}
