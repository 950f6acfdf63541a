package dev.sallyport.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.sallyport.RawSecureServerSocket;
import dev.sallyport.Transport;
import dev.sallyport.benchmarks.rival.SallyportRaw;
import dev.sallyport.benchmarks.rival.Work;
import dev.sallyport.testkit.JdkTlsClient;
import dev.sallyport.testkit.TestIdentity;
import dev.sallyport.testkit.TestPki;
import dev.sallyport.testkit.TlsConnection;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * What the library's threads allocate on the heap. The bounds are several times what was seen, since interpreted code
 * allocates what compiled code does not; they are there to find a buffer or a list that somebody adds to each operation.
 */
class AllocationTest {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final byte[] MESSAGE = new byte[64];

    private static final int ECHOES = 2_000;

    /** On epoll an echo makes no object; half of the smallest one is what compilers and the like may add. */
    private static final long BYTES_AN_ECHO = 8;

    private static final long BYTES_AN_ECHO_ELSEWHERE = 600;

    private static final int HANDSHAKES = 200;
    private static final long BYTES_A_HANDSHAKE = 32_000;

    @Test
    void anEchoAllocatesNothing() throws IOException {
        try (RawSecureServerSocket server = open();
                TlsConnection connection = client(server).connect()) {
            echo(connection, ECHOES);
            Map<Long, Long> before = allocatedBytes();
            echo(connection, ECHOES);
            long each = allocatedSince(before) / ECHOES;
            System.out.println("an echo allocates " + each + " bytes");
            assertThat(before).as("the threads that were looked at").isNotEmpty();
            assertThat(each)
                    .as("bytes allocated for an echo")
                    .isLessThan(server.transport() == Transport.EPOLL ? BYTES_AN_ECHO : BYTES_AN_ECHO_ELSEWHERE);
        }
    }

    @Test
    void aHandshakeAllocatesLittle() throws IOException {
        try (RawSecureServerSocket server = open()) {
            connect(server, HANDSHAKES);
            Map<Long, Long> before = allocatedBytes();
            connect(server, HANDSHAKES);
            long each = allocatedSince(before) / HANDSHAKES;
            System.out.println("a connection with one echo allocates " + each + " bytes");
            assertThat(each)
                    .as("bytes allocated for a connection with one echo")
                    .isBetween(1L, BYTES_A_HANDSHAKE);
        }
    }

    private static RawSecureServerSocket open() throws IOException {
        TestIdentity identity = TestPki.server();
        return SallyportRaw.open(identity.chainFile(), identity.keyFile(), Work.ECHO);
    }

    private static JdkTlsClient client(RawSecureServerSocket server) {
        return JdkTlsClient.to(server.localAddress()).trusting(TestPki.ca());
    }

    private static void connect(RawSecureServerSocket server, int times) throws IOException {
        for (int i = 0; i < times; i++) {
            try (TlsConnection connection = client(server).connect()) {
                echo(connection, 1);
            }
        }
    }

    private static void echo(TlsConnection connection, int times) throws IOException {
        for (int i = 0; i < times; i++) {
            connection.send(MESSAGE);
            assertThat(connection.receive(MESSAGE.length)).hasSameSizeAs(MESSAGE);
        }
    }

    /** What the library's threads allocated, its loops and those that do handshakes; one that has ended does not count. */
    private static long allocatedSince(Map<Long, Long> before) {
        long sum = 0;
        for (Map.Entry<Long, Long> thread : allocatedBytes().entrySet()) {
            sum += thread.getValue() - before.getOrDefault(thread.getKey(), 0L);
        }
        return sum;
    }

    private static Map<Long, Long> allocatedBytes() {
        Map<Long, Long> bytes = new HashMap<>();
        for (ThreadInfo thread : THREADS.getThreadInfo(THREADS.getAllThreadIds())) {
            if (thread != null && thread.getThreadName().startsWith("sallyport-")) {
                bytes.put(thread.getThreadId(), Math.max(0, THREADS.getThreadAllocatedBytes(thread.getThreadId())));
            }
        }
        return bytes;
    }
}
