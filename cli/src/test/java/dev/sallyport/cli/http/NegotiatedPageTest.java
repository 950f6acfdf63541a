package dev.sallyport.cli.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.HandshakeInfo;
import dev.sallyport.InternetAddress;
import dev.sallyport.TlsVersion;
import java.net.InetSocketAddress;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class NegotiatedPageTest {
    @Test
    void showsWhatWasNegotiated() {
        assertThat(page("example.org"))
                .startsWith("<!doctype html>")
                .contains("<td>TLSv1.3</td>", "<td>TLS_AES_128_GCM_SHA256</td>", "<td>X25519MLKEM768</td>")
                .contains("<td>h2</td>", "<td>example.org</td>", "<td>new</td>", "<td>1.5 ms</td>")
                .contains("<td>[0:0:0:0:0:0:0:1]:8443</td>", "<td>127.0.0.1:50000</td>", "<td>a test</td>");
    }

    @Test
    void saysWhatIsMissing() {
        assertThat(page(null))
                .contains("<th>Server name (SNI)</th><td>none</td>", "<th>Client certificate</th><td>none</td>");
    }

    @Test
    void whatThePeerChoseIsNoMarkup() {
        assertThat(page("<script>&\"")).contains("<td>&lt;script&gt;&amp;&quot;</td>");
    }

    private static String page(@Nullable String serverName) {
        var handshake = HandshakeInfo.builder(TlsVersion.TLS_1_3, "TLS_AES_128_GCM_SHA256")
                .namedGroup("X25519MLKEM768")
                .selectedProtocol("h2")
                .serverName(serverName)
                .duration(Duration.ofNanos(1_500_000))
                .build();
        return NegotiatedPage.of(
                handshake,
                new InetSocketAddress(InternetAddress.LOOPBACK_IPV6, 8443),
                new InetSocketAddress(InternetAddress.LOOPBACK_IPV4, 50000),
                "a test");
    }
}
