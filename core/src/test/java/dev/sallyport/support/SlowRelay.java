package dev.sallyport.support;

import dev.sallyport.testkit.BackgroundTask;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Passes the bytes of one connection on at a steady pace, a piece each 20 ms in each direction. Its buffer towards the server
 * is small, so that what it has not passed on stays with the server.
 */
public final class SlowRelay implements AutoCloseable {
    private static final int TICK_MILLIS = 20;
    private static final int RECEIVE_BUFFER = 32 * 1024;

    private final ServerSocket listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    private final Socket server = new Socket();
    private final BackgroundTask<Socket> accepted;
    private final ScheduledExecutorService[] clocks = {
        Executors.newSingleThreadScheduledExecutor(), Executors.newSingleThreadScheduledExecutor()
    };

    /** A relay to a port of this machine that passes at most so many bytes at once, to the server and to the client. */
    public SlowRelay(int port, int pieceUp, int pieceDown) throws IOException {
        server.setReceiveBufferSize(RECEIVE_BUFFER);
        server.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        accepted = BackgroundTask.supply("a client of the relay", () -> {
            Socket client = listening.accept();
            carry(clocks[0], () -> move(client, server, pieceUp));
            carry(clocks[1], () -> move(server, client, pieceDown));
            return client;
        });
    }

    public int port() {
        return listening.getLocalPort();
    }

    private static void carry(ScheduledExecutorService clock, BackgroundTask.Work piece) {
        clock.scheduleWithFixedDelay(
                () -> {
                    try {
                        piece.run();
                    } catch (Exception ended) {
                        throw new IllegalStateException("ends the schedule", ended);
                    }
                },
                0,
                TICK_MILLIS,
                TimeUnit.MILLISECONDS);
    }

    private static void move(Socket from, Socket to, int piece) throws IOException {
        byte[] bytes = new byte[piece];
        int count = from.getInputStream().read(bytes);
        if (count < 0) {
            to.shutdownOutput();
            throw new IOException("the end");
        }
        to.getOutputStream().write(bytes, 0, count);
    }

    @Override
    public void close() throws IOException {
        for (ScheduledExecutorService clock : clocks) {
            clock.shutdownNow();
        }
        server.close();
        listening.close();
        accepted.outcome().thenAccept(SlowRelay::close);
    }

    private static void close(Socket client) {
        try {
            client.close();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
