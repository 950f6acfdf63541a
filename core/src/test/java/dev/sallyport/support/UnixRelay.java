package dev.sallyport.support;

import dev.sallyport.InternetAddress;
import dev.sallyport.testkit.JdkTlsClient;
import dev.sallyport.testkit.TestPki;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Carries TCP connections to a Unix-domain socket, for clients that know only the former. */
public final class UnixRelay implements AutoCloseable {
    private final UnixDomainSocketAddress target;
    private final ServerSocket front = new ServerSocket(0, 50, InternetAddress.LOOPBACK_IPV4);
    private final List<AutoCloseable> open = new CopyOnWriteArrayList<>();

    public UnixRelay(UnixDomainSocketAddress target) throws IOException {
        this.target = target;
        start(() -> {
            for (; ; ) {
                Socket client = front.accept();
                SocketChannel server = SocketChannel.open(target);
                open.addAll(List.of(client, server));
                start(() -> {
                    toServer(client.getInputStream(), server);
                    server.shutdownOutput();
                });
                start(() -> {
                    try {
                        toClient(server, client.getOutputStream());
                        client.shutdownOutput();
                    } catch (IOException reset) {
                        client.close(); // or it would wait for an answer to its close
                        throw reset;
                    }
                });
            }
        });
    }

    /** {@return a client of the socket} */
    public JdkTlsClient client() {
        return JdkTlsClient.to(front.getLocalSocketAddress()).trusting(TestPki.ca());
    }

    private interface Work {
        void run() throws IOException;
    }

    private void start(Work work) {
        Thread thread = new Thread(
                () -> {
                    try {
                        work.run();
                    } catch (IOException ended) {
                        return; // by close, or by one of the two ends
                    }
                },
                "relay to " + target);
        thread.setDaemon(true);
        thread.start();
    }

    // not by the streams of Channels, where a reader keeps the writer out

    private static void toServer(InputStream from, SocketChannel to) throws IOException {
        byte[] bytes = new byte[4096];
        for (int count = from.read(bytes); count >= 0; count = from.read(bytes)) {
            ByteBuffer rest = ByteBuffer.wrap(bytes, 0, count);
            while (rest.hasRemaining()) {
                to.write(rest);
            }
        }
    }

    private static void toClient(SocketChannel from, OutputStream to) throws IOException {
        byte[] bytes = new byte[4096];
        for (int count = from.read(ByteBuffer.wrap(bytes)); count >= 0; count = from.read(ByteBuffer.wrap(bytes))) {
            to.write(bytes, 0, count);
        }
    }

    @Override
    public void close() throws Exception {
        front.close();
        for (AutoCloseable one : new ArrayList<>(open)) {
            one.close();
        }
    }
}
