package dev.sallyport.interop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.SecurityContext;
import dev.sallyport.interop.HttpPages.Site;
import dev.sallyport.matrix.Matrix;
import dev.sallyport.matrix.Matrix.Dimension;
import dev.sallyport.matrix.Setup;
import dev.sallyport.testkit.CurlClient;
import dev.sallyport.testkit.KeyKind;
import dev.sallyport.testkit.RequiresTool;
import dev.sallyport.testkit.TestPki;
import java.io.IOException;

/** {@code curl} against a server that speaks a little HTTP. */
@RequiresTool("curl")
class CurlInteropTest {
    private static final int CURLE_SSL_CACERT = 60;

    @Matrix
    void getsAPage(Setup setup) throws Exception {
        try (Site server = serve(setup, setup.context().build())) {
            CurlClient.Result result = client(setup, server).get("/hello");
            assertThat(result.exitCode()).as(result.toString()).isZero();
            assertThat(result.status()).isEqualTo(200);
            assertThat(result.protocol()).isEqualTo(setup.version().protocolName());
            assertThat(result.outputText())
                    .isEqualTo("GET /hello HTTP/1.1, 0 bytes, "
                            + setup.version().protocolName() + ", null, localhost, anonymous");
        }
    }

    @Matrix({Dimension.PROVIDER, Dimension.VERSION})
    void agreesOnHttp11(Setup setup) throws Exception {
        try (Site server =
                Site.open(setup, setup.context().build(), options -> options.supportedProtocols("http/1.1"))) {
            CurlClient.Result result = client(setup, server).get("/hello");
            assertThat(result.selectedProtocol()).as(result.toString()).isEqualTo("http/1.1");
            assertThat(result.outputText()).contains(", http/1.1, localhost");
            CurlClient.Result without = client(setup, server).alpn().get("/hello");
            assertThat(without.outputText()).as(without.toString()).contains(", null, localhost");
        }
    }

    @Matrix({Dimension.PROVIDER, Dimension.VERSION})
    void showsItsCertificate(Setup setup) throws Exception {
        SecurityContext context = setup.context(TestPki.server(KeyKind.RSA_2048))
                .trustedCertificates(TestPki.ca().chainFile())
                .build();
        try (Site server = Site.open(setup, context, options -> options.requireClientCertificate(true))) {
            CurlClient.Result result =
                    client(setup, server).identity(TestPki.client()).get("/me");
            assertThat(result.outputText()).as(result.toString()).endsWith(", CN=client-ECDSA_P256,O=Sallyport tests");
            CurlClient.Result refused = client(setup, server).get("/me");
            assertThat(refused.exitCode()).as(refused.toString()).isNotZero();
            assertThat(refused.output()).isEmpty();
        }
    }

    @Matrix({Dimension.PROVIDER, Dimension.VERSION})
    void getsALargePageAndSendsALargeBody(Setup setup) throws Exception {
        try (Site server = serve(setup, setup.context().build())) {
            CurlClient.Result page = client(setup, server).get("/size/1000000");
            assertThat(page.exitCode()).as(page.toString()).isZero();
            assertThat(page.output()).isEqualTo(HttpPages.page(1_000_000));
            CurlClient.Result body = client(setup, server)
                    .args("--header", "Expect:", "--data-raw", "x".repeat(100_000))
                    .get("/post");
            assertThat(body.outputText()).as(body.toString()).startsWith("POST /post HTTP/1.1, 100000 bytes, ");
        }
    }

    @Matrix({Dimension.PROVIDER, Dimension.VERSION})
    void asksTwiceOnOneConnection(Setup setup) throws Exception {
        try (Site server = serve(setup, setup.context().build())) {
            CurlClient.Result result = client(setup, server)
                    .args("https://localhost:" + server.port() + "/first")
                    .get("/second");
            assertThat(result.outputText()).as(result.toString()).contains("GET /first ", "GET /second ");
            assertThat(server.server().statistics().handshakesCompleted()).isEqualTo(1);
        }
    }

    @Matrix({Dimension.PROVIDER})
    void doesNotTrustAnotherName(Setup setup) throws Exception {
        try (Site server =
                serve(setup, setup.context(TestPki.identity("other.example")).build())) {
            CurlClient.Result result = client(setup, server).get("/hello");
            assertThat(result.exitCode()).as(result.toString()).isEqualTo(CURLE_SSL_CACERT);
        }
    }

    private static Site serve(Setup setup, SecurityContext context) throws IOException {
        return Site.open(setup, context, options -> {});
    }

    private static CurlClient client(Setup setup, Site server) {
        return CurlClient.to("127.0.0.1", server.port())
                .sni("localhost")
                .protocols(setup.version().protocolName());
    }
}
