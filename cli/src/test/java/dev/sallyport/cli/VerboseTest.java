package dev.sallyport.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.InternetAddress;
import dev.sallyport.testkit.Awaiting;
import dev.sallyport.testkit.TlsConnection;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class VerboseTest {
    @Test
    void aFailedHandshakeAndABrokenConnectionAreALineEach() throws IOException {
        try (ServingProgram program = ServingProgram.start("--verbose")) {
            String http = sendPlainHttp(program);
            awaitErrors(program, http, "PEER_NOT_TLS");

            String reset = reset(program);
            awaitErrors(program, reset, "reset");
            assertThat(program.process().errors()).doesNotContain("\tat ");
        }
    }

    @Test
    void withoutItNothingIsPrinted() throws IOException {
        try (ServingProgram program = ServingProgram.start()) {
            sendPlainHttp(program);
            reset(program);

            program.process().terminate();
            assertThat(program.awaitExit()).isZero();
            assertThat(program.process().errors()).isEmpty();
        }
    }

    /** Returns this end's address, as the server sees it, once the server has closed the connection. */
    private static String sendPlainHttp(ServingProgram program) throws IOException {
        try (var socket = new Socket(InternetAddress.LOOPBACK_IPV4, program.port())) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write("GET / HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.UTF_8));
            socket.getInputStream().readAllBytes();
            return ":" + socket.getLocalPort();
        }
    }

    private static String reset(ServingProgram program) throws IOException {
        TlsConnection connection = program.client().connect();
        connection.send("x");
        connection.receive(1);
        String address = ":" + connection.socket().getLocalPort();
        connection.reset();
        return address;
    }

    private static void awaitErrors(ServingProgram program, String address, String reason) {
        Awaiting.until(
                "a line about " + address + " with " + reason,
                Duration.ofSeconds(10),
                () -> program.process()
                        .errors()
                        .lines()
                        .anyMatch(line -> line.contains(address) && line.contains(reason)));
    }
}
