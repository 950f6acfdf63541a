package dev.sallyport.load;

import static dev.sallyport.testkit.Awaiting.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.BindOptions;
import dev.sallyport.InternetAddress;
import dev.sallyport.matrix.Matrix;
import dev.sallyport.matrix.Matrix.Dimension;
import dev.sallyport.matrix.Setup;
import dev.sallyport.testkit.Awaiting;
import dev.sallyport.testkit.ClientHelloBytes;
import dev.sallyport.testkit.JdkTlsClient;
import dev.sallyport.testkit.JvmProcess;
import dev.sallyport.testkit.TlsConnection;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;

/**
 * Clients that send a whole ClientHello and then keep their handshake waiting, more of them than handshakes may be under
 * way, at a server whose deadline is half an hour: whoever had to wait for one of them would not be served. Printed is how
 * long the others take, and what each that waits weighs.
 */
class StalledClientsTest {
    private static final byte[] HELLO = ClientHelloBytes.builder().build().bytes();

    private static final Duration COMING = Duration.ofSeconds(60);

    /** The beginning of a record of 256 bytes, as the end of a client's handshake would be; the rest never comes. */
    private static final byte[] DRIP = {0x17, 3, 3, 1, 0};

    @Matrix({Dimension.TRANSPORT, Dimension.PROVIDER})
    @Tag("slow")
    void thoseThatWaitForNobodyAreServed(Setup setup) throws Exception {
        measure(setup, 400, 500);
    }

    @Matrix({Dimension.TRANSPORT, Dimension.PROVIDER})
    @Tag("slow")
    void thoseThatWaitForNobodyAreServedBesideFiveThousand(Setup setup) throws Exception {
        measure(setup, BindOptions.defaults().maxPendingHandshakes(), 5_000);
    }

    private static void measure(Setup setup, int bound, int stalled) throws Exception {
        try (JvmProcess server = JvmProcess.of(StalledClientsProgram.class)
                        .arguments(setup.transport().name(), setup.provider().name(), Integer.toString(bound))
                        .start();
                Stalled clients = new Stalled(Integer.parseInt(server.readLine()))) {
            JdkTlsClient client = setup.client(clients.port).trustingEverybody().deadline(PATIENCE);
            try (TlsConnection control = client.connect()) {
                good(setup, "alone", client);
                List<Long> before = figures("m", server, control);
                clients.connect(stalled);
                Awaiting.until("all but " + bound + " to be made to go", COMING, () -> {
                    List<Long> now = figures("c", server, control);
                    return now.get(0) == bound && now.get(1) >= stalled - bound;
                });
                List<Long> after = figures("m", server, control);
                System.out.printf(
                        "%s, %s: of each of %d stalled %d B heap, %d B direct memory, resident %d B%n",
                        setup.transport(),
                        setup.provider(),
                        bound,
                        (after.get(0) - before.get(0)) / bound,
                        (after.get(1) - before.get(1)) / bound,
                        (after.get(2) - before.get(2)) / bound);
                good(setup, "beside " + stalled + " that have sent their hello", client);
                clients.readFlights();
                good(setup, "beside those that have the server's flight", client);
                for (int i = 0; i < DRIP.length; i++) {
                    clients.sendByte(DRIP[i]);
                    good(setup, "beside those that send a byte now and then", client);
                }
            }
        }
    }

    /** Twenty good clients, one after the other. */
    private static void good(Setup setup, String when, JdkTlsClient client) throws IOException {
        List<Long> micros = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            long begin = System.nanoTime();
            try (TlsConnection connection = client.connect()) {
                connection.send("x");
                assertThat(connection.receive(1)).asString().isEqualTo("x");
            }
            micros.add(TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - begin));
        }
        Collections.sort(micros);
        System.out.println(setup.transport() + ", " + setup.provider() + ", " + when + ": good clients, median "
                + micros.get(micros.size() / 2) + " us, slowest " + micros.get(micros.size() - 1) + " us");
    }

    private static List<Long> figures(String order, JvmProcess server, TlsConnection control) {
        try {
            control.send(order);
            control.receive(1);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        List<Long> figures = new ArrayList<>();
        for (String figure : server.readLineWith("figures").split(" ", -1)) {
            if (!figure.equals("figures")) {
                figures.add(Long.parseLong(figure));
            }
        }
        return figures;
    }

    /** Clients that have sent their hello; those that the server has made go are forgotten. */
    private static final class Stalled implements AutoCloseable {
        final int port;
        private final List<SocketChannel> channels = new ArrayList<>();

        Stalled(int port) {
            this.port = port;
        }

        void connect(int count) throws IOException {
            for (int i = 0; i < count; i++) {
                SocketChannel channel = SocketChannel.open(new InetSocketAddress(InternetAddress.LOOPBACK_IPV4, port));
                channels.add(channel);
                channel.write(ByteBuffer.wrap(HELLO));
            }
        }

        void readFlights() throws IOException {
            ByteBuffer flight = ByteBuffer.allocate(16 * 1024);
            for (SocketChannel channel : channels) {
                try {
                    channel.configureBlocking(false);
                    channel.read(flight.clear());
                } catch (IOException evicted) {
                    channel.close();
                }
            }
            channels.removeIf(channel -> !channel.isOpen());
        }

        void sendByte(byte one) throws IOException {
            for (SocketChannel channel : channels) {
                try {
                    channel.write(ByteBuffer.wrap(new byte[] {one}));
                } catch (IOException evicted) {
                    channel.close();
                }
            }
            channels.removeIf(channel -> !channel.isOpen());
        }

        @Override
        public void close() throws IOException {
            for (SocketChannel channel : channels) {
                channel.close();
            }
        }
    }
}
