package dev.sallyport.testkit;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;

/**
 * A ClientHello as bytes (RFC 8446, 4.1.2), built field by field or recorded from the JDK, and laid out in records as a
 * test wants them. Immutable.
 */
public final class ClientHelloBytes {
    private static final int RECORD_HEADER_BYTES = 5;
    private static final int LARGEST_RECORD_BYTES = 1 << 14;
    private static final int TYPE_HANDSHAKE = 22;

    private final int recordVersion;
    private final byte[] message;

    ClientHelloBytes(int recordVersion, byte[] message) {
        this.recordVersion = recordVersion;
        this.message = message;
    }

    /** {@return a builder of a hello that a server can answer: TLS 1.2 and 1.3 with their usual suites and groups} */
    public static ClientHelloBuilder builder() {
        return new ClientHelloBuilder();
    }

    /**
     * Records what the JDK's client says first.
     *
     * @param versions as the JDK names them, and only those that it has not disabled
     */
    public static ClientHelloBytes fromJdk(List<String> versions, @Nullable String serverName, String... alpn) {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, null, null);
            SSLEngine engine = context.createSSLEngine();
            engine.setUseClientMode(true);
            SSLParameters parameters = engine.getSSLParameters();
            parameters.setProtocols(versions.toArray(String[]::new));
            parameters.setApplicationProtocols(alpn);
            if (serverName != null) {
                parameters.setServerNames(List.of(new SNIHostName(serverName)));
            }
            engine.setSSLParameters(parameters);
            ByteBuffer out = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
            engine.wrap(ByteBuffer.allocate(0), out);
            byte[] message = Arrays.copyOfRange(out.array(), RECORD_HEADER_BYTES, out.position());
            return new ClientHelloBytes(out.getShort(1) & 0xffff, message);
        } catch (GeneralSecurityException | SSLException e) {
            throw new IllegalStateException("record the JDK's ClientHello for " + versions, e);
        }
    }

    /** {@return a hello in the format of SSL 2.0 that offers SSL 3.0 (RFC 5246, appendix E.2): not a TLS record} */
    public static byte[] sslv2() {
        byte[] body = {
            1,
            3,
            0,
            0,
            9,
            0,
            0,
            0,
            16, // client hello, version 3.0, nine bytes of suites, no session, 16 of challenge
            0,
            0,
            10,
            7,
            0,
            (byte) 0xc0,
            1,
            0,
            (byte) 0x80, // RSA with 3DES, and two of SSL 2.0's own
            1,
            2,
            3,
            4,
            5,
            6,
            7,
            8,
            9,
            10,
            11,
            12,
            13,
            14,
            15,
            16
        };
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.write(0x80);
        bytes.write(body.length);
        bytes.writeBytes(body);
        return bytes.toByteArray();
    }

    /** {@return the handshake message, without records} */
    public byte[] message() {
        return message.clone();
    }

    /** {@return the message in records that are as full as they may be} */
    public byte[] bytes() {
        return fragmented(LARGEST_RECORD_BYTES);
    }

    /** {@return the message in records of this many bytes each, headers not counted; the last one may be smaller} */
    public byte[] fragmented(int recordBytes) {
        if (recordBytes < 1 || recordBytes > LARGEST_RECORD_BYTES) {
            throw new IllegalArgumentException("recordBytes " + recordBytes + " is outside 1..16384");
        }
        ByteArrayOutputStream records = new ByteArrayOutputStream();
        for (int at = 0; at < message.length; at += recordBytes) {
            int length = Math.min(recordBytes, message.length - at);
            records.write(TYPE_HANDSHAKE);
            records.write(recordVersion >> 8);
            records.write(recordVersion);
            records.write(length >> 8);
            records.write(length);
            records.write(message, at, length);
        }
        return records.toByteArray();
    }

    /** {@return the first half of {@link #bytes()}} */
    public byte[] half() {
        byte[] whole = bytes();
        return Arrays.copyOf(whole, whole.length / 2);
    }

    /** {@return random bytes that do not look like the beginning of TLS} */
    static byte[] garbage(long seed, int count) {
        byte[] bytes = new byte[count];
        new Random(seed).nextBytes(bytes);
        if (count > 0 && bytes[0] == TYPE_HANDSHAKE) {
            bytes[0]++;
        }
        return bytes;
    }
}
