package dev.sallyport.examples;

import dev.sallyport.testkit.JdkTlsClient;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;

/** The client of the tests of examples: on the same machine, with trust in the certificates that servers make for a run. */
final class LocalClient {
    private LocalClient() {}

    static JdkTlsClient to(int port) {
        return JdkTlsClient.to(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
                .trustingEverybody()
                .deadline(Duration.ofSeconds(60));
    }
}
