package dev.sallyport.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.InternetAddress;
import dev.sallyport.testkit.JvmProcess;
import dev.sallyport.testkit.TestIdentity;
import dev.sallyport.testkit.TestPki;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MistakesTest {
    private static final TestIdentity SERVER = TestPki.server();

    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            ""                                              | say what to do: 'sallyport serve' starts a server
            srve                                            | unmatched argument at index 0: 'srve'
            serve 1                                         | unmatched argument at index 1: '1'
            serve --prot                                    | unknown option: '--prot'
            serve --port                                    | missing required parameter for option '--port'
            serve --port x                                  | invalid value for option '--port'
            serve --port 65536                              | 65536
            serve --port 1 --port 2                         | option '--port' (PORT) should be specified only once
            serve --backlog -1                              | -1
            serve --drain 10                                | '10' is no duration; write it like 500ms, 10s or 2m
            serve --handshake-timeout 0s                    | imeout
            serve --min-tls 1.1                             | '1.1' is no version of TLS that exists here
            serve --provider openssl                        | invalid value for option '--provider'
            serve --transport uring                         | invalid value for option '--transport'
            serve --handler ftp                             | invalid value for option '--handler'
            serve --api fibers                              | invalid value for option '--api'
            serve --cert a                                  | --cert needs --key FILE
            serve --key a                                   | --key needs --cert FILE
            serve --cert a --key b --keystore c             | --keystore and --cert both
            serve --key-password-file a                     | --key-password-file needs --key FILE
            serve --keystore-password-file a                | --keystore-password-file needs --keystore FILE
            serve --require-alpn                            | --require-alpn needs --alpn NAMES
            serve --require-client-cert                     | --require-client-cert needs --client-ca FILE
            serve --request-client-cert                     | --request-client-cert needs --client-ca FILE
            serve --client-ca a                             | --client-ca checks nothing without
            serve --stats localhost                         | 'localhost' is no HOST:PORT
            serve --watch                                   | --watch has no file to watch
            serve --sni www.example.com=a                   | the certificate's file, a comma and the key's file
            serve --sni www.example.com                     | --sni
            serve --v6-only --address 127.0.0.1             | --v6-only means nothing with the IPv4 address 127.0.0.1
            """)
    void wrongUsageIsOneLineAndStatus2(String arguments, String message) {
        assertMistake(2, message, arguments.isEmpty() ? new String[0] : arguments.split(" "));
    }

    @Test
    void aMissingFileIsNamed() {
        String key = SERVER.keyFile().toString();
        assertMistake(1, "/nowhere/cert.pem: no such file", "serve", "--cert", "/nowhere/cert.pem", "--key", key);
        assertMistake(1, "/nowhere/store", "serve", "--keystore", "/nowhere/store");
        assertMistake(1, "/nowhere/password: no such file", serveWith("--key-password-file", "/nowhere/password"));
        assertMistake(1, "/nowhere/ca", serveWith("--require-client-cert", "--client-ca", "/nowhere/ca"));
    }

    @Test
    void aKeyForAnotherCertificateIsRefused() {
        String key = TestPki.client().keyFile().toString();

        assertMistake(1, key, "serve", "--cert", SERVER.chainFile().toString(), "--key", key);
    }

    @Test
    void aWrongPasswordIsRefused() throws IOException {
        Path password = Files.writeString(folder.resolve("password"), "wrong\n");
        String store = SERVER.pkcs12File().toString();

        assertMistake(1, store, "serve", "--keystore", store, "--keystore-password-file", password.toString());
        assertMistake(1, store, "serve", "--keystore", store);
    }

    @Test
    void aPortInUseIsNamed() throws IOException {
        try (var other = new ServerSocket(0, 1, InternetAddress.LOOPBACK_IPV4)) {
            String port = String.valueOf(other.getLocalPort());

            assertMistake(1, port, serveWith("--address", "127.0.0.1", "--port", port));
            assertMistake(1, port, serveWith("--address", "127.0.0.1", "--port", port, "--api", "raw"));
        }
    }

    @Test
    void anAddressThatIsNoneIsNamed() {
        assertMistake(1, "'1.2.3' is neither an address nor a host name", "serve", "--address", "1.2.3", "--port", "0");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            localhost:8443     | give the port separately: 'localhost' and 8443
            127.0.0.1:8443     | give the port separately: '127.0.0.1' and 8443
            [::1]:8443         | give the port separately: '[::1]' and 8443
            https://localhost  | it is a URL: give its host alone, and the port separately
            10.0.0.0/8         | give one address, without a path or the length of a network
            """)
    void anAddressWithMoreInItSaysWhatToTakeOut(String address, String advice) {
        assertMistake(
                1, "'" + address + "' is neither an address nor a host name; " + advice, "serve", "--address", address);
    }

    @Test
    void aFileOfAnotherKindIsToldItsOption() throws IOException {
        String store = SERVER.pkcs12File().toString();
        String chain = SERVER.chainFile().toString();
        String key = SERVER.keyFile().toString();
        String empty = Files.createFile(folder.resolve("empty")).toString();
        assertMistake(
                1,
                store + ": is a PKCS#12 keystore, but no password was given; use --keystore, and"
                        + " --keystore-password-file",
                "serve",
                "--cert",
                store,
                "--key",
                store);
        assertMistake(
                1,
                store + ": is a PKCS#12 keystore, but no password was given; use --keystore",
                "serve",
                "--cert",
                store,
                "--key",
                key);
        assertMistake(1, "; give it with --cert and --key", "serve", "--keystore", chain);
        assertMistake(1, "the arguments may have been switched", "serve", "--cert", key, "--key", chain);
        assertMistake(1, folder + ": is a directory", "serve", "--cert", folder.toString(), "--key", key);
        assertMistake(
                1, empty + ": is empty; it should hold the certificate chain", "serve", "--cert", empty, "--key", key);
        assertMistake(
                1,
                store + ": is a PKCS#12 keystore where certificates are expected",
                serveWith("--require-client-cert", "--client-ca", store));
    }

    @Test
    void verboseAddsTheStackTrace() {
        assertThat(run("serve", "--keystore", "/nowhere/store", "--verbose").errors())
                .contains("\n\tat dev.sallyport.");
    }

    @Test
    void theProcessEndsWithTheStatusAndTheLine() throws IOException {
        List<String> arguments = List.of("serve", "--cert", "/nowhere/cert.pem", "--key", "/nowhere/key.pem");
        try (JvmProcess process = ServingProgram.launch(arguments).start()) {
            assertThat(process.awaitExit(Duration.ofSeconds(20))).isEqualTo(1);
            assertThat(process.errors()).startsWith("sallyport: ").hasLineCount(1);
            assertThat(process.output()).isEmpty();
        }
    }

    private static void assertMistake(int status, String message, String... arguments) {
        Run run = run(arguments);
        assertThat(run.errors())
                .startsWith("sallyport: ")
                .contains(message)
                .endsWith("\n")
                .hasLineCount(1);
        assertThat(run.status()).isEqualTo(status);
    }

    private static String[] serveWith(String... options) {
        List<String> arguments = new ArrayList<>(List.of("serve"));
        arguments.addAll(List.of(
                "--cert",
                SERVER.chainFile().toString(),
                "--key",
                SERVER.keyFile().toString()));
        arguments.addAll(List.of(options));
        return arguments.toArray(String[]::new);
    }

    /** In this process, which is fast; nothing here gets as far as to serve. */
    private static Run run(String... arguments) {
        var errors = new StringWriter();
        int status = Main.commandLine().setErr(new PrintWriter(errors)).execute(arguments);
        return new Run(status, errors.toString());
    }

    private record Run(int status, String errors) {}
}
