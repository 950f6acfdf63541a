package dev.sallyport.load;

import dev.sallyport.SecureServerSocket;
import dev.sallyport.SecurityContext;
import dev.sallyport.Transport;
import dev.sallyport.testkit.ResidentMemory;
import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;

/**
 * A server that sends back what it gets, and that first says, for each byte, how many of its connections are silent and
 * how much memory the process has, the heap after a collection. Ends when it is killed.
 */
public final class SilentClientsProgram {
    private SilentClientsProgram() {}

    /** Arguments: transport, most silent connections. */
    public static void main(String[] args) throws Exception {
        SecureServerSocket server = SecureServerSocket.open(
                "127.0.0.1",
                0,
                SecurityContext.selfSigned("localhost"),
                options -> options.transport(Transport.valueOf(args[0]))
                        .maxSilentConnections(Integer.parseInt(args[1]))
                        .handshakeTimeout(Duration.ofMinutes(30)));
        server.serve(socket -> {
            for (int order = socket.inputStream().read();
                    order >= 0;
                    order = socket.inputStream().read()) {
                if (order == 'm') {
                    System.out.println(figures(server));
                }
                socket.outputStream().write(order);
            }
        });
        System.out.println(server.port());
    }

    private static String figures(SecureServerSocket server) throws IOException {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        long heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
        long direct = ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                .mapToLong(BufferPoolMXBean::getMemoryUsed)
                .sum();
        return "figures " + server.statistics().connectionsSilent() + " "
                + server.statistics().connectionsOpen() + " " + heap + " " + direct + " "
                + ResidentMemory.of(ProcessHandle.current().pid()).orElse(0);
    }
}
