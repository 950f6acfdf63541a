package dev.sallyport.streams;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.SecureServerSocket;
import dev.sallyport.SecurityContext;
import dev.sallyport.matrix.Matrix;
import dev.sallyport.matrix.Matrix.Dimension;
import dev.sallyport.matrix.Setup;
import dev.sallyport.support.ConnectedPair;
import dev.sallyport.support.EchoServer;
import dev.sallyport.support.EchoServer.Layer;
import dev.sallyport.testkit.BackgroundTask;
import dev.sallyport.testkit.Payload;
import dev.sallyport.testkit.TestPki;
import dev.sallyport.testkit.TlsConnection;
import java.io.IOException;
import java.util.concurrent.ExecutionException;

/** What is sent is what arrives, both ways at once, on every layer. */
class DataTest {
    private static final long MEBIBYTE = 1 << 20;

    /** One byte, around the largest record, around four of them, and many. */
    private static final long[] SIZES = {1, 2, 1000, 16_383, 16_384, 16_385, 32_768, 65_535, 65_536, 65_537, MEBIBYTE};

    @Matrix({Dimension.TRANSPORT, Dimension.PROVIDER, Dimension.VERSION, Dimension.WIRE})
    void blockingStreamsKeepEveryByte(Setup setup) throws Exception {
        echo(Layer.BLOCKING, setup, SIZES);
    }

    @Matrix({Dimension.TRANSPORT, Dimension.PROVIDER, Dimension.VERSION, Dimension.WIRE})
    void futuresKeepEveryByte(Setup setup) throws Exception {
        echo(Layer.FUTURES, setup, SIZES);
    }

    @Matrix({Dimension.TRANSPORT, Dimension.PROVIDER, Dimension.VERSION, Dimension.WIRE})
    void futuresOnTheLoopKeepEveryByte(Setup setup) throws Exception {
        echo(Layer.FUTURES_ON_LOOP, setup, SIZES);
    }

    @Matrix({Dimension.TRANSPORT, Dimension.PROVIDER, Dimension.VERSION, Dimension.WIRE})
    void publishersKeepEveryByte(Setup setup) throws Exception {
        echo(Layer.FLOW, setup, SIZES);
    }

    @Matrix({Dimension.TRANSPORT, Dimension.PROVIDER, Dimension.VERSION, Dimension.WIRE})
    void eventsKeepEveryByte(Setup setup) throws Exception {
        echo(Layer.RAW, setup, SIZES);
    }

    @Matrix({Dimension.TRANSPORT, Dimension.PROVIDER, Dimension.VERSION, Dimension.WIRE})
    void eventsOnTheLoopKeepEveryByte(Setup setup) throws Exception {
        echo(Layer.RAW_ON_LOOP, setup, SIZES);
    }

    @Matrix({})
    void blockingStreamsCarry64Mebibytes(Setup setup) throws Exception {
        echo(Layer.BLOCKING, setup, 64 * MEBIBYTE);
    }

    @Matrix({})
    void futuresCarry64Mebibytes(Setup setup) throws Exception {
        echo(Layer.FUTURES, setup, 64 * MEBIBYTE);
    }

    @Matrix({})
    void futuresOnTheLoopCarry64Mebibytes(Setup setup) throws Exception {
        echo(Layer.FUTURES_ON_LOOP, setup, 64 * MEBIBYTE);
    }

    @Matrix({})
    void publishersCarry64Mebibytes(Setup setup) throws Exception {
        echo(Layer.FLOW, setup, 64 * MEBIBYTE);
    }

    @Matrix({})
    void eventsCarry64Mebibytes(Setup setup) throws Exception {
        echo(Layer.RAW, setup, 64 * MEBIBYTE);
    }

    @Matrix({Dimension.TRANSPORT, Dimension.PROVIDER, Dimension.VERSION, Dimension.WIRE})
    void bytesFollowAHandshakeWhoseChainIsLargerThanARecord(Setup setup) throws Exception {
        SecurityContext context = setup.context(TestPki.longChain()).build();
        try (SecureServerSocket server = setup.open(context, options -> {});
                var pair = ConnectedPair.of(server, setup.client(server.port()))) {
            Payload payload = Payload.of(1, 100_000);
            BackgroundTask<Void> sender =
                    BackgroundTask.run("the server to send", () -> payload.writeTo(pair.socket.outputStream()));
            payload.assertSame(pair.client.in());
            sender.await();
            pair.client.send("and back");
            byte[] received = pair.socket.inputStream().readNBytes("and back".length());
            assertThat(received).asString().isEqualTo("and back");
        }
    }

    private static void echo(Layer layer, Setup setup, long... sizes) throws IOException, ExecutionException {
        try (EchoServer server = layer.start(setup);
                TlsConnection client = setup.client(server.port()).connect()) {
            for (long size : sizes) {
                Payload.of(size, size).assertEchoed(client);
            }
        }
    }
}
