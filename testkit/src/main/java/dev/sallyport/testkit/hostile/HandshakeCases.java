package dev.sallyport.testkit.hostile;

import static dev.sallyport.testkit.hostile.Outcome.ENDED_IN_ORDER;
import static dev.sallyport.testkit.hostile.Outcome.PEER_GONE;
import static dev.sallyport.testkit.hostile.Outcome.PEER_MISBEHAVED;
import static dev.sallyport.testkit.hostile.Outcome.PEER_REJECTED_US;
import static dev.sallyport.testkit.hostile.Outcome.RESET;
import static dev.sallyport.testkit.hostile.Outcome.TRUNCATED;

import dev.sallyport.testkit.TlsBytes;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;

/** What clients do between the server's flight and the end of the handshake, at a server that asks for no certificate. */
public final class HandshakeCases {
    private HandshakeCases() {}

    /** {@return clients that leave, after each message} */
    public static List<HostileCase> departures() {
        return List.of(
                left("FIN after the hello", client -> client.sendHello().fin()),
                left("RST after the hello", client -> client.sendHello().reset()),
                left(
                        "FIN after ServerHello",
                        client -> client.sendHello().readServerHello().fin()),
                left(
                        "RST after ServerHello",
                        client -> client.sendHello().readServerHello().reset()),
                left("FIN before Finished", client -> client.begin().fin()),
                left("RST before Finished", client -> client.begin().reset()),
                left(
                        "FIN in the record of Finished",
                        client -> halfRecord(client.begin()).fin()),
                left(
                        "RST in the record of Finished",
                        client -> halfRecord(client.begin()).reset()),
                left("FIN in Finished", client -> halfMessage(client.begin()).fin()),
                left("RST in Finished", client -> halfMessage(client.begin()).reset()),
                left("close_notify before Finished", client -> client.begin().closeNotify()),
                HostileCase.of(
                        "FIN after Finished",
                        TRUNCATED,
                        client -> client.connect().fin().readToTheEnd()),
                // what has come is lost when the reset comes before it is read
                HostileCase.of(
                        "RST after Finished",
                        EnumSet.of(PEER_GONE, RESET),
                        client -> client.connect().reset()),
                HostileCase.of(
                        "close_notify after Finished",
                        ENDED_IN_ORDER,
                        client -> client.connect().closeNotify().fin().readToTheEnd()),
                refused("a fatal alert", PEER_REJECTED_US, client -> client.alert(2, 48)),
                // neither is believed without keys
                refused(
                        "close_notify that is not sealed",
                        PEER_MISBEHAVED,
                        client -> client.plainRecord(Messages.ALERT, 1, 0)),
                refused(
                        "a fatal alert that is not sealed",
                        PEER_MISBEHAVED,
                        client -> client.plainRecord(Messages.ALERT, 2, 48)));
    }

    /** {@return clients that say something else than Finished} */
    public static List<HostileCase> violations() {
        return List.of(
                served("Finished in records of a byte", client -> {
                    for (byte each : client.remembered(client.finished())) {
                        client.record(Messages.HANDSHAKE, each);
                    }
                    client.useApplicationKeys();
                }),
                served(
                        "a ChangeCipherSpec before Finished",
                        client -> client.plainRecord(Messages.CHANGE_CIPHER_SPEC, 1)
                                .finish()),
                served("data right behind Finished", client -> {
                    byte[] finished = client.sealed(Messages.HANDSHAKE, client.remembered(client.finished()));
                    client.useApplicationKeys();
                    client.raw(TlsBytes.concat(finished, client.sealed(Messages.APPLICATION_DATA, new byte[] {'y'})));
                    client.receive(1);
                }),
                refused("a wrong Finished", client -> {
                    byte[] finished = client.finished();
                    finished[10] ^= 1;
                    client.message(finished).useApplicationKeys();
                }),
                refused(
                        "a Finished of no bytes",
                        client -> client.message(Messages.message(Messages.FINISHED, new byte[0]))),
                refused(
                        "a Finished of 31 bytes",
                        client -> client.message(
                                Messages.message(Messages.FINISHED, Arrays.copyOfRange(client.finished(), 4, 35)))),
                refused("a Finished of 16 MiB", client -> {
                    client.record(Messages.HANDSHAKE, Messages.FINISHED, 0xff, 0xff, 0xff);
                    flood(50, each -> each.record(Messages.HANDSHAKE, new byte[1 << 14]))
                            .run(client);
                }),
                refused(
                        "a Finished that is not sealed",
                        client -> client.raw(TlsBytes.concat(new byte[] {22, 3, 3, 0, 36}, client.finished()))),
                refused(
                        "a Finished under the keys for data",
                        client -> client.useApplicationKeys().message(client.finished())),
                refused("a Finished with a wrong tag", client -> {
                    byte[] record = client.sealed(Messages.HANDSHAKE, client.finished());
                    record[record.length - 1] ^= 1;
                    client.raw(record);
                }),
                HostileCase.of(
                        "something behind Finished in its record",
                        EnumSet.of(PEER_MISBEHAVED, ENDED_IN_ORDER),
                        client -> {
                            // which the JDK takes
                            byte[] finished = client.begin().remembered(client.finished());
                            client.record(Messages.HANDSHAKE, TlsBytes.concat(finished, Messages.keyUpdate(0)));
                            client.useApplicationKeys().nextKeys().closeNotify().fin();
                            client.readToTheEnd();
                        }),
                refused("data before Finished", client -> client.data("x")),
                refused("data in Finished", client -> {
                    byte[] finished = client.finished();
                    client.record(Messages.HANDSHAKE, Arrays.copyOf(finished, 10))
                            .data("x");
                    client.record(Messages.HANDSHAKE, Arrays.copyOfRange(finished, 10, finished.length));
                }),
                refused("a KeyUpdate before Finished", client -> client.keyUpdate(true)),
                refused(
                        "a second ClientHello",
                        client -> client.message(client.hello().build().message())),
                refused("a second ClientHello that is not sealed", ScriptedTlsClient::sendHello),
                refused(
                        "a ServerHello",
                        client -> client.message(Messages.message(Messages.SERVER_HELLO, new byte[40]))),
                refused(
                        "EncryptedExtensions",
                        client -> client.message(Messages.message(Messages.ENCRYPTED_EXTENSIONS, new byte[] {0, 0}))),
                refused(
                        "EndOfEarlyData",
                        client -> client.message(Messages.message(Messages.END_OF_EARLY_DATA, new byte[0]))),
                refused(
                        "a certificate that nobody has asked for",
                        client -> client.message(Messages.certificate(List.of()))),
                refused("a message of type 99", client -> client.message(Messages.message(99, new byte[10]))),
                refused("a record of padding alone", client -> client.raw(client.sealed(new byte[100]))),
                refused("a record of type 99", client -> client.record(99, 1)),
                refused(
                        "a record that says it has 64 KiB",
                        client -> client.raw(new byte[] {Messages.APPLICATION_DATA, 3, 3, (byte) 0xff, (byte) 0xff})),
                refused("a ChangeCipherSpec that says 2", client -> client.plainRecord(Messages.CHANGE_CIPHER_SPEC, 2)),
                refused("ChangeCipherSpecs", flood(300, client -> client.plainRecord(Messages.CHANGE_CIPHER_SPEC, 1))),
                refused(
                        "sealed ChangeCipherSpecs",
                        flood(300, client -> client.record(Messages.CHANGE_CIPHER_SPEC, 1))),
                refused("empty handshake records", flood(300, client -> client.record(Messages.HANDSHAKE))),
                refused("an empty handshake record", client -> client.record(Messages.HANDSHAKE)),
                refused(
                        "an empty handshake record that is not sealed",
                        client -> client.plainRecord(Messages.HANDSHAKE)),
                refused("warnings", flood(5000, client -> client.alert(1, 90))),
                refused("plain HTTP", client -> client.wire().plainHttp()));
    }

    private static HostileCase left(String name, HostileCase.Script script) {
        return HostileCase.of(name, PEER_GONE, script);
    }

    private static HostileCase refused(String name, HostileCase.Script script) {
        return refused(name, PEER_MISBEHAVED, script);
    }

    private static HostileCase refused(String name, Outcome outcome, HostileCase.Script script) {
        return HostileCase.of(name, outcome, client -> {
            script.run(client.begin());
            client.readToTheEnd();
        });
    }

    private static HostileCase served(String name, HostileCase.Script script) {
        return HostileCase.of(name, ENDED_IN_ORDER, client -> {
            script.run(client.begin());
            client.data("x").receive(1);
            client.closeNotify().fin().readToTheEnd();
        });
    }

    private static HostileCase.Script flood(int count, HostileCase.Script once) {
        return client -> {
            for (int i = 0; i < count && client.wire().sendFailure() == null; i++) {
                once.run(client);
            }
        };
    }

    private static ScriptedTlsClient halfRecord(ScriptedTlsClient client) {
        byte[] record = client.sealed(Messages.HANDSHAKE, client.finished());
        return client.raw(Arrays.copyOf(record, record.length / 2));
    }

    private static ScriptedTlsClient halfMessage(ScriptedTlsClient client) {
        return client.record(Messages.HANDSHAKE, Arrays.copyOf(client.finished(), 20));
    }
}
