package dev.sallyport.testkit.hostile;

import static dev.sallyport.testkit.hostile.Outcome.BROKEN_OFF;
import static dev.sallyport.testkit.hostile.Outcome.ENDED_IN_ORDER;
import static dev.sallyport.testkit.hostile.Outcome.RESET;
import static dev.sallyport.testkit.hostile.Outcome.TRUNCATED;

import dev.sallyport.testkit.TlsBytes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;

/** What clients do once their handshake is done. */
public final class EstablishedCases {
    private static final int LARGEST_PLAINTEXT = 1 << 14;
    private static final int TAG_BYTES = 16;

    /** Records without data that a server takes in a row. */
    private static final int MOST_WITHOUT_DATA = 32;

    private EstablishedCases() {}

    /** {@return clients that are odd and keep to the rules} */
    public static List<HostileCase> odd() {
        return List.of(
                served("plain data", client -> {}),
                served("padded records", client -> {
                    byte[] padded = Arrays.copyOf(new byte[] {'x', Messages.APPLICATION_DATA}, LARGEST_PLAINTEXT);
                    echo(client.raw(client.sealed(padded)), "x");
                }),
                served("a record as large as may be", client -> {
                    String large = "x".repeat(LARGEST_PLAINTEXT);
                    echo(client.data(large), large);
                }),
                served("as many KeyUpdates as are allowed", client -> {
                    times(MOST_WITHOUT_DATA, () -> client.keyUpdate(false));
                    echo(client.data("x"), "x");
                }),
                served("a KeyUpdate that is asked back before each of many bytes", client -> {
                    for (int i = 0; i < 100; i++) {
                        echo(client.keyUpdate(true).data("x"), "x");
                    }
                }),
                served("a KeyUpdate in five records", client -> {
                    for (byte each : Messages.keyUpdate(1)) {
                        client.record(Messages.HANDSHAKE, each);
                    }
                    echo(client.nextKeys().data("x"), "x");
                }),
                served("records byte by byte", client -> {
                    for (byte each : client.sealed(Messages.APPLICATION_DATA, new byte[] {'x'})) {
                        client.raw(new byte[] {each});
                    }
                    echo(client, "x");
                }),
                // which the JDK refuses in TLS 1.3, all of them
                HostileCase.of(
                        "as many empty records as are allowed", EnumSet.of(ENDED_IN_ORDER, BROKEN_OFF), client -> {
                            client.connect();
                            times(MOST_WITHOUT_DATA, () -> client.record(Messages.APPLICATION_DATA));
                            client.data("x").closeNotify().fin().readToTheEnd();
                        }),
                HostileCase.of("data behind its close_notify", ENDED_IN_ORDER, client -> {
                    client.connect().closeNotify().data("x").keyUpdate(true).data("y");
                    client.fin().readToTheEnd();
                }));
    }

    /** {@return clients that send much that carries no data} */
    public static List<HostileCase> floods() {
        int many = 300;
        return List.of(
                broken("empty records", flood(many, client -> client.record(Messages.APPLICATION_DATA))),
                broken("records of padding alone", flood(many, client -> client.raw(client.sealed(new byte[100])))),
                broken(
                        "empty records with much padding",
                        flood(
                                100,
                                client -> client.raw(client.sealed(
                                        Arrays.copyOf(new byte[] {Messages.APPLICATION_DATA}, LARGEST_PLAINTEXT))))),
                broken("empty handshake records", flood(many, client -> client.record(Messages.HANDSHAKE))),
                broken("empty alerts", flood(many, client -> client.record(Messages.ALERT))),
                broken("KeyUpdates", flood(many, client -> client.keyUpdate(false))),
                broken("KeyUpdates that are asked back", flood(many, client -> client.keyUpdate(true))),
                broken(
                        "KeyUpdates and empty records in turns",
                        flood(many, client -> client.keyUpdate(false).record(Messages.APPLICATION_DATA))),
                broken("warnings", flood(many, client -> client.alert(1, 90))),
                broken("a message that comes byte by byte and never ends", client -> {
                    client.record(Messages.HANDSHAKE, Messages.KEY_UPDATE, 0, 0x3f, 0xff);
                    flood(many, each -> each.record(Messages.HANDSHAKE, 0)).run(client);
                }),
                broken("records of many KeyUpdates that are asked back", flood(20, client -> {
                    client.record(Messages.HANDSHAKE, keyUpdates(500));
                    for (int i = 0; i < 500; i++) {
                        client.nextKeys();
                    }
                })),
                broken("KeyUpdates in pieces", flood(many, client -> {
                    for (byte each : Messages.keyUpdate(0)) {
                        client.record(Messages.HANDSHAKE, each);
                    }
                    client.nextKeys();
                })));
    }

    /**
     * {@return a client that asks for answers and does not read them} There is data in between, so that its records
     * without data are never many in a row. What the server says has to fill the systems' buffers first. BoringSSL has one
     * answer for all questions between two writes.
     */
    public static HostileCase answersThatNobodyReads() {
        EnumSet<Outcome> bounded = EnumSet.of(BROKEN_OFF, ENDED_IN_ORDER);
        return HostileCase.of("KeyUpdates that are asked back, and nothing is read", bounded, client -> {
            flood(15_000, each -> each.keyUpdate(true).data("x")).run(client.connect());
            client.closeNotify().fin();
        });
    }

    /** {@return clients that break the protocol once} */
    public static List<HostileCase> violations() {
        return List.of(
                broken("a record with a wrong tag", client -> {
                    byte[] record = client.sealed(Messages.APPLICATION_DATA, new byte[10]);
                    record[record.length - 1] ^= 1;
                    client.raw(record);
                }),
                broken("a record in a wrong order", client -> {
                    byte[] first = client.sealed(Messages.APPLICATION_DATA, new byte[10]);
                    client.record(Messages.APPLICATION_DATA, new byte[10]).raw(first);
                }),
                broken("the same record twice", client -> {
                    byte[] record = client.sealed(Messages.APPLICATION_DATA, new byte[10]);
                    client.raw(record).raw(record);
                }),
                broken(
                        "a record of one byte more than may be",
                        client -> client.record(Messages.APPLICATION_DATA, new byte[LARGEST_PLAINTEXT + 1])),
                broken(
                        "a record that is larger than any",
                        client -> client.raw(client.sealed(new byte[LARGEST_PLAINTEXT + 257]))),
                broken(
                        "a record that says it has 64 KiB",
                        client -> client.raw(new byte[] {Messages.APPLICATION_DATA, 3, 3, (byte) 0xff, (byte) 0xff})),
                broken(
                        "a record too short for its tag",
                        client -> client.plainRecord(Messages.APPLICATION_DATA, new int[TAG_BYTES])),
                broken("an empty record that is not sealed", client -> client.plainRecord(Messages.APPLICATION_DATA)),
                broken("a record without a type inside", client -> client.raw(client.sealed(new byte[0]))),
                broken("a record of type 0", client -> client.record(0, 1)),
                broken("a record of type 99", client -> client.record(99, 1)),
                HostileCase.of("a sealed ChangeCipherSpec", EnumSet.of(BROKEN_OFF, ENDED_IN_ORDER), client -> {
                    // which the JDK passes over
                    client.connect().record(Messages.CHANGE_CIPHER_SPEC, 1);
                    client.closeNotify().fin().readToTheEnd();
                }),
                broken("a ChangeCipherSpec", client -> client.plainRecord(Messages.CHANGE_CIPHER_SPEC, 1)),
                broken("an alert that is not sealed", client -> client.plainRecord(Messages.ALERT, 2, 40)),
                broken("a close_notify that is not sealed", client -> client.plainRecord(Messages.ALERT, 1, 0)),
                broken(
                        "plain HTTP",
                        client -> client.raw("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII))),
                broken(
                        "a second ClientHello",
                        client -> client.message(client.hello().build().message())),
                broken("a second ClientHello that is not sealed", ScriptedTlsClient::sendHello),
                broken("a second Finished", client -> client.message(client.finished())),
                broken(
                        "a ticket",
                        client -> client.message(Messages.message(Messages.NEW_SESSION_TICKET, new byte[40]))),
                broken(
                        "a certificate that nobody has asked for",
                        client -> client.message(Messages.certificate(List.of()))),
                broken(
                        "a certificate request",
                        client -> client.message(Messages.message(Messages.CERTIFICATE_REQUEST, new byte[] {0, 0, 0}))),
                broken(
                        "EndOfEarlyData",
                        client -> client.message(Messages.message(Messages.END_OF_EARLY_DATA, new byte[0]))),
                broken("a message of type 99", client -> client.message(Messages.message(99, new byte[10]))),
                broken("a message that says it has 16 MiB", client -> {
                    client.record(Messages.HANDSHAKE, Messages.KEY_UPDATE, 0xff, 0xff, 0xff);
                    times(10, () -> client.record(Messages.HANDSHAKE, new byte[LARGEST_PLAINTEXT]));
                }),
                broken("a KeyUpdate that asks for 2", client -> client.message(Messages.keyUpdate(2))),
                broken(
                        "a KeyUpdate without a body",
                        client -> client.message(Messages.message(Messages.KEY_UPDATE, new byte[0]))),
                broken(
                        "a KeyUpdate that is too long",
                        client -> client.message(Messages.message(Messages.KEY_UPDATE, new byte[2]))),
                HostileCase.of("two KeyUpdates in a record", EnumSet.of(BROKEN_OFF, ENDED_IN_ORDER), client -> {
                    // both of which the JDK takes
                    client.connect()
                            .record(Messages.HANDSHAKE, keyUpdates(2))
                            .nextKeys()
                            .nextKeys();
                    client.closeNotify().fin().readToTheEnd();
                }),
                broken(
                        "data inside a KeyUpdate",
                        client -> client.record(Messages.HANDSHAKE, Messages.KEY_UPDATE)
                                .data("x")
                                .record(Messages.HANDSHAKE, new byte[] {0, 0, 1, 0})),
                broken(
                        "the old keys after a KeyUpdate",
                        client -> client.message(Messages.keyUpdate(0)).data("x")),
                broken(
                        "new keys without a KeyUpdate",
                        client -> client.nextKeys().data("x")),
                broken("a fatal alert", client -> client.alert(2, 80)),
                broken("an alert of an unknown kind", client -> client.alert(2, 200)),
                broken("an alert of level 7", client -> client.alert(7, 80)),
                broken("two alerts in a record", client -> client.record(Messages.ALERT, 1, 0, 1, 0)),
                broken("half an alert", client -> client.record(Messages.ALERT, 1)));
    }

    /** {@return clients that leave} */
    public static List<HostileCase> departures() {
        return List.of(
                left("FIN without close_notify", TRUNCATED, ScriptedTlsClient::fin),
                left("FIN after data", TRUNCATED, client -> client.data("x").fin()),
                left("FIN in a record", TRUNCATED, client -> half(client).fin()),
                left(
                        "FIN in the header of a record",
                        TRUNCATED,
                        client -> client.raw(new byte[] {Messages.APPLICATION_DATA, 3})
                                .fin()),
                left(
                        "FIN in a KeyUpdate",
                        TRUNCATED,
                        client -> client.record(Messages.HANDSHAKE, Messages.KEY_UPDATE, 0)
                                .fin()),
                left("RST", RESET, ScriptedTlsClient::reset),
                left("RST in a record", RESET, client -> half(client).reset()),
                left("RST after much that it does not read", RESET, client -> {
                    times(20, () -> client.data("x".repeat(LARGEST_PLAINTEXT)));
                    client.reset();
                }),
                HostileCase.of("RST behind its close_notify", EnumSet.of(ENDED_IN_ORDER, RESET), client -> {
                    echo(client.connect().data("x"), "x");
                    client.closeNotify().reset();
                }));
    }

    private static HostileCase served(String name, HostileCase.Script script) {
        return HostileCase.of(name, ENDED_IN_ORDER, client -> {
            client.connect();
            script.run(client);
            echo(client.data("still here"), "still here");
            client.closeNotify().fin().readToTheEnd();
        });
    }

    /** What is wrong comes after an exchange that is right. */
    private static HostileCase broken(String name, HostileCase.Script script) {
        return left(name, BROKEN_OFF, client -> {
            script.run(client);
            client.readToTheEnd();
        });
    }

    private static HostileCase left(String name, Outcome outcome, HostileCase.Script script) {
        return HostileCase.of(name, outcome, client -> {
            echo(client.connect().data("hello"), "hello");
            script.run(client);
        });
    }

    private static HostileCase.Script flood(int count, HostileCase.Script once) {
        return client -> {
            for (int i = 0; i < count && client.wire().sendFailure() == null; i++) {
                once.run(client);
            }
        };
    }

    /** {@return many of them, all of which ask back} */
    private static byte[] keyUpdates(int count) {
        TlsBytes all = new TlsBytes();
        for (int i = 0; i < count; i++) {
            all.raw(Messages.keyUpdate(1));
        }
        return all.toByteArray();
    }

    private static ScriptedTlsClient half(ScriptedTlsClient client) {
        byte[] record = client.sealed(Messages.APPLICATION_DATA, new byte[1000]);
        return client.raw(Arrays.copyOf(record, record.length / 2));
    }

    private static void echo(ScriptedTlsClient client, String expected) throws IOException {
        String received = client.receive(expected.length());
        if (!received.equals(expected)) {
            throw new AssertionError("the echo of '" + expected + "' is '" + received + "'");
        }
    }

    private interface Step {
        void run() throws Exception;
    }

    private static void times(int count, Step step) throws Exception {
        for (int i = 0; i < count; i++) {
            step.run();
        }
    }
}
