package dev.sallyport.internal.hello;

import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A ClientHello (RFC 8446 section 4.1.2, RFC 5246 section 7.4.1.2): its bytes, and where in them is what matters here.
 * What a client chooses the count of is decoded when somebody asks, and not kept. Nothing of it is trusted: the TLS library
 * reads the same bytes again. Immutable.
 */
public final class ReceivedHello {
    private static final int MESSAGE_HEADER = 4;
    private static final int RANDOM = 32;
    private static final int MAX_SESSION_ID = 32;
    private static final int MAX_RECORD = 16 * 1024;
    private static final int RECORD_HEADER = 5;
    private static final int SSL_3 = 0x0300;

    private final byte[] message;
    private final int recordMinor;
    private final SocketAddress from;
    private final int legacyVersion;
    private final int suitesAt;
    private final int suitesEnd;
    private final HelloExtensions extensions;

    /**
     * Reads a whole message.
     *
     * @param message with its header of four bytes, and without those of records; not copied
     * @param recordMinor the second byte of the version of the first record
     * @param from whose it is
     * @throws HelloRefusal when it is malformed
     */
    public ReceivedHello(byte[] message, int recordMinor, SocketAddress from) throws HelloRefusal {
        this.message = message;
        this.recordMinor = recordMinor;
        this.from = from;
        HelloCursor hello = new HelloCursor(message, 0, message.length, "lengths contradict each other");
        boolean isHello = hello.u8() == HelloCollector.CLIENT_HELLO;
        if (!isHello || (hello.u8() << 16 | hello.u16()) != message.length - MESSAGE_HEADER) {
            throw HelloRefusal.malformed("its header");
        }
        legacyVersion = hello.u16();
        if (legacyVersion <= SSL_3) { // also beside supported_versions: RFC 8446, appendix D.5
            throw HelloRefusal.version("the client hello is of version " + (legacyVersion >> 8) + "."
                    + (legacyVersion & 0xff) + ", which nobody should speak any more");
        }
        hello.skip(RANDOM);
        if (hello.vector8("session_id").remaining() > MAX_SESSION_ID) {
            throw HelloRefusal.malformed("session_id");
        }
        HelloCursor suites = hello.vector16("cipher_suites").of(2);
        suitesAt = suites.at();
        suitesEnd = suites.end();
        checkCompression(hello.vector8("compression_methods").of(1));
        HelloCursor block = hello.remaining() == 0 ? hello : hello.vector16("extensions");
        hello.done();
        extensions = new HelloExtensions(block, message);
    }

    /** Of the methods only none may be used, so it must be there. */
    private static void checkCompression(HelloCursor methods) throws HelloRefusal {
        while (methods.remaining() > 0) {
            if (methods.u8() == 0) {
                return;
            }
        }
        throw HelloRefusal.misbehaviour(Alert.ILLEGAL_PARAMETER, "the client hello asks for compression");
    }

    /** {@return how many bytes the message has} */
    public int length() {
        return message.length;
    }

    /** {@return where it comes from} */
    public SocketAddress remoteAddress() {
        return from;
    }

    /** {@return the host name in lower case, without a dot at its end, or null} */
    public @Nullable String serverName() {
        return extensions.serverName == null ? null : extensions.serverName.name();
    }

    /** {@return whether there is no host name, or one that is sent as RFC 6066 and STD 3 want it} */
    public boolean hasPlainName() {
        return extensions.serverName == null || extensions.serverName.plain();
    }

    /** {@return whether the extended master secret is offered (RFC 7627)} */
    public boolean extendedMasterSecret() {
        return extensions.extendedMasterSecret;
    }

    /** {@return the cipher suites, decoded anew} */
    public List<Integer> cipherSuites() {
        return numbers(suitesAt, suitesEnd);
    }

    /** {@return the versions, decoded anew: of the extension, or else of the old field} */
    public List<Integer> versions() {
        return extensions.versionsEnd == 0
                ? List.of(legacyVersion)
                : numbers(extensions.versionsAt, extensions.versionsEnd);
    }

    /** {@return the signature schemes for the handshake, decoded anew; none where they are left open} */
    public List<Integer> signatureSchemes() {
        return numbers(extensions.schemesAt, extensions.schemesEnd);
    }

    /** {@return the ALPN protocols, decoded anew} */
    public List<String> protocols() {
        List<String> protocols = new ArrayList<>();
        eachProtocol(name -> {
            protocols.add(StandardCharsets.UTF_8.decode(name).toString());
            return false;
        });
        return List.copyOf(protocols);
    }

    /** {@return whether one of these protocols is offered} */
    public boolean offersOneOf(ProtocolSet ours) {
        return !ours.isEmpty() && eachProtocol(ours::contains);
    }

    /** {@return the beginning of the list of protocols, without what would forge lines of a log} */
    public String protocolsInPart(int characters) {
        StringBuilder text = new StringBuilder("[");
        boolean cut = eachProtocol(name -> {
            text.append(text.length() == 1 ? "" : ", ").append(StandardCharsets.ISO_8859_1.decode(name));
            return text.length() > characters;
        });
        text.append(']');
        String printable = text.toString().replaceAll("[^\\x20-\\x7e]", "?");
        return cut ? printable.substring(0, characters) + "..." : printable;
    }

    /** Shows each name, in one buffer whose position and limit move, until one is as wished; returns whether one was. */
    private boolean eachProtocol(Predicate<ByteBuffer> wished) {
        ByteBuffer name = ByteBuffer.wrap(message);
        for (int at = extensions.protocolsAt; at < extensions.protocolsEnd; ) {
            int end = at + 1 + (message[at] & 0xff);
            if (wished.test(name.limit(end).position(at + 1))) {
                return true;
            }
            at = end;
        }
        return false;
    }

    private List<Integer> numbers(int start, int end) {
        List<Integer> numbers = new ArrayList<>((end - start) / 2);
        for (int i = start; i < end; i += 2) {
            numbers.add((message[i] & 0xff) << 8 | (message[i + 1] & 0xff));
        }
        return List.copyOf(numbers);
    }

    /** {@return what a TLS library is to read: the message in as few records as it may have, and what came behind it} */
    public byte[] records(byte[] behind) {
        int count = (message.length + MAX_RECORD - 1) / MAX_RECORD;
        ByteBuffer records = ByteBuffer.allocate(count * RECORD_HEADER + message.length + behind.length);
        for (int at = 0; at < message.length; at += MAX_RECORD) {
            int size = Math.min(MAX_RECORD, message.length - at);
            records.put((byte) 22).put((byte) 3).put((byte) recordMinor).putShort((short) size);
            records.put(message, at, size);
        }
        return records.put(behind).array();
    }
}
