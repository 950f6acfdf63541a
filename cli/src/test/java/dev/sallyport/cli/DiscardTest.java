package dev.sallyport.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.testkit.TlsConnection;
import java.io.IOException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class DiscardTest {
    @ParameterizedTest
    @EnumSource(Layer.class)
    void readsToTheEndAndAnswersNothing(Layer layer) throws IOException {
        try (ServingProgram program = ServingProgram.start("--handler", "discard", "--api", layer.name());
                TlsConnection connection = program.client().connect()) {
            connection.send(new byte[4 * 1024 * 1024]);
            connection.shutdownOutput();

            assertThat(connection.receiveAll()).isEmpty();
            assertThat(program.process().errors()).isEmpty();
        }
    }
}
