package dev.sallyport.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.matrix.Matrix;
import dev.sallyport.matrix.Matrix.Dimension;
import dev.sallyport.matrix.Setup;
import dev.sallyport.testkit.BackgroundTask;
import dev.sallyport.testkit.ClientHelloBytes;
import dev.sallyport.testkit.HostileClient;
import dev.sallyport.testkit.JdkTlsClient;
import dev.sallyport.testkit.JvmProcess;
import dev.sallyport.testkit.TlsConnection;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** A server whose process has no file descriptor left; see {@link DescriptorsProgram}. */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "has no bound on descriptors that a test can set")
class DescriptorsTest {
    @Matrix(Dimension.TRANSPORT)
    void acceptingPausesIsToldOfOnceAndGoesOnWhenThereAreSomeAgain(Setup setup) throws Exception {
        try (JvmProcess program = JvmProcess.of(DescriptorsProgram.class)
                .maxDescriptors(200)
                .arguments(setup.transport().name())
                .start()) {
            JdkTlsClient client =
                    setup.client(Integer.parseInt(program.readLine())).trustingEverybody();
            try (TlsConnection established = client.connect()) {
                order(established, "h");
                BackgroundTask<TlsConnection> late =
                        BackgroundTask.supply("the late client's handshake", client::connect);
                program.readLineWith("limit DESCRIPTORS");
                order(established, "1");
                order(established, "2");
                assertThat(late.isDone()).isFalse();
                order(established, "g");
                try (TlsConnection served = late.await()) {
                    order(served, "3");
                }
                order(established, "s");
                assertThat(program.readLineWith("reached")).isEqualTo("reached 1");
                assertThat(program.errors())
                        .containsOnlyOnce("is paused: accept 127.0.0.1:")
                        .containsOnlyOnce("too many open files");
            }
        }
    }

    @Matrix(Dimension.TRANSPORT)
    @Tag("slow")
    void thoseWhoSayNothingDoNotKeepTheDescriptorsOfOthers(Setup setup) throws Exception {
        try (JvmProcess program = JvmProcess.of(DescriptorsProgram.class)
                .maxDescriptors(200)
                .arguments(setup.transport().name())
                .start()) {
            int port = Integer.parseInt(program.readLine());
            JdkTlsClient client = setup.client(port).trustingEverybody();
            List<HostileClient> clients = new ArrayList<>();
            try (TlsConnection established = client.connect()) {
                order(established, "1");
                byte[] hello = ClientHelloBytes.builder().build().bytes();
                for (int i = 0; i < 300; i++) { // which keep their places for ten seconds, if nobody takes them away
                    HostileClient silent = HostileClient.to("127.0.0.1", port);
                    clients.add(i % 2 == 0 ? silent : silent.send(hello));
                }
                program.readLineWith("limit DESCRIPTORS");
                for (int i = 0; i < 20; i++) {
                    try (TlsConnection served = client.connect()) {
                        order(served, "2");
                    }
                }
                order(established, "3");
            } finally {
                for (HostileClient one : clients) {
                    one.close();
                }
            }
        }
    }

    @Matrix(Dimension.TRANSPORT)
    @Tag("slow")
    void whoHasJustComeDoesNotGoForThoseWhoStalledBefore(Setup setup) throws Exception {
        try (JvmProcess program = JvmProcess.of(DescriptorsProgram.class)
                .maxDescriptors(200)
                .arguments(setup.transport().name())
                .start()) {
            int port = Integer.parseInt(program.readLine());
            JdkTlsClient client = setup.client(port).trustingEverybody();
            client.connect().close(); // loads what it takes to be served
            byte[] hello = ClientHelloBytes.builder().build().bytes();
            List<HostileClient> stalled = new ArrayList<>();
            try {
                while (!program.output().contains("limit DESCRIPTORS")) {
                    stalled.add(HostileClient.to("127.0.0.1", port).send(hello));
                }
                try (JdkTlsClient.Silent late = client.silent()) { // the only one who is silent
                    for (int i = 0; i < 60; i++) { // less than half of those that there are descriptors for
                        stalled.add(HostileClient.to("127.0.0.1", port).send(hello));
                    }
                    stalled.get(stalled.size() - 1).receive(1);
                    try (TlsConnection served = late.handshake()) {
                        order(served, "1");
                    }
                }
            } finally {
                for (HostileClient one : stalled) {
                    one.close();
                }
            }
        }
    }

    private static void order(TlsConnection connection, String order) throws Exception {
        connection.send(order);
        assertThat(connection.receive(1)).asString().isEqualTo(order);
    }
}
