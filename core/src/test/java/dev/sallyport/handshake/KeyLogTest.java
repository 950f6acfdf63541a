package dev.sallyport.handshake;

import static dev.sallyport.support.ConnectedPair.assertTalks;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sallyport.SecureServerSocket;
import dev.sallyport.SecurityContext;
import dev.sallyport.TlsProvider;
import dev.sallyport.TlsVersion;
import dev.sallyport.matrix.Matrix;
import dev.sallyport.matrix.Matrix.Dimension;
import dev.sallyport.matrix.Setup;
import dev.sallyport.support.ConnectedPair;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;

/** The secrets of a connection, for those who ask for them by a name that warns. */
class KeyLogTest {
    @Matrix(Dimension.VERSION)
    void aLogThatThrowsHarmsNobodyAndIsToldOn(Setup setup) throws Exception {
        assumeTrue(setup.provider() == TlsProvider.BORINGSSL, "the jdk provider has no key log");
        LinkedBlockingQueue<String> lines = new LinkedBlockingQueue<>();
        SecurityContext context = setup.context()
                .unsafeKeyLog(line -> {
                    lines.add(line);
                    throw new AssertionError("thrown on purpose");
                })
                .build();
        try (SecureServerSocket server = setup.open(context, options -> {})) {
            for (int i = 0; i < 2; i++) {
                try (var pair = ConnectedPair.of(server, setup.client(server.port()))) {
                    assertTalks(pair);
                }
                assertThat(lines.poll(10, TimeUnit.SECONDS))
                        .as("waited 10 s for a line")
                        .isNotNull();
                lines.clear();
            }
        }
    }

    @Matrix({Dimension.PROVIDER, Dimension.VERSION})
    void isToldTheSecretsOfEveryConnection(Setup setup) throws Exception {
        LinkedBlockingQueue<String> lines = new LinkedBlockingQueue<>();
        SecurityContext context = setup.context().unsafeKeyLog(lines::add).build();
        if (setup.provider() == TlsProvider.JDK) {
            assertThatThrownBy(() -> setup.open(context, options -> {}))
                    .isInstanceOf(SSLException.class)
                    .hasMessage("unsafeKeyLog: the jdk provider has none (use the boringssl provider)");
            return;
        }
        String wanted = setup.version() == TlsVersion.TLS_1_3
                ? "SERVER_TRAFFIC_SECRET_0 [0-9a-f]{64} [0-9a-f]+"
                : "CLIENT_RANDOM [0-9a-f]{64} [0-9a-f]{96}";
        try (SecureServerSocket server = setup.open(context, options -> {})) {
            for (int i = 0; i < 2; i++) {
                try (var pair = ConnectedPair.of(server, setup.client(server.port()))) {
                    assertTalks(pair);
                }
                String line = "";
                while (!line.matches(wanted)) {
                    line = lines.poll(10, TimeUnit.SECONDS);
                    assertThat(line).as("waited 10 s for " + wanted).isNotNull();
                }
            }
        }
    }
}
