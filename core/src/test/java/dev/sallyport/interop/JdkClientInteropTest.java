package dev.sallyport.interop;

import static dev.sallyport.testkit.Awaiting.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.HandshakeException.Reason;
import dev.sallyport.SecurityContext;
import dev.sallyport.interop.HttpPages.Site;
import dev.sallyport.matrix.Matrix;
import dev.sallyport.matrix.Matrix.Dimension;
import dev.sallyport.matrix.Setup;
import dev.sallyport.support.WatchedEcho;
import dev.sallyport.testkit.Awaiting;
import dev.sallyport.testkit.JdkTlsClient;
import dev.sallyport.testkit.KeyKind;
import dev.sallyport.testkit.TestIdentity;
import dev.sallyport.testkit.TestPki;
import dev.sallyport.testkit.TlsConnection;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;

/** The JDK's {@code SSLSocket} and its {@code HttpClient}. */
class JdkClientInteropTest {
    @Matrix
    void socketEchoesAndEndsInOrder(Setup setup) throws Exception {
        try (WatchedEcho server = WatchedEcho.open(setup, setup.context().build())) {
            try (TlsConnection client =
                    setup.client(server.port()).sni("localhost").connect()) {
                client.send("hello");
                assertThat(client.receive(5)).asString().isEqualTo("hello");
                assertThat(client.protocol()).isEqualTo(setup.version().protocolName());
                assertThat(server.nextHandshake().cipherSuite())
                        .isEqualTo(client.session().getCipherSuite());
            }
            assertThat(server.nextEnd()).isEqualTo("in order");
        }
    }

    @Matrix({Dimension.PROVIDER, Dimension.VERSION})
    void socketSeesAnRsaIdentity(Setup setup) throws Exception {
        TestIdentity rsa = TestPki.server(KeyKind.RSA_2048);
        try (WatchedEcho server = WatchedEcho.open(setup, setup.context(rsa).build());
                TlsConnection client = setup.client(server.port()).connect()) {
            assertThat(client.peerCertificate()).isEqualTo(rsa.certificate());
        }
    }

    @Matrix({Dimension.PROVIDER, Dimension.VERSION})
    void socketAgreesOnTheServersFirstProtocol(Setup setup) throws Exception {
        try (WatchedEcho server =
                WatchedEcho.open(setup, setup.context().build(), options -> options.supportedProtocols("a", "b"))) {
            try (TlsConnection both = setup.client(server.port()).alpn("b", "a").connect()) {
                assertThat(both.selectedProtocol()).isEqualTo("a");
                assertThat(server.nextHandshake().selectedProtocol()).isEqualTo("a");
            }
            try (TlsConnection none = setup.client(server.port()).alpn("c").connect()) {
                assertThat(none.selectedProtocol()).isNull();
                assertThat(server.nextHandshake().selectedProtocol()).isNull();
            }
        }
    }

    @Matrix({Dimension.PROVIDER, Dimension.VERSION})
    void socketShowsItsCertificate(Setup setup) throws Exception {
        SecurityContext context =
                setup.context().trustedCertificates(TestPki.ca().chainFile()).build();
        try (WatchedEcho server = WatchedEcho.open(setup, context, options -> options.requireClientCertificate(true))) {
            for (KeyKind kind : List.of(KeyKind.ECDSA_P256, KeyKind.RSA_2048)) {
                TestIdentity identity = TestPki.client(kind);
                try (TlsConnection client =
                        setup.client(server.port()).identity(identity).connect()) {
                    client.send("me");
                    assertThat(client.receive(2)).asString().isEqualTo("me");
                    assertThat(server.nextHandshake().peerCertificateChain()).isEqualTo(identity.chain());
                }
            }
            assertThat(setup.client(server.port()).handshakeFailure()).isInstanceOf(IOException.class);
            assertThat(server.nextFailure().reason()).isEqualTo(Reason.PEER_NO_CERTIFICATE);
        }
    }

    @Matrix({Dimension.PROVIDER, Dimension.VERSION})
    void socketResumesItsSession(Setup setup) throws Exception {
        try (WatchedEcho server = WatchedEcho.open(setup, setup.context().build())) {
            JdkTlsClient client = setup.client(server.port());
            for (boolean resumed : new boolean[] {false, true, true}) {
                try (TlsConnection connection = client.connect()) {
                    connection.send("x");
                    connection.receive(1); // and a TLS 1.3 ticket before it
                    assertThat(server.nextHandshake().resumed()).isEqualTo(resumed);
                }
            }
        }
    }

    @Matrix
    void httpClientGetsAndPosts(Setup setup) throws Exception {
        try (Site server =
                Site.open(setup, setup.context().build(), options -> options.supportedProtocols("http/1.1"))) {
            HttpClient client = httpClient(setup, TestPki.clientContext());
            HttpResponse<String> got = client.send(request(server, "/got").build(), BodyHandlers.ofString());
            assertThat(got.statusCode()).isEqualTo(200);
            assertThat(got.body())
                    .isEqualTo("GET /got HTTP/1.1, 0 bytes, " + setup.version().protocolName()
                            + ", http/1.1, localhost, anonymous");
            HttpRequest post = request(server, "/posted")
                    .POST(BodyPublishers.ofByteArray(HttpPages.page(300_000)))
                    .build();
            assertThat(client.send(post, BodyHandlers.ofString()).body())
                    .startsWith("POST /posted HTTP/1.1, 300000 bytes, ");
            HttpRequest large = request(server, "/size/1000000").build();
            assertThat(client.send(large, BodyHandlers.ofByteArray()).body()).isEqualTo(HttpPages.page(1_000_000));
            assertThat(server.server().statistics().handshakesCompleted()).isEqualTo(1);
        }
    }

    @Matrix({Dimension.PROVIDER, Dimension.VERSION})
    void httpClientShowsItsCertificateOnManyConnectionsAtOnce(Setup setup) throws Exception {
        SecurityContext context =
                setup.context().trustedCertificates(TestPki.ca().chainFile()).build();
        try (Site server = Site.open(setup, context, options -> options.requireClientCertificate(true))) {
            HttpClient client = httpClient(setup, TestPki.clientContext(TestPki.client()));
            List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                HttpRequest post = request(server, "/" + i)
                        .POST(BodyPublishers.ofString("body " + i, StandardCharsets.UTF_8))
                        .build();
                answers.add(client.sendAsync(post, BodyHandlers.ofString()));
            }
            for (int i = 0; i < answers.size(); i++) {
                assertThat(Awaiting.result("answer " + i, PATIENCE, answers.get(i))
                                .body())
                        .startsWith("POST /" + i + " HTTP/1.1")
                        .endsWith("CN=client-ECDSA_P256,O=Sallyport tests");
            }
        }
    }

    private static HttpClient httpClient(Setup setup, SSLContext context) {
        SSLParameters parameters = new SSLParameters();
        parameters.setProtocols(new String[] {setup.version().protocolName()});
        return HttpClient.newBuilder()
                .sslContext(context)
                .sslParameters(parameters)
                .connectTimeout(PATIENCE)
                .build();
    }

    private static HttpRequest.Builder request(Site server, String path) {
        return HttpRequest.newBuilder(URI.create("https://localhost:" + server.port() + path))
                .timeout(PATIENCE);
    }
}
