package dev.sallyport.accept;

import static dev.sallyport.support.ConnectedPair.assertTalks;
import static dev.sallyport.testkit.Awaiting.PATIENCE;
import static dev.sallyport.testkit.Awaiting.until;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.SecureServerSocket;
import dev.sallyport.matrix.Matrix;
import dev.sallyport.matrix.Setup;
import dev.sallyport.support.ConnectedPair;
import dev.sallyport.testkit.HostileClient;
import dev.sallyport.testkit.TestPki;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.io.TempDir;

/** What the JDK's Flight Recorder gets to know of a server. */
class FlightRecorderTest {
    private static final List<String> KINDS = List.of("Accept", "Handshake", "Close", "ContextReload");

    @TempDir
    Path folder;

    private List<RecordedEvent> recorded(Recording recording) throws IOException {
        recording.stop();
        Path file = folder.resolve("recording.jfr");
        recording.dump(file);
        return RecordingFile.readAllEvents(file);
    }

    private static List<RecordedEvent> of(List<RecordedEvent> events, String kind) {
        return events.stream()
                .filter(event -> event.getEventType().getName().equals("dev.sallyport." + kind))
                .sorted(Comparator.comparing(RecordedEvent::getStartTime)) // a file has them by thread
                .toList();
    }

    @Matrix
    void tellsOfConnectionsFromAcceptToCloseAndOfReplacedContexts(Setup setup) throws Exception {
        try (Recording recording = new Recording()) {
            KINDS.forEach(kind ->
                    recording.enable("dev.sallyport." + kind).withoutThreshold().withoutStackTrace());
            recording.start();
            try (SecureServerSocket server = setup.open(options -> {})) {
                String peer;
                try (var pair = ConnectedPair.of(server, setup.client(server.port()))) {
                    assertTalks(pair);
                    peer = pair.socket.remoteAddress().toString().substring(1);
                }
                try (HostileClient stranger = HostileClient.to(server.localAddress())) {
                    stranger.plainHttp();
                    until(
                            "the failed handshake",
                            PATIENCE,
                            () -> server.statistics().handshakesFailed() == 1);
                }
                server.replaceContext(setup.context(TestPki.server()).build());
                until(
                        "the connections to go",
                        PATIENCE,
                        () -> server.statistics().connectionsOpen() == 0);
                List<RecordedEvent> events = recorded(recording);
                assertThat(of(events, "Accept")).hasSize(2);
                assertHandshakes(setup, of(events, "Handshake"), peer);
                assertThat(of(events, "Close")).singleElement().satisfies(close -> {
                    assertThat(close.getString("remoteAddress")).isEqualTo(peer);
                    assertThat(close.getLong("bytesReceived")).isPositive();
                    assertThat(close.getLong("bytesSent")).isPositive();
                });
                assertThat(of(events, "ContextReload"))
                        .singleElement()
                        .satisfies(reload ->
                                assertThat(reload.getBoolean("replaced")).isTrue());
            }
        }
    }

    private static void assertHandshakes(Setup setup, List<RecordedEvent> handshakes, String peer) {
        assertThat(handshakes).hasSize(2);
        RecordedEvent established = handshakes.get(0);
        assertThat(established.getString("outcome")).isEqualTo("ESTABLISHED");
        assertThat(established.getString("remoteAddress")).isEqualTo(peer);
        assertThat(established.getString("protocolVersion"))
                .isEqualTo(setup.version().protocolName());
        assertThat(established.getString("cipherSuite")).startsWith("TLS_");
        assertThat(established.getDuration()).isPositive();
        RecordedEvent failed = handshakes.get(1);
        assertThat(failed.getString("outcome")).isEqualTo("PEER_NOT_TLS");
        assertThat(failed.getDuration()).isGreaterThanOrEqualTo(Duration.ZERO);
    }
}
