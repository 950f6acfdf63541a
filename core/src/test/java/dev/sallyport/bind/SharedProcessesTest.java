package dev.sallyport.bind;

import static dev.sallyport.testkit.Awaiting.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.BindOptions;
import dev.sallyport.SecureServerSocket;
import dev.sallyport.matrix.Matrix;
import dev.sallyport.matrix.Matrix.Dimension;
import dev.sallyport.matrix.Setup;
import dev.sallyport.testkit.JdkTlsClient;
import dev.sallyport.testkit.JvmProcess;
import dev.sallyport.testkit.TlsConnection;
import java.io.IOException;
import java.net.BindException;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Two processes on one address, by SO_REUSEPORT. */
@EnabledOnOs(OS.LINUX)
class SharedProcessesTest {
    private static final int ENOUGH = 200; // by then the kernel has certainly chosen both

    private static JvmProcess start(Setup setup, int port, boolean shared) throws IOException {
        return JvmProcess.of(BindProgram.class)
                .arguments(setup.transport().name(), Integer.toString(port), Boolean.toString(shared))
                .start();
    }

    private static SecureServerSocket open(Setup setup, int port, Consumer<BindOptions.Builder> options)
            throws IOException {
        return SecureServerSocket.open("127.0.0.1", port, setup.context().build(), setup.withTransport(options));
    }

    @Matrix(Dimension.TRANSPORT)
    void twoThatShareBothGetConnections(Setup setup) throws Exception {
        try (JvmProcess child = start(setup, 0, true)) {
            int port = Integer.parseInt(child.readLine());
            assertThatThrownBy(() -> open(setup, port, options -> {}))
                    .as("one that does not share")
                    .isExactlyInstanceOf(BindException.class)
                    .hasMessageContaining("127.0.0.1:" + port);
            try (SecureServerSocket server = open(setup, port, options -> options.shared(true))) {
                server.serve(socket -> socket.outputStream().write('p'));
                Set<Character> answered = new TreeSet<>();
                JdkTlsClient anybody = setup.client(port).trustingEverybody();
                for (int i = 0; i < ENOUGH && answered.size() < 2; i++) {
                    try (TlsConnection client = anybody.connect()) {
                        answered.add((char) client.receive(1)[0]);
                    }
                }
                assertThat(answered).as("who answered").containsExactly('c', 'p');
            }
        }
    }

    @Matrix(Dimension.TRANSPORT)
    void oneThatDoesNotShareHasTheAddressToItself(Setup setup) throws Exception {
        try (SecureServerSocket server = open(setup, 0, options -> {});
                JvmProcess child = start(setup, server.port(), true)) {
            assertThat(child.readLine()).startsWith("BindException").contains("127.0.0.1:" + server.port());
            assertThat(child.awaitExit(PATIENCE)).isZero();
        }
    }
}
