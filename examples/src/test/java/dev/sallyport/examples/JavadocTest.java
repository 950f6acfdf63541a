package dev.sallyport.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.InternetAddress;
import dev.sallyport.RawSecureServerSocket;
import dev.sallyport.SecureServerSocket;
import dev.sallyport.SecurityContext;
import dev.sallyport.testkit.TestIdentity;
import dev.sallyport.testkit.TestPki;
import dev.sallyport.testkit.TlsConnection;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The examples in the Javadoc of the public types are code that is compiled, and do what they are there to show. */
class JavadocTest {
    private static final Path PUBLIC_TYPES = Path.of("../core/src/main/java/dev/sallyport");
    private static final Path SNIPPETS = Path.of("src/test/java/dev/sallyport/examples/JavadocSnippets.java");
    private static final Path FIRST_EXAMPLE = Path.of("src/main/java/dev/sallyport/examples/EchoServer.java");
    /** Ends with a brace that an empty line or the end of the comment follows: a line of code may be a brace, too. */
    private static final Pattern SNIPPET =
            Pattern.compile("(?m)^ \\* \\{@snippet :\\n((?: \\* .*\\n| \\*\\n)*?) \\* }\\n(?= \\*(?:/|\\n))");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SecureServerSocket",
                "RawSecureServerSocket",
                "SecureSocket",
                "RawSecureSocket",
                "SecurityContext",
                "InternetAddress"
            })
    void aMainTypeHasOneExampleThatIsCompiled(String type) throws IOException {
        assertThat(snippets(type))
                .singleElement()
                .satisfies(snippet -> assertThat(Files.readString(SNIPPETS)).contains(snippet.indent(8)));
    }

    @Test
    void theExampleOfThePackageIsTheFirstOfTheExamples() throws IOException {
        assertThat(snippets("package-info"))
                .singleElement()
                .satisfies(
                        snippet -> assertThat(Files.readString(FIRST_EXAMPLE)).contains(snippet.indent(4)));
    }

    @Test
    void theServerWithFilesEchoes() throws Exception {
        TestIdentity identity = TestPki.server();
        try (SecureServerSocket server =
                JavadocSnippets.secureServerSocket(identity.chainFile(), identity.keyFile(), 0)) {
            assertEchoes(server.port(), "some words".getBytes(StandardCharsets.UTF_8));
        }
    }

    @Test
    void theRawServerGreets() throws Exception {
        byte[] greeting = "welcome\n".getBytes(StandardCharsets.UTF_8);
        try (RawSecureServerSocket server =
                        JavadocSnippets.rawSecureServerSocket(0, SecurityContext.selfSigned(), greeting);
                TlsConnection client = LocalClient.to(server.port()).connect()) {
            assertThat(client.receiveAll()).isEqualTo(greeting);
            assertThat(client.endedWithCloseNotify()).isTrue();
        }
    }

    @Test
    void theSocketAnswersALine() throws Exception {
        try (SecureServerSocket server = SecureServerSocket.open("localhost", 0, SecurityContext.selfSigned())) {
            server.serve(JavadocSnippets::secureSocket);
            try (TlsConnection client = LocalClient.to(server.port()).connect()) {
                client.send("Ada\n");
                assertThat(new String(client.receiveAll(), StandardCharsets.UTF_8))
                        .isEqualTo("hello Ada\n");
            }
        }
    }

    @Test
    void theRawSocketEchoesMoreThanItsBufferHolds() throws Exception {
        byte[] sent = new byte[100_000];
        new Random(sent.length).nextBytes(sent);
        try (RawSecureServerSocket server = RawSecureServerSocket.open("localhost", 0, SecurityContext.selfSigned())) {
            server.listen(JavadocSnippets::rawSecureSocket);
            assertEchoes(server.port(), sent);
        }
    }

    @Test
    void theContextAsksClientsForACertificateOfItsAuthority() throws Exception {
        TestIdentity identity = TestPki.server();
        SecurityContext context = JavadocSnippets.securityContext(
                identity.chainFile(), identity.keyFile(), TestPki.ca().chainFile());
        try (SecureServerSocket server =
                SecureServerSocket.open("localhost", 0, context, options -> options.requireClientCertificate(true))) {
            server.serve(socket -> socket.inputStream().transferTo(socket.outputStream()));
            try (TlsConnection client =
                    LocalClient.to(server.port()).identity(TestPki.client()).connect()) {
                assertThat(client.protocol()).isEqualTo("TLSv1.3");
                client.send("hello");
                assertThat(client.receive(5)).isEqualTo("hello".getBytes(StandardCharsets.UTF_8));
            }
            assertThat(LocalClient.to(server.port()).handshakeFailure()).isInstanceOf(SSLHandshakeException.class);
        }
    }

    @Test
    void theAddressThatWasLookedUpIsBound() throws Exception {
        try (SecureServerSocket server = JavadocSnippets.internetAddress(0, SecurityContext.selfSigned())) {
            assertThat(server.address()).isEqualTo(InternetAddress.LOOPBACK_IPV4);
        }
    }

    private static void assertEchoes(int port, byte[] sent) throws IOException {
        try (TlsConnection client = LocalClient.to(port).connect()) {
            client.send(sent);
            assertThat(client.receive(sent.length)).isEqualTo(sent);
            client.shutdownOutput();
            assertThat(client.receiveAll()).isEmpty();
        }
    }

    private static List<String> snippets(String type) throws IOException {
        return SNIPPET.matcher(Files.readString(PUBLIC_TYPES.resolve(type + ".java")))
                .results()
                .map(match -> match.group(1).replaceAll("(?m)^ \\* ?", ""))
                .toList();
    }
}
