package dev.sallyport.load;

import dev.sallyport.HandshakeException;
import dev.sallyport.SecureServerSocket;
import dev.sallyport.SecurityContext;
import dev.sallyport.ServerStatistics;
import dev.sallyport.TlsProvider;
import dev.sallyport.Transport;
import dev.sallyport.testkit.ResidentMemory;
import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;

/**
 * A server that sends back what it gets, and that first says for each {@code c} how many of its handshakes are under way and
 * how many it has made go, for each {@code m} how much memory it has, the heap after a collection. Ends when it is killed.
 */
public final class StalledClientsProgram {
    private StalledClientsProgram() {}

    /** Arguments: transport, provider, most handshakes under way. */
    public static void main(String[] args) throws Exception {
        SecurityContext context = SecurityContext.selfSigned("localhost").toBuilder()
                .provider(TlsProvider.valueOf(args[1]))
                .build();
        SecureServerSocket server = SecureServerSocket.open(
                "127.0.0.1",
                0,
                context,
                options -> options.transport(Transport.valueOf(args[0]))
                        .maxPendingHandshakes(Integer.parseInt(args[2]))
                        .handshakeTimeout(Duration.ofMinutes(30)));
        server.serve(socket -> {
            for (int order = socket.inputStream().read();
                    order >= 0;
                    order = socket.inputStream().read()) {
                if (order == 'c') {
                    System.out.println(counts(server.statistics()));
                } else if (order == 'm') {
                    System.out.println(memory());
                }
                socket.outputStream().write(order);
            }
        });
        System.out.println(server.port());
    }

    private static String counts(ServerStatistics now) {
        return "figures " + now.handshakesPending() + " "
                + now.handshakesFailedByReason().getOrDefault(HandshakeException.Reason.LOCAL_OVERLOADED, 0L);
    }

    private static String memory() throws IOException {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        long heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
        long direct = ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                .mapToLong(BufferPoolMXBean::getMemoryUsed)
                .sum();
        return "figures " + heap + " " + direct + " "
                + ResidentMemory.of(ProcessHandle.current().pid()).orElse(0);
    }
}
