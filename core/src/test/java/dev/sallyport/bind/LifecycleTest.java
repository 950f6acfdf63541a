package dev.sallyport.bind;

import static dev.sallyport.support.ConnectedPair.assertTalks;
import static dev.sallyport.testkit.Awaiting.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.sallyport.InternetAddress;
import dev.sallyport.SecureServerSocket;
import dev.sallyport.matrix.Matrix;
import dev.sallyport.matrix.Matrix.Dimension;
import dev.sallyport.matrix.Setup;
import dev.sallyport.support.ConnectedPair;
import dev.sallyport.testkit.JvmProcess;
import dev.sallyport.testkit.ThreadDump;
import dev.sallyport.testkit.TlsConnection;
import java.io.IOException;
import java.net.ConnectException;
import java.net.Socket;
import java.util.List;
import java.util.Locale;

/** What keeps a program up, and what threads there are meanwhile. */
class LifecycleTest {
    @Matrix(Dimension.TRANSPORT)
    void aProgramStaysUpWhileItHasASocketAndThenEndsByItself(Setup setup) throws Exception {
        try (JvmProcess program = JvmProcess.of(BindProgram.class)
                .arguments(setup.transport().name(), "0", "false")
                .start()) {
            int port = Integer.parseInt(program.readLine());
            try (TlsConnection client = setup.client(port).trustingEverybody().connect()) {
                assertThat(client.receive(1)).containsExactly('c');
                program.endInput();
                assertThat(program.readLine()).isEqualTo("closed");
                assertThatExceptionOfType(ConnectException.class)
                        .isThrownBy(() -> new Socket(InternetAddress.LOOPBACK_IPV4, port).close());
                client.send("still there");
                assertThat(client.receive(11)).asString().isEqualTo("still there");
                assertThat(program.isAlive()).isTrue();
            }
            assertThat(program.awaitExit(PATIENCE)).as(program.errors()).isZero();
            assertThat(program.errors()).doesNotContain("Exception");
        }
    }

    @Matrix(Dimension.TRANSPORT)
    void loopThreadsCarryTheNameOfTheirTransportAndAreNoDaemons(Setup setup) throws Exception {
        try (SecureServerSocket server = setup.open(options -> {});
                var pair = ConnectedPair.of(server, setup.client(server.port()))) {
            assertTalks(pair);
            assertThat(loopThreads(setup))
                    .isNotEmpty()
                    .allSatisfy(name -> assertThat(name)
                            .matches("sallyport-" + setup.transport().name().toLowerCase(Locale.ROOT) + "-\\d+"));
            assertThat(Thread.getAllStackTraces().keySet())
                    .filteredOn(thread -> loopThreads(setup).contains(thread.getName()))
                    .isNotEmpty()
                    .noneMatch(Thread::isDaemon);
        }
    }

    private static List<String> loopThreads(Setup setup) {
        String prefix = "sallyport-" + setup.transport().name().toLowerCase(Locale.ROOT);
        return ThreadDump.take().entries().stream()
                .map(ThreadDump.Entry::name)
                .filter(name -> name.startsWith(prefix))
                .toList();
    }

    @Matrix(Dimension.TRANSPORT)
    void anIdleServerStartsNoMoreThanOneThreadAProcessor(Setup setup) throws IOException {
        try (SecureServerSocket one = setup.open(options -> {});
                SecureServerSocket two = setup.open(options -> {});
                SecureServerSocket three = setup.open(options -> {})) {
            assertThat(List.of(one, two, three)).allMatch(SecureServerSocket::isOpen);
            assertThat(loopThreads(setup))
                    .hasSizeLessThanOrEqualTo(Runtime.getRuntime().availableProcessors());
        }
    }
}
