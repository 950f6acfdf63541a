package dev.sallyport.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.testkit.TlsConnection;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@DisabledOnOs(value = OS.WINDOWS, disabledReason = "has no signals")
class DrainTest {
    @Test
    void sigtermLetsAnOpenConnectionEnd() throws IOException {
        assertSigtermLetsAnOpenConnectionEnd(Layer.BLOCKING);
    }

    @ParameterizedTest
    @EnumSource(Layer.class)
    @Tag("slow")
    void sigtermLetsAnOpenConnectionEndOnEachLayer(Layer layer) throws IOException {
        assertSigtermLetsAnOpenConnectionEnd(layer);
    }

    private static void assertSigtermLetsAnOpenConnectionEnd(Layer layer) throws IOException {
        try (ServingProgram program = ServingProgram.start("--api", layer.name());
                TlsConnection connection = echoed(program)) {
            program.process().terminate();
            program.process().readLineWith("waiting for open connections");
            connection.send("still here");
            assertThat(connection.receive(10)).asString().isEqualTo("still here");
            assertThat(program.process().isAlive()).isTrue();

            connection.shutdownOutput();
            assertThat(connection.receiveAll()).isEmpty();
            assertThat(program.awaitExit()).isZero();
            assertThat(program.process().errors()).isEmpty();
        }
    }

    @Test
    void connectionsThatDoNotEndAreEndedWhenTimeIsUp() throws IOException {
        try (ServingProgram program = ServingProgram.start("--drain", "300ms");
                TlsConnection connection = echoed(program)) {
            program.process().terminate();

            assertThat(program.awaitExit()).isZero();
            assertThat(connection.socket().isConnected()).isTrue();
        }
    }

    /** The grace is longer than the test may take. */
    @Test
    void idleHttpConnectionsEndAtOnce() throws IOException {
        assertIdleHttpConnectionsEndAtOnce(Layer.RAW);
    }

    @ParameterizedTest
    @EnumSource(Layer.class)
    @Tag("slow")
    void idleHttpConnectionsEndAtOnceOnEachLayer(Layer layer) throws IOException {
        assertIdleHttpConnectionsEndAtOnce(layer);
    }

    private static void assertIdleHttpConnectionsEndAtOnce(Layer layer) throws IOException {
        try (ServingProgram program =
                        ServingProgram.start("--handler", "http", "--drain", "5m", "--api", layer.name());
                TlsConnection connection = program.client().connect()) {
            connection.send("HEAD / HTTP/1.1\r\nHost: x\r\n\r\n");
            assertThat(connection.receive(15)).asString().isEqualTo("HTTP/1.1 200 OK");

            program.process().terminate();

            connection.receiveAll();
            connection.close(); // a client that stays is waited for a few seconds
            assertThat(program.awaitExit()).isZero();
            assertThat(program.process().errors()).isEmpty();
        }
    }

    @Test
    void theSecondInterruptEndsAtOnce() throws IOException {
        try (ServingProgram program = ServingProgram.start("--drain", "5m");
                TlsConnection connection = echoed(program)) {
            program.process().signal("INT");
            program.process().readLineWith("Ctrl-C again to end now");
            program.process().signal("INT");

            assertThat(program.process().awaitExit(Duration.ofSeconds(10))).isEqualTo(130);
            assertThat(connection.socket().isConnected()).isTrue();
        }
    }

    private static TlsConnection echoed(ServingProgram program) throws IOException {
        TlsConnection connection = program.client().connect();
        connection.send("x");
        connection.receive(1);
        return connection;
    }
}
