package dev.sallyport.internal.hello;

import dev.sallyport.HandshakeException.Reason;
import dev.sallyport.testkit.ClientHelloBytes;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Hellos of two implementations, small and large, and what is made of bytes that come in pieces. */
final class Hellos {
    static final InetSocketAddress FROM = new InetSocketAddress(InetAddress.getLoopbackAddress(), 1);

    static final List<ClientHelloBytes> ALL = List.of(
            ClientHelloBytes.fromJdk(List.of("TLSv1.3", "TLSv1.2"), "www.example.com", "h2", "http/1.1"),
            ClientHelloBytes.fromJdk(List.of("TLSv1.2"), null),
            ClientHelloBytes.builder()
                    .sni("www.example.com")
                    .alpn("h2", "http/1.1")
                    .build(),
            ClientHelloBytes.builder().versions("TLSv1").build(),
            ClientHelloBytes.builder().paddedTo(4000).build());

    private Hellos() {}

    /**
     * What comes of bytes.
     *
     * @param refused reason, alert and message of a refusal
     * @param hello the hello
     * @param behind the bytes that came behind it
     */
    record Outcome(@Nullable Refused refused, @Nullable ReceivedHello hello, byte[] behind) {
        boolean waits() {
            return refused == null && hello == null;
        }

        /** All that may not depend on how the bytes came. */
        String text() {
            if (refused != null) {
                return refused.toString();
            }
            return hello == null ? "waits" : HexFormat.of().formatHex(hello.records(behind));
        }
    }

    record Refused(
            Reason reason,
            @Nullable Alert alert,
            @Nullable String serverName,
            @Nullable String message) {}

    /** What comes of these bytes in pieces of these lengths, over and over. */
    static Outcome offered(byte[] bytes, int... pieces) {
        HelloCollector collector = new HelloCollector();
        int at = 0;
        try {
            for (int i = 0; at < bytes.length; i++) {
                int end = Math.min(bytes.length, at + pieces[i % pieces.length]);
                ByteBuffer piece = ByteBuffer.wrap(Arrays.copyOfRange(bytes, at, end));
                boolean complete = collector.offer(piece);
                at = end - piece.remaining();
                if (complete) {
                    ReceivedHello hello = collector.hello(FROM);
                    return new Outcome(null, hello, Arrays.copyOfRange(bytes, at, bytes.length));
                }
            }
            return new Outcome(null, null, new byte[0]);
        } catch (HelloRefusal refusal) {
            return new Outcome(
                    new Refused(refusal.reason(), refusal.alert(), refusal.serverName(), refusal.getMessage()),
                    null,
                    new byte[0]);
        }
    }

    /** What comes of these bytes all at once. */
    static Outcome offered(byte[] bytes) {
        return offered(bytes, Math.max(1, bytes.length));
    }

    static ReceivedHello whole(byte[] bytes) {
        ReceivedHello hello = offered(bytes).hello();
        if (hello == null) {
            throw new AssertionError(offered(bytes).text());
        }
        return hello;
    }

    static Refused refused(byte[] bytes) {
        Refused refused = offered(bytes).refused();
        if (refused == null) {
            throw new AssertionError(offered(bytes).text());
        }
        return refused;
    }
}
