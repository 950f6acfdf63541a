package dev.sallyport.accept;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.matrix.Matrix;
import dev.sallyport.matrix.Matrix.Dimension;
import dev.sallyport.matrix.Setup;
import dev.sallyport.support.EchoServer;
import dev.sallyport.support.EchoServer.Layer;
import dev.sallyport.testkit.JdkTlsClient;
import dev.sallyport.testkit.ThreadDump;
import dev.sallyport.testkit.TlsConnection;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/** The layers that do not block need no thread for a connection. */
class LoopThreadsTest {
    private static final int CONNECTIONS_A_LAYER = 100;

    @Matrix(Dimension.TRANSPORT)
    void twoHundredConnectionsHaveTheThreadsOfTheLoopsOnly(Setup setup) throws Exception {
        Set<Long> before =
                ThreadDump.take().entries().stream().map(ThreadDump.Entry::id).collect(Collectors.toSet());
        List<TlsConnection> clients = new ArrayList<>();
        try (EchoServer raw = Layer.RAW_ON_LOOP.start(setup);
                EchoServer futures = Layer.FUTURES_ON_LOOP.start(setup)) {
            connect(setup.client(raw.port()), clients);
            connect(setup.client(futures.port()), clients);
            // all of them wait for a read now
            List<String> names = ThreadDump.take().entries().stream()
                    .filter(entry -> !before.contains(entry.id()))
                    .map(ThreadDump.Entry::name)
                    .toList();
            String transport = setup.transport().name().toLowerCase(Locale.ROOT);
            assertThat(names)
                    .anyMatch(name -> name.startsWith("sallyport-" + transport))
                    .allMatch(name -> name.matches("sallyport-(" + transport + "|handshake)-\\d+"))
                    .hasSizeLessThanOrEqualTo(2 * Runtime.getRuntime().availableProcessors());
        } finally {
            for (TlsConnection connection : clients) {
                connection.close();
            }
        }
    }

    private static void connect(JdkTlsClient client, List<TlsConnection> clients) throws IOException {
        for (int i = 0; i < CONNECTIONS_A_LAYER; i++) {
            TlsConnection connection = client.connect();
            clients.add(connection);
            connection.send("x");
            assertThat(connection.receive(1)).asString().isEqualTo("x");
        }
    }
}
