package dev.sallyport.handshake;

import static dev.sallyport.HandshakeException.Reason.PEER_MISBEHAVED;
import static dev.sallyport.HandshakeException.Reason.PEER_NOT_TLS;
import static dev.sallyport.HandshakeException.Reason.PEER_NO_COMMON_VERSION;
import static dev.sallyport.HandshakeException.Reason.PEER_UNKNOWN_SERVER_NAME;
import static dev.sallyport.matrix.Matrix.Dimension.PROVIDER;
import static dev.sallyport.matrix.Matrix.Dimension.TRANSPORT;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.HandshakeException;
import dev.sallyport.HandshakeException.Reason;
import dev.sallyport.matrix.Matrix;
import dev.sallyport.matrix.Setup;
import dev.sallyport.support.WatchedServer;
import dev.sallyport.testkit.ClientHelloBuilder;
import dev.sallyport.testkit.ClientHelloBytes;
import dev.sallyport.testkit.HostileClient;
import dev.sallyport.testkit.TlsBytes;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Which alert, and which reason, each kind of wrong first bytes gets: at once, whole or byte for byte. */
class HelloAlertTest {
    private static final String UNEXPECTED_MESSAGE = "unexpected_message";
    private static final String RECORD_OVERFLOW = "record_overflow";
    private static final String ILLEGAL_PARAMETER = "illegal_parameter";
    private static final String DECODE_ERROR = "decode_error";
    private static final String PROTOCOL_VERSION = "protocol_version";
    private static final String UNRECOGNIZED_NAME = "unrecognized_name";

    private static final int SNI = 0;
    private static final int ALPN = 16;
    private static final byte[] HELLO = ClientHelloBytes.builder().build().bytes();

    private record Row(String what, byte[] bytes, @Nullable String alert, Reason reason) {}

    private static List<Row> records() {
        return List.of(
                misbehaved("another message first", "16 0301 0004 02 000000", UNEXPECTED_MESSAGE),
                misbehaved("a HelloRequest first", "16 0301 0004 00 000000", UNEXPECTED_MESSAGE),
                misbehaved("an alert first", "15 0303 0002 0228", UNEXPECTED_MESSAGE),
                misbehaved("only the head of an alert", "15 0301", UNEXPECTED_MESSAGE),
                misbehaved("application data first", "17 0303 0003 010203", UNEXPECTED_MESSAGE),
                misbehaved("too much application data first", "17 0304 ffff", UNEXPECTED_MESSAGE),
                misbehaved("a ChangeCipherSpec first", "14 0303 0001 01", UNEXPECTED_MESSAGE),
                misbehaved("an empty record first", "16 0301 0000", UNEXPECTED_MESSAGE),
                misbehaved("an empty record behind a part", "16 0301 0001 01 16 0301 0000", UNEXPECTED_MESSAGE),
                misbehaved("an alert behind a part", "16 0301 0001 01 15 0301 0002 0100", UNEXPECTED_MESSAGE),
                misbehaved("data behind a part", "16 0301 0001 01 17", UNEXPECTED_MESSAGE),
                misbehaved("a hello that its record goes on behind", "16 0301 0100 01 000010", UNEXPECTED_MESSAGE),
                misbehaved("a record of 2^14 + 1", "16 0301 4001 01", RECORD_OVERFLOW),
                misbehaved("a record of 65,535", "16 0303 ffff", RECORD_OVERFLOW),
                misbehaved("a second record of 20 KiB", "16 0301 0001 01 16 0301 5000", RECORD_OVERFLOW),
                misbehaved("a hello of 8 MiB", "16 0301 0004 01 7fffff", ILLEGAL_PARAMETER),
                misbehaved("a second record of another version", "16 0301 0001 01 16 02", PROTOCOL_VERSION),
                misbehaved("an empty hello", "16 0301 0004 01 000000", DECODE_ERROR),
                misbehaved("a hello of three bytes", "16 0301 0007 01 000003 030300", DECODE_ERROR),
                new Row("SSL 2.0", ClientHelloBytes.sslv2(), PROTOCOL_VERSION, PEER_NOT_TLS),
                new Row("SSL 2.0 alone", bytes("80 1c 01 00 02 0003 0000 0010"), PROTOCOL_VERSION, PEER_NOT_TLS),
                new Row("a record of version 2.0", bytes("16 0200 0004"), PROTOCOL_VERSION, PEER_NOT_TLS),
                new Row("another version of alert", bytes("15 4703 0002 0100"), null, PEER_NOT_TLS),
                new Row("data of version 3.71", bytes("17 0347 0002 0100"), null, PEER_NOT_TLS));
    }

    private static List<Row> fields() {
        return List.of(
                legacyVersion("SSL 3.0 beside supported_versions", 0x0300),
                legacyVersion("SSL 2.0 in a hello", 0x0002),
                new Row("SSL 3.0", hello(b -> b.versions("SSLv3")), PROTOCOL_VERSION, PEER_NO_COMMON_VERSION),
                new Row("TLS 1.0", hello(b -> b.versions("TLSv1")), PROTOCOL_VERSION, PEER_NO_COMMON_VERSION),
                new Row("TLS 1.1", hello(b -> b.versions("TLSv1.1")), PROTOCOL_VERSION, PEER_NO_COMMON_VERSION),
                changed("a session id of 33", 5 + 4 + 2 + 32, 33, DECODE_ERROR),
                changed("suites of an odd length", 5 + 4 + 2 + 32 + 1 + 32 + 1, 31, DECODE_ERROR),
                new Row("no suites", hello(b -> b.cipherSuites()), DECODE_ERROR, PEER_MISBEHAVED),
                changed("no compression methods", compressionAt(), 0, DECODE_ERROR),
                changed("only compression", compressionAt() + 1, 1, ILLEGAL_PARAMETER),
                changed("extensions that are shorter than they say", compressionAt() + 3, 0x7f, DECODE_ERROR),
                changed("extensions that are longer than they say", compressionAt() + 3, 1, DECODE_ERROR),
                extension("an extension longer than the hello", DECODE_ERROR, "7777 0009 00"),
                extension("half the head of an extension", DECODE_ERROR, "7777 00"),
                extension("an unknown extension twice", ILLEGAL_PARAMETER, "7777 0000 7777 0000"),
                extension("supported_groups twice", ILLEGAL_PARAMETER, "000a 0004 0002 001d"),
                extension("supported_versions twice", ILLEGAL_PARAMETER, "002b 0003 02 0304"),
                extension("a ticket before another extension", ILLEGAL_PARAMETER, "0029 0000 7777 0000"),
                new Row("an empty key share", hello(b -> b.keyShare(new byte[0])), DECODE_ERROR, PEER_MISBEHAVED),
                extension("a list of schemes cut off", DECODE_ERROR, "0032 0003 0001 04"));
    }

    private static List<Row> names() {
        return List.of(
                extension("two server_name extensions", ILLEGAL_PARAMETER, "0000 0006 0004 00 0001 61 0000 0000"),
                named("an empty extension", DECODE_ERROR, ""),
                named("an empty list", DECODE_ERROR, "0000"),
                named("an empty name", DECODE_ERROR, "0003 00 0000"),
                named("a list longer than the extension", DECODE_ERROR, "0005 00 0001 61"),
                named("a list shorter than the extension", DECODE_ERROR, "0003 00 0001 61"),
                named("a name longer than the list", DECODE_ERROR, "0004 00 0002 61"),
                named("bytes behind the list", DECODE_ERROR, "0004 00 0001 61 00"),
                named("two names", ILLEGAL_PARAMETER, "0008 00 0001 61 00 0001 62"),
                sni("a\0b", ILLEGAL_PARAMETER, PEER_MISBEHAVED),
                sni("localhost\0", ILLEGAL_PARAMETER, PEER_MISBEHAVED),
                sni("a b", ILLEGAL_PARAMETER, PEER_MISBEHAVED),
                sni("\u043f", ILLEGAL_PARAMETER, PEER_MISBEHAVED),
                sni("a..b", UNRECOGNIZED_NAME, PEER_UNKNOWN_SERVER_NAME),
                sni("-bad-", UNRECOGNIZED_NAME, PEER_UNKNOWN_SERVER_NAME),
                sni("localhost:8443", UNRECOGNIZED_NAME, PEER_UNKNOWN_SERVER_NAME),
                sni("l".repeat(64), UNRECOGNIZED_NAME, PEER_UNKNOWN_SERVER_NAME),
                sni("::1", UNRECOGNIZED_NAME, PEER_UNKNOWN_SERVER_NAME));
    }

    private static List<Row> protocols() {
        return List.of(
                protocols("an empty extension", ""),
                protocols("an empty list", "0000"),
                protocols("an empty name", "0001 00"),
                protocols("an empty name behind another", "0004 02 6832 00"),
                protocols("a list longer than the extension", "0004 02 6832"),
                protocols("a list shorter than the extension", "0002 02 6832"),
                protocols("a name longer than the list", "0003 03 6832"),
                protocols("bytes behind the list", "0003 02 6832 00"));
    }

    @Matrix({TRANSPORT, PROVIDER})
    void recordsThatHoldNoHello(Setup setup) throws Exception {
        assertAnswers(setup, records());
    }

    @Matrix(PROVIDER)
    void fieldsThatContradictEachOther(Setup setup) throws Exception {
        assertAnswers(setup, fields());
    }

    @Matrix(PROVIDER)
    void serverNamesThatAreNone(Setup setup) throws Exception {
        assertAnswers(setup, names());
    }

    @Matrix(PROVIDER)
    void protocolsThatAreNone(Setup setup) throws Exception {
        assertAnswers(setup, protocols());
    }

    private static void assertAnswers(Setup setup, List<Row> rows) throws Exception {
        try (WatchedServer server = WatchedServer.open(setup)) {
            for (Row row : rows) {
                assertAnswer(server, row, row.bytes.length);
                assertAnswer(server, row, 1);
            }
            server.assertServes();
        }
    }

    private static void assertAnswer(WatchedServer server, Row row, int bytesAtOnce) throws Exception {
        try (HostileClient client = server.hostile()) {
            for (int at = 0; at < row.bytes.length && client.sendFailure() == null; at += bytesAtOnce) {
                client.send(Arrays.copyOfRange(row.bytes, at, at + bytesAtOnce));
            }
            HostileClient.Answer answer = client.readAll();
            String what = row.what + ", " + bytesAtOnce + " bytes at once: " + answer;
            assertThat(answer.alert() == null ? null : answer.alert().name())
                    .as(what)
                    .isEqualTo(row.alert);
            assertThat(answer.alert() == null || answer.alert().fatal())
                    .as(what)
                    .isTrue();
            HandshakeException failure = server.failure(row.reason);
            assertThat(failure.remoteAddress()).as(what).isEqualTo(client.localAddress());
        }
    }

    // ---- rows

    private static Row misbehaved(String what, String hex, String alert) {
        return new Row(what, bytes(hex), alert, PEER_MISBEHAVED);
    }

    private static Row legacyVersion(String what, int version) {
        byte[] hello = HELLO.clone();
        hello[9] = (byte) (version >> 8);
        hello[10] = (byte) version;
        return new Row(what, hello, PROTOCOL_VERSION, PEER_NO_COMMON_VERSION);
    }

    private static Row changed(String what, int at, int value, String alert) {
        byte[] hello = HELLO.clone();
        hello[at] = (byte) value;
        return new Row(what, hello, alert, PEER_MISBEHAVED);
    }

    private static int compressionAt() {
        int suitesAt = 5 + 4 + 2 + 32 + 1 + 32;
        return suitesAt + 2 + ((HELLO[suitesAt] & 0xff) << 8 | (HELLO[suitesAt + 1] & 0xff));
    }

    /** Behind the usual extensions come these bytes. */
    private static Row extension(String what, String alert, String hex) {
        return new Row(what, withExtensions(bytes(hex)), alert, PEER_MISBEHAVED);
    }

    private static Row named(String what, String alert, String hex) {
        return extended("server_name with " + what, SNI, hex, alert);
    }

    private static Row protocols(String what, String hex) {
        return extended("ALPN with " + what, ALPN, hex, DECODE_ERROR);
    }

    private static Row extended(String what, int type, String hex, String alert) {
        return new Row(what, hello(builder -> builder.extension(type, bytes(hex))), alert, PEER_MISBEHAVED);
    }

    private static Row sni(String name, String alert, Reason reason) {
        return new Row("the server name " + name, hello(builder -> builder.sni(name)), alert, reason);
    }

    private interface Change {
        ClientHelloBuilder of(ClientHelloBuilder builder);
    }

    private static byte[] hello(Change change) {
        return change.of(ClientHelloBytes.builder()).build().bytes();
    }

    private static byte[] withExtensions(byte[] more) {
        byte[] message = ClientHelloBytes.builder().build().message();
        int blockAt = compressionAt() - 5 + 2;
        TlsBytes body = new TlsBytes();
        body.raw(Arrays.copyOfRange(message, 4, blockAt));
        body.vector16(TlsBytes.concat(Arrays.copyOfRange(message, blockAt + 2, message.length), more));
        TlsBytes record = new TlsBytes();
        record.raw(bytes("16 0301"));
        record.u16(4 + body.size());
        record.u8(1);
        record.vector24(body.toByteArray());
        return record.toByteArray();
    }

    private static byte[] bytes(String hex) {
        return HexFormat.of().parseHex(hex.replace(" ", ""));
    }
}
