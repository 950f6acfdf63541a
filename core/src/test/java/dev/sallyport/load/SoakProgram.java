package dev.sallyport.load;

import dev.sallyport.InternetAddress;
import dev.sallyport.SecurityContext;
import dev.sallyport.TlsProvider;
import dev.sallyport.TlsVersion;
import dev.sallyport.Transport;
import dev.sallyport.internal.resource.OwnedCount;
import dev.sallyport.matrix.Setup;
import dev.sallyport.support.EchoServer;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Echo servers on several layers, and a port for orders of one byte: {@code r} has every server replace its context by one
 * read anew, {@code c} has it say what it holds. Ends when it is killed.
 */
public final class SoakProgram {
    /** On which layers, in the order in which the ports are printed. */
    public static final List<EchoServer.Layer> LAYERS =
            List.of(EchoServer.Layer.BLOCKING, EchoServer.Layer.FUTURES, EchoServer.Layer.FLOW, EchoServer.Layer.RAW);

    private SoakProgram() {}

    /** Arguments: transport, provider. */
    public static void main(String[] args) throws Exception {
        Setup setup = new Setup(Transport.valueOf(args[0]), TlsProvider.valueOf(args[1]), TlsVersion.TLS_1_3);
        List<EchoServer> servers = new ArrayList<>();
        for (EchoServer.Layer layer : LAYERS) {
            servers.add(layer.start(setup));
        }
        SecurityContext context = setup.context().build();
        try (ServerSocket orders = new ServerSocket(0, 5, InternetAddress.LOOPBACK_IPV4)) {
            System.out.println(
                    servers.stream().map(server -> "" + server.port()).collect(Collectors.joining(" ")) + " "
                            + orders.getLocalPort());
            for (; ; ) {
                try (Socket order = orders.accept();
                        OutputStream answer = order.getOutputStream()) {
                    String said = order.getInputStream().read() == 'r' ? reload(servers, context) : counts();
                    answer.write(said.getBytes(StandardCharsets.US_ASCII));
                }
            }
        }
    }

    private static String reload(List<EchoServer> servers, SecurityContext context) throws IOException {
        SecurityContext anew = context.reload();
        servers.forEach(server -> server.replaceContext(anew));
        return "reloaded";
    }

    private static String counts() {
        System.gc();
        String[] descriptors = new File("/proc/self/fd").list();
        List<String> threads = Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.startsWith("sallyport-"))
                .toList();
        long passing = threads.stream()
                .filter(name -> name.contains("-worker-") || name.contains("-handshake-"))
                .count();
        return OwnedCount.snapshot() + " loops=" + (threads.size() - passing) + " passing=" + passing + " files="
                + (descriptors == null ? "unknown" : descriptors.length);
    }
}
