package dev.sallyport.testkit.hostile;

import static dev.sallyport.testkit.hostile.Outcome.ENDED_IN_ORDER;
import static dev.sallyport.testkit.hostile.Outcome.PEER_GONE;
import static dev.sallyport.testkit.hostile.Outcome.PEER_MISBEHAVED;
import static dev.sallyport.testkit.hostile.Outcome.PEER_NOT_TLS;
import static dev.sallyport.testkit.hostile.Outcome.PEER_NO_COMMON_CIPHER_SUITE;
import static dev.sallyport.testkit.hostile.Outcome.PEER_NO_COMMON_VERSION;

import dev.sallyport.testkit.ClientHelloBytes;
import dev.sallyport.testkit.TlsBytes;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;

/** What clients say first. */
public final class HelloCases {
    private static final int KEY_SHARE = 51;

    private HelloCases() {}

    /** {@return records that may come from TLS and hold no ClientHello} */
    public static List<byte[]> malformedRecords() {
        byte[] typeZero = {22, 3, 1, 0, 4, 0, 0, 0, 0};
        byte[] hugeMessage = {22, 3, 1, 0, 4, 1, 0x7f, (byte) 0xff, (byte) 0xff};
        byte[] emptyRecord = {22, 3, 1, 0, 0};
        byte[] hugeRecord = {22, 3, 1, 0x50, 0, 1};
        byte[] alertInside = {22, 3, 1, 0, 1, 1, 21, 3, 1, 0, 2, 1, 0};
        byte[] noise = new byte[5 + 4 + 200];
        new Random(5).nextBytes(noise);
        System.arraycopy(new byte[] {22, 3, 1, 0, (byte) 204, 1, 0, 0, (byte) 200}, 0, noise, 0, 9);
        return List.of(typeZero, hugeMessage, emptyRecord, hugeRecord, alertInside, noise);
    }

    /** {@return clients whose first bytes are no ClientHello, or none that anybody should answer} */
    public static List<HostileCase> strangers() {
        return List.of(
                refused("random bytes", PEER_NOT_TLS, client -> client.wire().garbage(1)),
                refused("plain HTTP", PEER_NOT_TLS, client -> client.wire().plainHttp()),
                refused("SSL 2.0", PEER_NOT_TLS, client -> client.raw(ClientHelloBytes.sslv2())),
                refused(
                        "SMTP",
                        PEER_NOT_TLS,
                        client -> client.raw("EHLO example.com\r\n".getBytes(StandardCharsets.US_ASCII))),
                refused("SSL 3.0", PEER_NO_COMMON_VERSION, hello("SSLv3")),
                refused("TLS 1.0", PEER_NO_COMMON_VERSION, hello("TLSv1")),
                refused("TLS 1.1", PEER_NO_COMMON_VERSION, hello("TLSv1.1")),
                refused(
                        "records that hold no hello",
                        PEER_MISBEHAVED,
                        client -> client.raw(malformedRecords().get(0))),
                refused(
                        "a hello that says it has 8 MiB",
                        PEER_MISBEHAVED,
                        client -> client.raw(malformedRecords().get(1))),
                refused(
                        "an empty record",
                        PEER_MISBEHAVED,
                        client -> client.raw(malformedRecords().get(2))),
                refused(
                        "a record of 20 KiB",
                        PEER_MISBEHAVED,
                        client -> client.raw(malformedRecords().get(3))),
                refused(
                        "an alert in a hello",
                        PEER_MISBEHAVED,
                        client -> client.raw(malformedRecords().get(4))),
                refused(
                        "noise in a hello",
                        PEER_MISBEHAVED,
                        client -> client.raw(malformedRecords().get(5))));
    }

    /** {@return hellos of unusual size and shape} */
    public static List<HostileCase> shapes() {
        return List.of(
                served(
                        "in records of a byte",
                        client -> client.raw(
                                client.remembered(client.hello().build()).fragmented(1))),
                served("in segments of a byte", client -> {
                    for (byte each : client.remembered(client.hello().build()).bytes()) {
                        client.raw(new byte[] {each});
                    }
                }),
                served(
                        "of 16 KiB",
                        client -> client.sendHello(
                                client.hello().paddedTo(16 * 1024 + 4).build())),
                served(
                        "of 16,380 bytes",
                        client ->
                                client.sendHello(client.hello().paddedTo(16_380).build())),
                served(
                        "of 12,000 bytes in records of 10",
                        client -> client.raw(client.remembered(
                                        client.hello().paddedTo(12_000).build())
                                .fragmented(10))),
                served(
                        "of 16,200 bytes in records of 100",
                        client -> client.raw(client.remembered(
                                        client.hello().paddedTo(16_200).build())
                                .fragmented(100))),
                served(
                        "of 16 KiB in records of a byte",
                        client -> client.raw(client.remembered(
                                        client.hello().paddedTo(16 * 1024 + 4).build())
                                .fragmented(1))),
                refused(
                        "a hello of more than 16 KiB",
                        PEER_MISBEHAVED,
                        client -> client.sendHello(
                                client.hello().paddedTo(16 * 1024 + 5).build())),
                refused(
                        "a hello of 60,000 bytes",
                        PEER_MISBEHAVED,
                        client ->
                                client.sendHello(client.hello().paddedTo(60_000).build())),
                left("nothing and FIN", ScriptedTlsClient::fin),
                left("nothing and RST", ScriptedTlsClient::reset),
                left("half a hello and FIN", client -> {
                    client.wire().halfClientHello().fin();
                }),
                left("half a hello and RST", client -> {
                    client.wire().halfClientHello().reset();
                }));
    }

    /** {@return hellos that contradict themselves} */
    public static List<HostileCase> contradictions() {
        EnumSet<Outcome> either = EnumSet.of(PEER_MISBEHAVED, PEER_NO_COMMON_CIPHER_SUITE);
        return List.of(
                wrong(
                        "a key share of zeros",
                        client -> client.hello().keyShare(new byte[32]).build()),
                wrong(
                        "a key share of 31 bytes",
                        client -> client.hello().keyShare(new byte[31]).build()),
                wrong(
                        "a key share of nothing",
                        client -> client.hello().keyShare(new byte[0]).build()),
                wrong(
                        "two lists of key shares",
                        client -> client.hello()
                                .extension(KEY_SHARE, new byte[] {0, 0})
                                .build()),
                wrong(
                        "two lists of versions",
                        client -> client.hello()
                                .extension(43, new byte[] {2, 3, 4})
                                .build()),
                wrong(
                        "two lists of groups",
                        client -> client.hello()
                                .extension(10, new byte[] {0, 2, 0, 0x1d})
                                .build()),
                wrong(
                        "two host names",
                        client -> client.hello()
                                .extension(0, new byte[] {0, 4, 0, 0, 1, 'x'})
                                .build()),
                wrong(
                        "a ticket that is not its last extension",
                        client -> client.hello()
                                .extension(41, ticket())
                                .extension(0x7777, new byte[0])
                                .build()),
                wrong(
                        "a ticket without its proof",
                        client -> client.hello()
                                .extension(41, new byte[] {0, 7, 0, 1, 9, 0, 0, 0, 0})
                                .build()),
                HostileCase.of("a ticket that nobody has issued", EnumSet.of(ENDED_IN_ORDER), client -> {
                    client.sendHello(client.hello().extension(41, ticket()).build());
                    served(client);
                }),
                // which nobody minds
                HostileCase.of(
                        "a hello with an early-data request without a ticket",
                        PEER_GONE,
                        client -> client.sendHello(client.hello()
                                        .extension(42, new byte[0])
                                        .build())
                                .fin()),
                refused("a hello with an extension that is longer than the hello", PEER_MISBEHAVED, client -> {
                    byte[] records = client.hello()
                            .extension(0x7777, new byte[9])
                            .build()
                            .bytes();
                    records[records.length - 10]++;
                    client.raw(records);
                }),
                HostileCase.of(
                        "no suite that there is",
                        either,
                        client -> client.sendHello(client.hello()
                                        .cipherSuites(0x1305, 0x7777)
                                        .build())
                                .readToTheEnd()),
                refused("an alert", PEER_MISBEHAVED, client -> client.plainRecord(Messages.ALERT, 2, 40)),
                refused(
                        "data",
                        PEER_MISBEHAVED,
                        client -> client.plainRecord(Messages.APPLICATION_DATA, new int[100])));
    }

    private static byte[] ticket() {
        TlsBytes identity = new TlsBytes();
        identity.vector16(new byte[100]);
        identity.raw(new byte[4]);
        TlsBytes binder = new TlsBytes();
        binder.vector8(new byte[32]);
        return TlsBytes.concat(TlsBytes.vectorOf(identity.toByteArray()), TlsBytes.vectorOf(binder.toByteArray()));
    }

    private static HostileCase.Script hello(String version) {
        return client -> client.wire()
                .clientHello(ClientHelloBytes.builder().versions(version).build());
    }

    private static HostileCase refused(String name, Outcome outcome, HostileCase.Script script) {
        return HostileCase.of(name, outcome, client -> {
            script.run(client);
            client.readToTheEnd();
        });
    }

    private static HostileCase left(String name, HostileCase.Script script) {
        return HostileCase.of(name, PEER_GONE, script);
    }

    private interface Hello {
        ClientHelloBytes of(ScriptedTlsClient client);
    }

    private static HostileCase wrong(String name, Hello hello) {
        return refused("a hello with " + name, PEER_MISBEHAVED, client -> client.sendHello(hello.of(client)));
    }

    private static HostileCase served(String name, HostileCase.Script script) {
        return HostileCase.of("a hello " + name, ENDED_IN_ORDER, client -> {
            script.run(client);
            served(client);
        });
    }

    private static void served(ScriptedTlsClient client) throws Exception {
        client.readServerHello().readFlight().finish().data("x").receive(1);
        client.closeNotify().fin().readToTheEnd();
    }
}
