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
                left("FIN after the hello", puppet -> puppet.sendHello().fin()),
                left("RST after the hello", puppet -> puppet.sendHello().reset()),
                left(
                        "FIN after ServerHello",
                        puppet -> puppet.sendHello().readServerHello().fin()),
                left(
                        "RST after ServerHello",
                        puppet -> puppet.sendHello().readServerHello().reset()),
                left("FIN before Finished", puppet -> puppet.begin().fin()),
                left("RST before Finished", puppet -> puppet.begin().reset()),
                left(
                        "FIN in the record of Finished",
                        puppet -> halfRecord(puppet.begin()).fin()),
                left(
                        "RST in the record of Finished",
                        puppet -> halfRecord(puppet.begin()).reset()),
                left("FIN in Finished", puppet -> halfMessage(puppet.begin()).fin()),
                left("RST in Finished", puppet -> halfMessage(puppet.begin()).reset()),
                left("close_notify before Finished", puppet -> puppet.begin().closeNotify()),
                HostileCase.of(
                        "FIN after Finished",
                        TRUNCATED,
                        puppet -> puppet.connect().fin().readToTheEnd()),
                // what has come is lost when the reset comes before it is read
                HostileCase.of(
                        "RST after Finished",
                        EnumSet.of(PEER_GONE, RESET),
                        puppet -> puppet.connect().reset()),
                HostileCase.of(
                        "close_notify after Finished",
                        ENDED_IN_ORDER,
                        puppet -> puppet.connect().closeNotify().fin().readToTheEnd()),
                refused("a fatal alert", PEER_REJECTED_US, puppet -> puppet.alert(2, 48)),
                // neither is believed without keys
                refused(
                        "close_notify that is not sealed",
                        PEER_MISBEHAVED,
                        puppet -> puppet.plainRecord(Messages.ALERT, 1, 0)),
                refused(
                        "a fatal alert that is not sealed",
                        PEER_MISBEHAVED,
                        puppet -> puppet.plainRecord(Messages.ALERT, 2, 48)));
    }

    /** {@return clients that say something else than Finished} */
    public static List<HostileCase> violations() {
        return List.of(
                served("Finished in records of a byte", puppet -> {
                    for (byte each : puppet.remembered(puppet.finished())) {
                        puppet.record(Messages.HANDSHAKE, each);
                    }
                    puppet.useApplicationKeys();
                }),
                served(
                        "a ChangeCipherSpec before Finished",
                        puppet -> puppet.plainRecord(Messages.CHANGE_CIPHER_SPEC, 1)
                                .finish()),
                served("data right behind Finished", puppet -> {
                    byte[] finished = puppet.sealed(Messages.HANDSHAKE, puppet.remembered(puppet.finished()));
                    puppet.useApplicationKeys();
                    puppet.raw(TlsBytes.concat(finished, puppet.sealed(Messages.APPLICATION_DATA, new byte[] {'y'})));
                    puppet.receive(1);
                }),
                refused("a wrong Finished", puppet -> {
                    byte[] finished = puppet.finished();
                    finished[10] ^= 1;
                    puppet.message(finished).useApplicationKeys();
                }),
                refused(
                        "a Finished of no bytes",
                        puppet -> puppet.message(Messages.message(Messages.FINISHED, new byte[0]))),
                refused(
                        "a Finished of 31 bytes",
                        puppet -> puppet.message(
                                Messages.message(Messages.FINISHED, Arrays.copyOfRange(puppet.finished(), 4, 35)))),
                refused("a Finished of 16 MiB", puppet -> {
                    puppet.record(Messages.HANDSHAKE, Messages.FINISHED, 0xff, 0xff, 0xff);
                    flood(50, each -> each.record(Messages.HANDSHAKE, new byte[1 << 14]))
                            .run(puppet);
                }),
                refused(
                        "a Finished that is not sealed",
                        puppet -> puppet.raw(TlsBytes.concat(new byte[] {22, 3, 3, 0, 36}, puppet.finished()))),
                refused(
                        "a Finished under the keys for data",
                        puppet -> puppet.useApplicationKeys().message(puppet.finished())),
                refused("a Finished with a wrong tag", puppet -> {
                    byte[] record = puppet.sealed(Messages.HANDSHAKE, puppet.finished());
                    record[record.length - 1] ^= 1;
                    puppet.raw(record);
                }),
                HostileCase.of(
                        "something behind Finished in its record",
                        EnumSet.of(PEER_MISBEHAVED, ENDED_IN_ORDER),
                        puppet -> {
                            // which the JDK takes
                            byte[] finished = puppet.begin().remembered(puppet.finished());
                            puppet.record(Messages.HANDSHAKE, TlsBytes.concat(finished, Messages.keyUpdate(0)));
                            puppet.useApplicationKeys().nextKeys().closeNotify().fin();
                            puppet.readToTheEnd();
                        }),
                refused("data before Finished", puppet -> puppet.data("x")),
                refused("data in Finished", puppet -> {
                    byte[] finished = puppet.finished();
                    puppet.record(Messages.HANDSHAKE, Arrays.copyOf(finished, 10))
                            .data("x");
                    puppet.record(Messages.HANDSHAKE, Arrays.copyOfRange(finished, 10, finished.length));
                }),
                refused("a KeyUpdate before Finished", puppet -> puppet.keyUpdate(true)),
                refused(
                        "a second ClientHello",
                        puppet -> puppet.message(puppet.hello().build().message())),
                refused("a second ClientHello that is not sealed", ScriptedTlsClient::sendHello),
                refused(
                        "a ServerHello",
                        puppet -> puppet.message(Messages.message(Messages.SERVER_HELLO, new byte[40]))),
                refused(
                        "EncryptedExtensions",
                        puppet -> puppet.message(Messages.message(Messages.ENCRYPTED_EXTENSIONS, new byte[] {0, 0}))),
                refused(
                        "EndOfEarlyData",
                        puppet -> puppet.message(Messages.message(Messages.END_OF_EARLY_DATA, new byte[0]))),
                refused(
                        "a certificate that nobody has asked for",
                        puppet -> puppet.message(Messages.certificate(List.of()))),
                refused("a message of type 99", puppet -> puppet.message(Messages.message(99, new byte[10]))),
                refused("a record of padding alone", puppet -> puppet.raw(puppet.sealed(new byte[100]))),
                refused("a record of type 99", puppet -> puppet.record(99, 1)),
                refused(
                        "a record that says it has 64 KiB",
                        puppet -> puppet.raw(new byte[] {Messages.APPLICATION_DATA, 3, 3, (byte) 0xff, (byte) 0xff})),
                refused("a ChangeCipherSpec that says 2", puppet -> puppet.plainRecord(Messages.CHANGE_CIPHER_SPEC, 2)),
                refused("ChangeCipherSpecs", flood(300, puppet -> puppet.plainRecord(Messages.CHANGE_CIPHER_SPEC, 1))),
                refused(
                        "sealed ChangeCipherSpecs",
                        flood(300, puppet -> puppet.record(Messages.CHANGE_CIPHER_SPEC, 1))),
                refused("empty handshake records", flood(300, puppet -> puppet.record(Messages.HANDSHAKE))),
                refused("an empty handshake record", puppet -> puppet.record(Messages.HANDSHAKE)),
                refused(
                        "an empty handshake record that is not sealed",
                        puppet -> puppet.plainRecord(Messages.HANDSHAKE)),
                refused("warnings", flood(5000, puppet -> puppet.alert(1, 90))),
                refused("plain HTTP", puppet -> puppet.wire().plainHttp()));
    }

    private static HostileCase left(String name, HostileCase.Script script) {
        return HostileCase.of(name, PEER_GONE, script);
    }

    private static HostileCase refused(String name, HostileCase.Script script) {
        return refused(name, PEER_MISBEHAVED, script);
    }

    private static HostileCase refused(String name, Outcome outcome, HostileCase.Script script) {
        return HostileCase.of(name, outcome, puppet -> {
            script.run(puppet.begin());
            puppet.readToTheEnd();
        });
    }

    private static HostileCase served(String name, HostileCase.Script script) {
        return HostileCase.of(name, ENDED_IN_ORDER, puppet -> {
            script.run(puppet.begin());
            puppet.data("x").receive(1);
            puppet.closeNotify().fin().readToTheEnd();
        });
    }

    private static HostileCase.Script flood(int count, HostileCase.Script once) {
        return puppet -> {
            for (int i = 0; i < count && puppet.wire().sendFailure() == null; i++) {
                once.run(puppet);
            }
        };
    }

    private static ScriptedTlsClient halfRecord(ScriptedTlsClient puppet) {
        byte[] record = puppet.sealed(Messages.HANDSHAKE, puppet.finished());
        return puppet.raw(Arrays.copyOf(record, record.length / 2));
    }

    private static ScriptedTlsClient halfMessage(ScriptedTlsClient puppet) {
        return puppet.record(Messages.HANDSHAKE, Arrays.copyOf(puppet.finished(), 20));
    }
}
