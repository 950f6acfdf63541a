package dev.sallyport.testkit;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the log of {@code openssl s_client -msg} says about the handshake. The log has a heading for each message,
 * {@code <<< TLS 1.3, Handshake [length 000f], EncryptedExtensions}, and then its bytes in indented hexadecimal.
 */
record OpensslMessages(@Nullable String alpn, boolean serverSentCertificate, List<String> alertsReceived) {
    private static final String FROM_SERVER = "<<< ";
    private static final int EXTENSION_ALPN = 16;

    static OpensslMessages parse(List<String> log) {
        String alpn = null;
        boolean certificate = false;
        List<String> alerts = new ArrayList<>();
        for (int i = 0; i < log.size(); i++) {
            String heading = log.get(i);
            if (!heading.startsWith(FROM_SERVER)) {
                continue;
            }
            String last = heading.substring(heading.lastIndexOf(", ") + 2);
            if (heading.contains(", Alert ")) {
                alerts.add(last);
            } else if (last.equals("Certificate")) {
                certificate = true;
            } else if (last.equals("ServerHello") || last.equals("EncryptedExtensions")) {
                String found = alpnIn(body(log, i + 1));
                alpn = found == null ? alpn : found;
            }
        }
        return new OpensslMessages(alpn, certificate, List.copyOf(alerts));
    }

    private static ByteBuffer body(List<String> log, int from) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int i = from; i < log.size() && log.get(i).startsWith("    "); i++) {
            bytes.writeBytes(HexFormat.ofDelimiter(" ").parseHex(log.get(i).strip()));
        }
        return ByteBuffer.wrap(bytes.toByteArray());
    }

    /** RFC 8446, 4.1.3 and 4.3.1; RFC 7301, 3.1: the server's list has one name. */
    private static @Nullable String alpnIn(ByteBuffer message) {
        boolean serverHello = message.get() == 2;
        message.position(4);
        if (serverHello) {
            message.position(4 + 2 + 32);
            skip(message, message.get() & 0xff);
            skip(message, 3);
        }
        if (message.remaining() < 2) {
            return null;
        }
        message.getShort();
        while (message.remaining() >= 4) {
            int type = message.getShort() & 0xffff;
            int length = message.getShort() & 0xffff;
            if (type == EXTENSION_ALPN) {
                byte[] name = new byte[length - 3];
                skip(message, 3);
                message.get(name);
                return new String(name, StandardCharsets.UTF_8);
            }
            skip(message, length);
        }
        return null;
    }

    private static void skip(ByteBuffer message, int count) {
        message.position(message.position() + count);
    }
}
