package dev.sallyport.load;

import static dev.sallyport.matrix.Matrix.Dimension.PROVIDER;
import static dev.sallyport.matrix.Matrix.Dimension.TRANSPORT;
import static dev.sallyport.testkit.Awaiting.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.HandshakeException.Reason;
import dev.sallyport.SecureServerSocket;
import dev.sallyport.TlsProvider;
import dev.sallyport.matrix.Matrix;
import dev.sallyport.matrix.Setup;
import dev.sallyport.testkit.Awaiting;
import dev.sallyport.testkit.ClientHelloBytes;
import dev.sallyport.testkit.HostileClient;
import dev.sallyport.testkit.TlsConnection;
import dev.sallyport.testkit.hostile.CertificateCases;
import dev.sallyport.testkit.hostile.EstablishedCases;
import dev.sallyport.testkit.hostile.HandshakeCases;
import dev.sallyport.testkit.hostile.HelloCases;
import dev.sallyport.testkit.hostile.HostileCase;
import dev.sallyport.testkit.hostile.Outcome;
import dev.sallyport.testkit.hostile.ScriptedTlsClient;
import java.io.IOException;
import java.io.OutputStream;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.SSLException;

/**
 * Clients that do what no client should: each is refused or cut off for the documented reason, and afterwards a good
 * client is served and nothing is left over.
 */
class HostileSuiteTest {
    @Matrix(PROVIDER)
    void whoSpeaksSomethingElseIsRefused(Setup setup) throws Exception {
        run(setup, HelloCases.strangers());
    }

    @Matrix(PROVIDER)
    void hellosOfAnyShapeAreServedOrRefused(Setup setup) throws Exception {
        run(setup, HelloCases.shapes());
    }

    @Matrix(PROVIDER)
    void hellosThatContradictThemselvesAreRefused(Setup setup) throws Exception {
        run(setup, HelloCases.contradictions());
    }

    @Matrix({TRANSPORT, PROVIDER})
    void whoLeavesInTheHandshakeIsReported(Setup setup) throws Exception {
        run(setup, HandshakeCases.departures());
    }

    @Matrix(PROVIDER)
    void whoBreaksOffTheHandshakeIsRefused(Setup setup) throws Exception {
        run(setup, HandshakeCases.violations());
    }

    @Matrix(PROVIDER)
    void badCertificateMessagesAreRefused(Setup setup) throws Exception {
        runRequiringCertificates(setup, CertificateCases.messages());
    }

    @Matrix(PROVIDER)
    void proofsThatProveNothingAreRefused(Setup setup) throws Exception {
        runRequiringCertificates(setup, CertificateCases.proofs());
    }

    @Matrix(PROVIDER)
    void badCertificatesAreRefused(Setup setup) throws Exception {
        runRequiringCertificates(setup, CertificateCases.certificates());
    }

    @Matrix(PROVIDER)
    void oddClientsAreServed(Setup setup) throws Exception {
        run(setup, EstablishedCases.odd());
    }

    @Matrix(PROVIDER)
    void floodsAreCutOff(Setup setup) throws Exception {
        run(setup, EstablishedCases.floods());
    }

    @Matrix(PROVIDER)
    void whoBreaksTheProtocolIsCutOff(Setup setup) throws Exception {
        run(setup, EstablishedCases.violations());
    }

    @Matrix(PROVIDER)
    void whoLeavesIsReported(Setup setup) throws Exception {
        run(setup, EstablishedCases.departures());
    }

    @Matrix(PROVIDER)
    void answersThatNobodyReadsAreNotKeptForEver(Setup setup) throws Exception {
        CompletableFuture<Long> end = new CompletableFuture<>();
        try (SecureServerSocket server = setup.open(options ->
                        options.maxQueuedBytes(1 << 14).socketOption(StandardSocketOptions.SO_SNDBUF, 1 << 14));
                ScriptedTlsClient client = ScriptedTlsClient.to(server.localAddress())) {
            server.serve(socket -> {
                try {
                    end.complete(socket.inputStream().transferTo(OutputStream.nullOutputStream()));
                } catch (IOException failure) {
                    end.completeExceptionally(failure);
                }
            });
            EstablishedCases.answersThatNobodyReads().script().run(client);
            if (setup.provider() == TlsProvider.BORINGSSL) {
                assertThat(Awaiting.result("the end of reading", PATIENCE, end)).isPositive();
            } else {
                assertThatThrownBy(() -> Awaiting.result("the end of reading", PATIENCE, end))
                        .hasCauseInstanceOf(SSLException.class)
                        .hasMessageContaining("answers");
            }
        }
    }

    @Matrix(PROVIDER)
    void renegotiationIsRefused(Setup setup) throws Exception {
        try (HostileTarget server = HostileTarget.open(setup);
                TlsConnection client = server.client().protocols("TLSv1.2").connect()) {
            client.send("x");
            assertThat(client.receive(1)).containsExactly('x');
            SocketAddress address = client.socket().getLocalSocketAddress();
            client.socket().startHandshake(); // which begins one, and leaves the rest of it to reading
            assertThatThrownBy(() -> client.receive(1)).isInstanceOf(SSLException.class);
            server.assertEnded(address, Outcome.BROKEN_OFF);
            server.assertUnharmed();
        }
    }

    @Matrix({TRANSPORT, PROVIDER})
    void manyThatConnectAndLeaveHarmNobody(Setup setup) throws Exception {
        byte[] hello = ClientHelloBytes.builder().build().bytes();
        try (HostileTarget server = HostileTarget.open(setup)) {
            server.expectFailed(1000, Reason.PEER_GONE);
            for (int i = 0; i < 1000; i++) {
                HostileClient client = HostileClient.to(server.address());
                client.send(Arrays.copyOf(hello, new int[] {0, 3, 100, hello.length}[i % 4]));
                if (i % 3 == 0) {
                    client.reset();
                }
                client.close();
            }
            server.assertUnharmed();
        }
    }

    private static void run(Setup setup, List<HostileCase> cases) throws Exception {
        try (HostileTarget server = HostileTarget.open(setup)) {
            server.meetAll(cases);
        }
    }

    private static void runRequiringCertificates(Setup setup, List<HostileCase> cases) throws Exception {
        try (HostileTarget server = HostileTarget.requiringCertificates(setup)) {
            server.meetAll(cases);
        }
    }
}
