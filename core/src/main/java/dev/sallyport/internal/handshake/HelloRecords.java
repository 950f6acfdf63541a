package dev.sallyport.internal.handshake;

import dev.sallyport.ClientHello;
import java.net.SocketAddress;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * All the TLS that is read and written here instead of in a TLS library: one ClientHello (RFC 8446 section 4.1.2, RFC 5246
 * section 7.4.1.2), which may be spread over several records, and one fatal alert (RFC 8446 section 6). Nothing of it is
 * trusted: the library reads the same bytes again.
 */
final class HelloRecords {
    /** {@code handshake_failure}. */
    static final int HANDSHAKE_FAILURE = 40;
    /** {@code internal_error}. */
    static final int INTERNAL_ERROR = 80;
    /** {@code unrecognized_name}. */
    static final int UNRECOGNIZED_NAME = 112;
    /** {@code no_application_protocol}. */
    static final int NO_APPLICATION_PROTOCOL = 120;

    /** The longest ClientHello taken, in bytes with its record headers: as much as BoringSSL takes. */
    static final int MAX_BYTES = 16 * 1024;

    private static final int HANDSHAKE = 22;
    private static final int CLIENT_HELLO = 1;
    private static final int RECORD_HEADER = 5;
    private static final int MAX_RECORD = 16 * 1024;
    private static final int SERVER_NAME = 0;
    private static final int ALPN = 16;
    private static final int EXTENDED_MASTER_SECRET = 23;
    private static final int SUPPORTED_VERSIONS = 43;
    private static final int HOST_NAME = 0;
    private static final int MAX_HOST_NAME = 255;

    private HelloRecords() {}

    /** What is wrong with the bytes of a client that does not speak TLS as it should. */
    static final class MalformedHelloException extends Exception {
        private static final long serialVersionUID = 1L;

        /** Whether this is not TLS at all. */
        final boolean notTls;

        MalformedHelloException(boolean notTls, String message) {
            super(message, null, false, false);
            this.notTls = notTls;
        }
    }

    /**
     * Reads a ClientHello from what has been received so far, position to limit, without moving either.
     *
     * @return the hello, or null when it is not complete yet
     */
    static @Nullable ReceivedHello read(ByteBuffer received, SocketAddress from) throws MalformedHelloException {
        ByteBuffer records = received.duplicate();
        byte[] message = new byte[Math.max(0, records.remaining())];
        int length = 0;
        while (records.remaining() >= 1) {
            if ((records.get(records.position()) & 0xff) != HANDSHAKE) {
                throw notHandshake(records, length > 0);
            }
            if (records.remaining() < RECORD_HEADER) {
                break;
            }
            int major = records.get(records.position() + 1) & 0xff;
            int size = records.getShort(records.position() + 3) & 0xffff;
            if (major != 3) {
                throw new MalformedHelloException(true, "not tls: the record version is " + major + ".x");
            }
            if (size == 0 || size > MAX_RECORD) {
                throw new MalformedHelloException(false, "a record of the client hello has " + size + " bytes");
            }
            records.position(records.position() + RECORD_HEADER);
            int there = Math.min(size, records.remaining());
            records.get(message, length, there);
            length += there;
            if (isComplete(message, length)) {
                return parse(ByteBuffer.wrap(message, 4, length - 4), from);
            }
            if (there < size) {
                break;
            }
        }
        return null;
    }

    private static boolean isComplete(byte[] message, int length) throws MalformedHelloException {
        if (length >= 1 && message[0] != CLIENT_HELLO) {
            throw new MalformedHelloException(
                    false, "the first handshake message is of type " + (message[0] & 0xff) + ", not a client hello");
        }
        if (length < 4) {
            return false;
        }
        int size = (message[1] & 0xff) << 16 | (message[2] & 0xff) << 8 | (message[3] & 0xff);
        if (size > MAX_BYTES) {
            throw new MalformedHelloException(
                    false, "the client hello has " + size + " bytes; at most " + MAX_BYTES + " are taken");
        }
        return length >= 4 + size;
    }

    private static MalformedHelloException notHandshake(ByteBuffer start, boolean begun) {
        if (begun) {
            return new MalformedHelloException(false, "the client hello is broken off by another kind of record");
        }
        byte[] first = new byte[Math.min(8, start.remaining())];
        start.get(start.position(), first);
        String text = new String(first, StandardCharsets.ISO_8859_1);
        if (text.matches("(?s)(GET|POST|PUT|HEAD|OPTIONS|DELETE|PATCH|TRACE|CONNECT|PRI) .*")) {
            return new MalformedHelloException(true, "looks like plain HTTP: the client should use https");
        }
        if (first.length >= 3 && (first[0] & 0x80) != 0 && first[2] == CLIENT_HELLO) {
            return new MalformedHelloException(true, "looks like SSL 2.0, which nobody should speak any more");
        }
        if (text.startsWith("PROXY ") || text.startsWith("\r\n\r\n\0\r\nQ")) {
            return new MalformedHelloException(true, "looks like a PROXY protocol header, which is not expected here");
        }
        return new MalformedHelloException(true, "not tls: the first byte is " + (first[0] & 0xff));
    }

    private static ReceivedHello parse(ByteBuffer hello, SocketAddress from) throws MalformedHelloException {
        try {
            int legacyVersion = hello.getShort() & 0xffff;
            skip(hello, 32); // random
            skip(hello, hello.get() & 0xff); // session id
            List<Integer> suites = new ArrayList<>();
            for (ByteBuffer list = block(hello, hello.getShort() & 0xffff); list.hasRemaining(); ) {
                suites.add(list.getShort() & 0xffff);
            }
            skip(hello, hello.get() & 0xff); // compression methods
            Extensions extensions = new Extensions();
            if (hello.hasRemaining()) {
                extensions.read(block(hello, hello.getShort() & 0xffff));
            }
            List<Integer> versions = extensions.versions.isEmpty() ? List.of(legacyVersion) : extensions.versions;
            return new ReceivedHello(
                    new ClientHello(extensions.serverName, extensions.protocols, versions, suites, from),
                    extensions.extendedMasterSecret);
        } catch (BufferUnderflowException | IllegalArgumentException malformed) {
            throw new MalformedHelloException(false, "the client hello is malformed");
        }
    }

    /** The extensions that matter here; the rest is skipped. */
    private static final class Extensions {
        @Nullable String serverName;

        final List<String> protocols = new ArrayList<>();
        final List<Integer> versions = new ArrayList<>();
        boolean extendedMasterSecret;

        void read(ByteBuffer extensions) {
            Set<Integer> seen = new HashSet<>();
            while (extensions.hasRemaining()) {
                int type = extensions.getShort() & 0xffff;
                if (!seen.add(type)) {
                    // of two of a kind the TLS library might believe the other one
                    throw new IllegalArgumentException();
                }
                ByteBuffer body = block(extensions, extensions.getShort() & 0xffff);
                switch (type) {
                    case SERVER_NAME -> readServerName(body);
                    case ALPN -> readProtocols(body);
                    case EXTENDED_MASTER_SECRET -> extendedMasterSecret = true;
                    case SUPPORTED_VERSIONS -> {
                        for (ByteBuffer list = block(body, body.get() & 0xff); list.hasRemaining(); ) {
                            versions.add(list.getShort() & 0xffff);
                        }
                    }
                    default -> {}
                }
            }
        }

        private void readServerName(ByteBuffer body) {
            ByteBuffer list = block(body, body.getShort() & 0xffff);
            while (list.hasRemaining()) {
                int type = list.get() & 0xff;
                ByteBuffer name = block(list, list.getShort() & 0xffff);
                if (type == HOST_NAME && serverName == null && name.hasRemaining()) {
                    serverName = hostName(name);
                }
            }
        }

        /** A host name in ASCII (RFC 6066 section 3): nothing that would look like something else in a log or a file. */
        private static String hostName(ByteBuffer name) {
            String text = StandardCharsets.US_ASCII.decode(name).toString().toLowerCase(Locale.ROOT);
            String host = text.endsWith(".") ? text.substring(0, text.length() - 1) : text;
            if (host.isEmpty() || host.length() > MAX_HOST_NAME || !host.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
                throw new IllegalArgumentException();
            }
            return host;
        }

        private void readProtocols(ByteBuffer body) {
            ByteBuffer list = block(body, body.getShort() & 0xffff);
            while (list.hasRemaining()) {
                protocols.add(StandardCharsets.UTF_8
                        .decode(block(list, list.get() & 0xff))
                        .toString());
            }
        }
    }

    private static void skip(ByteBuffer bytes, int count) {
        bytes.position(bytes.position() + count); // beyond the limit: IllegalArgumentException
    }

    private static ByteBuffer block(ByteBuffer bytes, int length) {
        ByteBuffer block = bytes.slice(bytes.position(), checked(bytes, length));
        skip(bytes, length);
        return block;
    }

    private static int checked(ByteBuffer bytes, int length) {
        if (length > bytes.remaining()) {
            throw new BufferUnderflowException();
        }
        return length;
    }

    /** {@return a record that holds a fatal alert} */
    static byte[] alert(int description) {
        return new byte[] {21, 3, 3, 0, 2, 2, (byte) description};
    }
}
