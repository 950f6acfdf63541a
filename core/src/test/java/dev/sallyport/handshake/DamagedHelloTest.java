package dev.sallyport.handshake;

import static dev.sallyport.matrix.Matrix.Dimension.PROVIDER;
import static dev.sallyport.testkit.Awaiting.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.HandshakeException;
import dev.sallyport.HandshakeException.Reason;
import dev.sallyport.SecureServerSocket;
import dev.sallyport.ServerObserver;
import dev.sallyport.matrix.Matrix;
import dev.sallyport.matrix.Setup;
import dev.sallyport.testkit.ClientHelloBytes;
import dev.sallyport.testkit.HostileClient;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Whole hellos with some bytes wrong: each gets an answer, a hello or an alert, and what fails is the client's fault. */
class DamagedHelloTest {
    private static final int HELLOS = 600;
    private static final int HANDSHAKE_RECORD = 22;
    private static final int ALERT_RECORD = 21;

    private static final Set<Reason> CLIENTS_FAULT = EnumSet.of(
            Reason.PEER_GONE, // it was served, and left
            Reason.PEER_MISBEHAVED,
            Reason.PEER_NO_COMMON_VERSION,
            Reason.PEER_NO_COMMON_CIPHER_SUITE,
            Reason.PEER_UNKNOWN_SERVER_NAME);

    @Matrix(PROVIDER)
    void isAnswered(Setup setup) throws Exception {
        Random random = new Random(20_261_127);
        List<ClientHelloBytes> hellos = List.of(
                ClientHelloBytes.fromJdk(List.of("TLSv1.3", "TLSv1.2"), "www.example.com", "h2", "http/1.1"),
                ClientHelloBytes.builder().sni("localhost").alpn("h2").build(),
                ClientHelloBytes.builder().versions("TLSv1.2").build());
        Heard heard = new Heard();
        try (SecureServerSocket server =
                setup.open(options -> options.observer(heard).supportedProtocols("h2"))) {
            server.serve(socket -> {});
            for (int i = 0; i < HELLOS; i++) {
                byte[] record =
                        damaged(hellos.get(random.nextInt(hellos.size())).bytes(), random);
                try (HostileClient client =
                        HostileClient.to(server.localAddress()).send(record)) {
                    byte[] answer = client.fin().readAll().bytes();
                    HandshakeException failure = heard.next();
                    String what = "hello " + i + ": " + HexFormat.of().formatHex(record) + ": " + failure.getMessage();
                    assertThat(answer).as(what).isNotEmpty();
                    assertThat(answer[0]).as(what).isIn((byte) HANDSHAKE_RECORD, (byte) ALERT_RECORD);
                    assertThat(failure.reason()).as(what).isIn(CLIENTS_FAULT);
                }
            }
        }
    }

    /** Bytes of the message behind its header are changed, none put in or taken out: so it is complete. */
    private static byte[] damaged(byte[] record, Random random) {
        int beforeBody = 5 + 4;
        for (int change = random.nextInt(3); change >= 0; change--) {
            int at = beforeBody + random.nextInt(record.length - beforeBody);
            record[at] = (byte) (random.nextBoolean() ? random.nextInt(256) : record[at] + 1);
        }
        return record;
    }

    private static final class Heard implements ServerObserver {
        private final BlockingQueue<HandshakeException> failures = new LinkedBlockingQueue<>();

        HandshakeException next() throws InterruptedException {
            return Objects.requireNonNull(failures.poll(PATIENCE.toMillis(), TimeUnit.MILLISECONDS), "nobody was told");
        }

        @Override
        public void handshakeFailed(HandshakeException failure) {
            failures.add(failure);
        }
    }
}
