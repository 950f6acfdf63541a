package dev.sallyport.bind;

import static dev.sallyport.bind.SharedServers.first;
import static dev.sallyport.bind.SharedServers.join;
import static dev.sallyport.bind.SharedServers.open;
import static dev.sallyport.bind.SharedServers.sharing;
import static dev.sallyport.testkit.Awaiting.PATIENCE;
import static dev.sallyport.testkit.Awaiting.until;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.RawSecureServerSocket;
import dev.sallyport.RawSecureSocket;
import dev.sallyport.SecureServerSocket;
import dev.sallyport.SecureSocket;
import dev.sallyport.SecurityContext;
import dev.sallyport.matrix.Matrix;
import dev.sallyport.matrix.Matrix.Dimension;
import dev.sallyport.matrix.Setup;
import dev.sallyport.support.ClientLoad;
import dev.sallyport.testkit.TestPki;
import dev.sallyport.testkit.TlsConnection;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Which of the servers that share an address gets the next connection, and by whose rules. */
class SharedDemandTest {
    @Matrix(Dimension.TRANSPORT)
    void givesAllWhoTakeEquallyOneAfterTheOther(Setup setup) throws Exception {
        try (SecureServerSocket one = first(setup, options -> {});
                SecureServerSocket two = join(one, setup, options -> {});
                SecureServerSocket three = join(one, setup, options -> {})) {
            List<SecureServerSocket> servers = List.of(one, two, three);
            for (SecureServerSocket server : servers) {
                server.serve(ClientLoad::serve);
            }
            try (ClientLoad load = ClientLoad.of(20, 3, setup.client(one.port()))) {
                load.assertServed();
            }
            assertThat(servers)
                    .extracting(server -> server.statistics().accepted())
                    .containsOnly(6L, 7L)
                    .satisfies(counts -> assertThat(counts.stream()
                                    .mapToLong(each -> (Long) each)
                                    .sum())
                            .isEqualTo(20));
        }
    }

    @Matrix(Dimension.TRANSPORT)
    void givesNothingToOneWithoutDemand(Setup setup) throws Exception {
        try (SecureServerSocket idle = first(setup, options -> {});
                SecureServerSocket full = join(idle, setup, options -> options.acceptQueue(1));
                SecureServerSocket taking = join(idle, setup, options -> {})) {
            assertThat(full.acceptAsync().cancel(false)).isTrue();
            try (TlsConnection queued = setup.client(idle.port()).connect()) {
                until(
                        "the queue of one to be full",
                        PATIENCE,
                        () -> full.statistics().acceptQueueLength() == 1);
                taking.serve(ClientLoad::serve);
                try (ClientLoad load = ClientLoad.of(10, 1, setup.client(idle.port()))) {
                    load.assertServed();
                }
                assertThat(idle.statistics().accepted()).isZero();
                assertThat(full.statistics().accepted()).isEqualTo(1);
                assertThat(taking.statistics().accepted()).isEqualTo(10);
                ClientLoad.serve(full.accept(PATIENCE));
                assertThat(queued.receiveAll()).containsExactly(1);
            }
        }
    }

    @Matrix(Dimension.TRANSPORT)
    void givesNothingToOneThatIsPausedUntilItResumes(Setup setup) throws Exception {
        try (RawSecureServerSocket pausing = RawSecureServerSocket.bind(
                                "127.0.0.1", 0, setup.context().build(), setup.withTransport(sharing(options -> {})))
                        .join();
                SecureServerSocket other = open(setup, "127.0.0.1", pausing.port(), sharing(options -> {}))) {
            pausing.listen(RawSecureSocket::close);
            pausing.pause();
            other.serve(SecureSocket::close);
            connectOneByOne(setup, other.port(), 4);
            assertThat(pausing.statistics().accepted()).isZero();
            assertThat(other.statistics().accepted()).isEqualTo(4);
            pausing.resume();
            connectOneByOne(setup, other.port(), 4);
            assertThat(pausing.statistics().accepted()).isEqualTo(2);
            assertThat(other.statistics().accepted()).isEqualTo(6);
        }
    }

    private static void connectOneByOne(Setup setup, int port, int clients) throws IOException {
        for (int i = 0; i < clients; i++) {
            try (TlsConnection client = setup.client(port).connect()) {
                assertThat(client.receiveAll()).isEmpty();
            }
        }
    }

    @Matrix({Dimension.PROVIDER, Dimension.VERSION})
    void eachAsksForCertificatesByItsOwnFlags(Setup setup) throws Exception {
        SecurityContext context =
                setup.context().trustedCertificates(TestPki.ca().certificate()).build();
        try (SecureServerSocket none = setup.open(context, sharing(options -> {}));
                SecureServerSocket requests = open(context, none, setup, o -> o.requestClientCertificate(true));
                SecureServerSocket requires = open(context, none, setup, o -> o.requireClientCertificate(true))) {
            List<String> seen = new CopyOnWriteArrayList<>();
            for (SecureServerSocket server : List.of(none, requests, requires)) {
                String mode = server == none ? "none " : server == requests ? "requests " : "requires ";
                server.serve(socket -> seen.add(mode + (socket.peerCertificate() != null)));
            }
            for (int i = 0; i < 3; i++) { // one each: it is everybody's turn once
                try (TlsConnection client =
                        setup.client(none.port()).identity(TestPki.client()).connect()) {
                    assertThat(client.receiveAll()).isEmpty();
                }
            }
            assertThat(seen).containsExactlyInAnyOrder("none false", "requests true", "requires true");
        }
    }

    @Matrix(Dimension.TRANSPORT)
    void eachHasItsOwnContextAndProtocols(Setup setup) throws Exception {
        SecurityContext other = setup.context(TestPki.identity("other.example")).build();
        try (SecureServerSocket one = first(setup, options -> options.supportedProtocols("one"));
                SecureServerSocket two = SecureServerSocket.open(
                        "127.0.0.1",
                        one.port(),
                        other,
                        setup.withTransport(sharing(options -> options.supportedProtocols("two"))))) {
            one.serve(ClientLoad::serve);
            two.serve(ClientLoad::serve);
            List<String> seen = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                try (TlsConnection client =
                        setup.client(one.port()).alpn("one", "two").connect()) {
                    seen.add(client.selectedProtocol() + " "
                            + client.peerCertificate()
                                    .getSubjectX500Principal()
                                    .getName()
                                    .contains("other.example"));
                    assertThat(client.receiveAll()).containsExactly(1);
                }
            }
            assertThat(seen).containsExactlyInAnyOrder("one false", "one false", "two true", "two true");
        }
    }
}
