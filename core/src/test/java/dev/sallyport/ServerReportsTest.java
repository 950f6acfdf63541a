package dev.sallyport;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.HandshakeException.Reason;
import java.io.EOFException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;

/** The values that a server tells of itself. */
class ServerReportsTest {
    @Test
    void aFailedHandshakeSaysWhoseAndWhy() {
        EOFException cause = new EOFException();
        HandshakeException failure = new HandshakeException(
                Reason.PEER_GONE, address("::1"), "a.example", "connection closed (after 5 bytes)", cause);

        assertThat(failure)
                .hasMessage("handshake [0:0:0:0:0:0:0:1]:40000: connection closed (after 5 bytes)")
                .hasCause(cause);
        assertThat(failure.reason()).isEqualTo(Reason.PEER_GONE);
        assertThat(failure.remoteAddress()).isEqualTo(address("::1"));
        assertThat(failure.serverName()).isEqualTo("a.example");
        assertThat(failed(address("192.0.2.1"))).hasMessage("handshake 192.0.2.1:40000: not in time");
        assertThat(failed(UnixDomainSocketAddress.of(""))).hasMessage("handshake unnamed: not in time");
    }

    @Test
    void statisticsHaveEveryReasonAndLimitAndKeepNothingOfTheirCounts() {
        ServerStatistics.Counts counts = new ServerStatistics.Counts();
        counts.accepted = 10;
        counts.filtered = 1;
        counts.handshakesFailed.put(Reason.TIMEOUT, 2L);
        counts.handshakesFailed.put(Reason.PEER_GONE, 3L);
        counts.limitsReached.put(Limit.ACCEPT_QUEUE, 4L);
        ServerStatistics statistics = new ServerStatistics(counts);
        counts.handshakesFailed.put(Reason.TIMEOUT, 100L);

        assertThat(statistics.accepted()).isEqualTo(10);
        assertThat(statistics.filtered()).isEqualTo(1);
        assertThat(statistics.handshakesFailed()).isEqualTo(5);
        assertThat(statistics.handshakesFailedByReason())
                .containsOnlyKeys(Reason.values())
                .containsEntry(Reason.TIMEOUT, 2L)
                .containsEntry(Reason.INTERNAL, 0L)
                .isUnmodifiable();
        assertThat(statistics.limitsReached())
                .containsOnlyKeys(Limit.values())
                .containsEntry(Limit.ACCEPT_QUEUE, 4L)
                .isUnmodifiable();
        assertThat(statistics.toString()).contains("failed {PEER_GONE=3, TIMEOUT=2}", "limits {ACCEPT_QUEUE=4}");
    }

    @Test
    void theFactsOfAHandshakeFitOneLine() {
        HandshakeInfo info = HandshakeInfo.builder(TlsVersion.TLS_1_3, "TLS_AES_128_GCM_SHA256")
                .namedGroup("x25519")
                .serverName("a.example")
                .peerCertificateChain(
                        new ArrayList<>(SecurityContext.selfSigned("client").certificates()))
                .duration(Duration.ofMillis(12))
                .build();

        assertThat(info.peerCertificateChain()).hasSize(1).isUnmodifiable();
        assertThat(info.toString())
                .contains("TLSv1.3", "x25519", "CN=client", "12 ms")
                .doesNotContain("\n");
    }

    private static HandshakeException failed(SocketAddress remote) {
        return new HandshakeException(Reason.TIMEOUT, remote, null, "not in time", null);
    }

    private static InetSocketAddress address(String literal) {
        return new InetSocketAddress(InternetAddress.tryParse(literal), 40_000);
    }
}
