package dev.sallyport.testkit.hostile;

import static dev.sallyport.testkit.hostile.ForgedCertificate.SEQUENCE;
import static dev.sallyport.testkit.hostile.ForgedCertificate.der;
import static dev.sallyport.testkit.hostile.Outcome.ENDED_IN_ORDER;
import static dev.sallyport.testkit.hostile.Outcome.PEER_BAD_CERTIFICATE;
import static dev.sallyport.testkit.hostile.Outcome.PEER_MISBEHAVED;
import static dev.sallyport.testkit.hostile.Outcome.PEER_NO_CERTIFICATE;
import static dev.sallyport.testkit.hostile.Outcome.PEER_UNTRUSTED_CERTIFICATE;

import dev.sallyport.testkit.TestIdentity;
import dev.sallyport.testkit.TestPki;
import dev.sallyport.testkit.TlsBytes;
import dev.sallyport.testkit.hostile.ForgedCertificate.Field;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;

/** Clients and their certificates, at a server that requires one of {@link TestPki#ca()}. */
public final class CertificateCases {
    private static final int NESTING = 5000;

    private CertificateCases() {}

    /** {@return messages that are wrong, or at a wrong place} */
    public static List<HostileCase> messages() {
        byte[] good = encoded(TestPki.client().certificate());
        return List.of(
                HostileCase.of("a good certificate", ENDED_IN_ORDER, client -> {
                    certified(client.begin(), good).finish().data("x").receive(1);
                    client.closeNotify().fin().readToTheEnd();
                }),
                refused(
                        "an empty list",
                        PEER_NO_CERTIFICATE,
                        client ->
                                client.message(Messages.certificate(List.of())).finish()),
                refused("Finished and no certificate", PEER_MISBEHAVED, ScriptedTlsClient::finish),
                refused(
                        "a certificate without its proof",
                        PEER_MISBEHAVED,
                        client -> client.message(Messages.certificate(List.of(good)))
                                .finish()),
                refused("the proof before the certificate", PEER_MISBEHAVED, client -> {
                    proof(client);
                    client.message(Messages.certificate(List.of(good))).finish();
                }),
                refused(
                        "an empty list and a proof",
                        EnumSet.of(PEER_NO_CERTIFICATE, PEER_MISBEHAVED),
                        client -> proof(client.message(Messages.certificate(List.of())))
                                .finish()),
                refused(
                        "the certificate twice",
                        PEER_MISBEHAVED,
                        client -> proof(client.message(Messages.certificate(List.of(good)))
                                        .message(Messages.certificate(List.of(good))))
                                .finish()),
                refused(
                        "the proof twice",
                        PEER_MISBEHAVED,
                        client -> proof(certified(client, good)).finish()),
                // which the JDK does not look at
                refused(
                        "a request's context",
                        EnumSet.of(PEER_MISBEHAVED, ENDED_IN_ORDER),
                        client -> proof(client.message(
                                        Messages.certificate(new byte[] {1}, Messages.entry(good, new byte[0]))))
                                .finish()
                                .closeNotify()
                                .fin()),
                refused("a list that is longer than it says", PEER_MISBEHAVED, body(good, 1, -1)),
                refused("a list that is shorter than it says", PEER_MISBEHAVED, body(good, 1, 1)),
                // its last byte, a random one, is taken for a part of the next length: seldom for one that could be
                refused(
                        "a certificate that is longer than it says",
                        EnumSet.of(PEER_MISBEHAVED, PEER_BAD_CERTIFICATE),
                        body(good, 4, -1)),
                refused("a certificate that is shorter than it says", PEER_MISBEHAVED, body(good, 4, 1)),
                refused(
                        "bytes behind the list",
                        PEER_MISBEHAVED,
                        client -> proof(client.message(Messages.message(
                                        Messages.CERTIFICATE,
                                        TlsBytes.concat(
                                                body(Messages.certificate(List.of(good))), new byte[] {1, 2, 3}))))
                                .finish()),
                refused(
                        "a message without a body",
                        PEER_MISBEHAVED,
                        client -> client.message(Messages.message(Messages.CERTIFICATE, new byte[0]))),
                // nor at that
                refused(
                        "an extension that nobody has asked for",
                        EnumSet.of(PEER_MISBEHAVED, ENDED_IN_ORDER),
                        client -> proof(client.message(entry(good, new byte[] {0, 5, 0, 1, 1})))
                                .finish()
                                .closeNotify()
                                .fin()),
                refused(
                        "an extension that is shorter than it says",
                        PEER_MISBEHAVED,
                        client -> proof(client.message(entry(good, new byte[] {0, 5, 0, 9, 1})))
                                .finish()),
                refused("a message that says it has 16 MiB", PEER_MISBEHAVED, client -> {
                    client.record(Messages.HANDSHAKE, Messages.CERTIFICATE, 0xff, 0xff, 0xff);
                    for (int i = 0; i < 50 && client.wire().sendFailure() == null; i++) {
                        client.record(Messages.HANDSHAKE, new byte[1 << 14]);
                    }
                }));
    }

    /** {@return proofs that prove nothing} */
    public static List<HostileCase> proofs() {
        PrivateKey key = TestPki.client().privateKey();
        PrivateKey other = TestPki.server().privateKey();
        EnumSet<Outcome> wrong =
                EnumSet.of(PEER_MISBEHAVED, PEER_BAD_CERTIFICATE); // of the message or of what it proves
        return List.of(
                proof("a wrong signature", PEER_BAD_CERTIFICATE, client -> {
                    byte[] signature = Messages.sign(key, "SHA256withECDSA", client.transcriptHash());
                    signature[signature.length - 1] ^= 1;
                    return Messages.certificateVerify(Messages.ECDSA_P256, signature);
                }),
                proof(
                        "another's key",
                        PEER_BAD_CERTIFICATE,
                        client -> Messages.certificateVerify(
                                Messages.ECDSA_P256, Messages.sign(other, "SHA256withECDSA", client.transcriptHash()))),
                proof(
                        "a signature of something else",
                        PEER_BAD_CERTIFICATE,
                        client -> Messages.certificateVerify(
                                Messages.ECDSA_P256, Messages.sign(key, "SHA256withECDSA", new byte[32]))),
                proof(
                        "no signature",
                        PEER_BAD_CERTIFICATE,
                        client -> Messages.certificateVerify(Messages.ECDSA_P256, new byte[0])),
                proof(
                        "a signature that is no DER",
                        PEER_BAD_CERTIFICATE,
                        client -> Messages.certificateVerify(Messages.ECDSA_P256, new byte[64])),
                proof(
                        "an algorithm that was not offered",
                        wrong,
                        client -> Messages.certificateVerify(
                                Messages.RSA_PKCS1_SHA1,
                                Messages.sign(key, "SHA256withECDSA", client.transcriptHash()))),
                proof(
                        "an algorithm for another kind of key",
                        wrong,
                        client -> Messages.certificateVerify(
                                Messages.RSA_PSS, Messages.sign(key, "SHA256withECDSA", client.transcriptHash()))),
                // the JDK does not look at the curve
                proof(
                        "an algorithm for another curve",
                        EnumSet.of(PEER_MISBEHAVED, ENDED_IN_ORDER),
                        client -> Messages.certificateVerify(
                                Messages.ECDSA_P384, Messages.sign(key, "SHA384withECDSA", client.transcriptHash()))),
                proof(
                        "an algorithm that nobody knows",
                        PEER_MISBEHAVED,
                        client -> Messages.certificateVerify(
                                0x7777, Messages.sign(key, "SHA256withECDSA", client.transcriptHash()))),
                // nor at what is behind a signature
                proof(
                        "bytes behind it",
                        EnumSet.of(PEER_MISBEHAVED, ENDED_IN_ORDER),
                        client -> Messages.message(
                                Messages.CERTIFICATE_VERIFY,
                                TlsBytes.concat(
                                        body(Messages.certificateVerify(
                                                Messages.ECDSA_P256,
                                                Messages.sign(key, "SHA256withECDSA", client.transcriptHash()))),
                                        new byte[] {1}))),
                proof("half of it", PEER_MISBEHAVED, client -> {
                    byte[] whole = body(Messages.certificateVerify(
                            Messages.ECDSA_P256, Messages.sign(key, "SHA256withECDSA", client.transcriptHash())));
                    return Messages.message(Messages.CERTIFICATE_VERIFY, Arrays.copyOf(whole, whole.length / 2));
                }),
                proof("nothing", wrong, client -> Messages.message(Messages.CERTIFICATE_VERIFY, new byte[0])));
    }

    /** {@return certificates that should not be let in, or that are hard to read} */
    public static List<HostileCase> certificates() throws GeneralSecurityException {
        X509Certificate client = TestPki.client().certificate();
        TestIdentity ca = TestPki.ca();
        byte[] good = encoded(client);
        byte[] garbage = new byte[500];
        new Random(7).nextBytes(garbage);
        EnumSet<Outcome> defective = EnumSet.of(PEER_BAD_CERTIFICATE);
        // where the providers do not agree whether it is the message or the certificate
        EnumSet<Outcome> malformed = EnumSet.of(PEER_BAD_CERTIFICATE, PEER_MISBEHAVED);
        return List.of(
                chain("no bytes", EnumSet.of(PEER_MISBEHAVED), new byte[0]),
                chain("garbage", defective, garbage),
                chain("half a certificate", defective, Arrays.copyOf(good, good.length / 2)),
                // the JDK stops reading at the end
                chain(
                        "bytes behind it",
                        EnumSet.of(PEER_BAD_CERTIFICATE, ENDED_IN_ORDER),
                        Arrays.copyOf(good, good.length + 10)),
                chain("a good one and garbage", defective, good, garbage),
                chain("a good one and an empty one", EnumSet.of(PEER_MISBEHAVED), good, new byte[0]),
                chain("eleven", defective, copies(11, good)),
                chain("a thousand small ones", defective, copies(1000, new byte[] {0x30, 0})),
                chain("more than 32 KiB", malformed, good, large(client, ca, 20_000), large(client, ca, 20_000)),
                chain("one of 60 KiB", malformed, large(client, ca, 60_000)),
                chain("the leaf twice", EnumSet.of(ENDED_IN_ORDER), good, good),
                chain("one of 20 KiB", EnumSet.of(ENDED_IN_ORDER), large(client, ca, 20_000)),
                identity("expired", PEER_BAD_CERTIFICATE, TestPki.expiredClient()),
                identity("not valid yet", PEER_BAD_CERTIFICATE, TestPki.notYetValidClient()),
                identity("for servers", PEER_BAD_CERTIFICATE, TestPki.wrongUsageClient()),
                identity("signed by itself", PEER_UNTRUSTED_CERTIFICATE, TestPki.selfSignedClient()),
                identity("of another authority", PEER_UNTRUSTED_CERTIFICATE, TestPki.clientOfOtherCa()),
                chain("the authority's own", defective, encoded(ca.certificate())),
                chain(
                        "with a wrong signature",
                        EnumSet.of(PEER_BAD_CERTIFICATE, PEER_UNTRUSTED_CERTIFICATE),
                        flipped(good)),
                chain(
                        "with a negative serial number",
                        EnumSet.of(ENDED_IN_ORDER),
                        forged(Field.SERIAL, der(ForgedCertificate.INTEGER, new byte[] {-1}))),
                chain("without a serial number", defective, forged(Field.SERIAL, der(ForgedCertificate.INTEGER))),
                chain(
                        "with a serial number of 8 KiB",
                        EnumSet.of(ENDED_IN_ORDER),
                        forged(Field.SERIAL, der(ForgedCertificate.INTEGER, filled(8192)))),
                chain(
                        "of version 9",
                        defective,
                        forged(
                                Field.VERSION,
                                der(ForgedCertificate.VERSION_TAG, der(ForgedCertificate.INTEGER, new byte[] {8})))),
                chain(
                        "with an algorithm that nobody knows",
                        defective,
                        forged(Field.ALGORITHM, der(SEQUENCE, new byte[] {6, 3, 0x2a, 3, 4}))),
                chain("without a subject and without an issuer's name", defective, forged(Field.ISSUER, der(SEQUENCE))),
                chain("with a validity of nothing", defective, forged(Field.VALIDITY, der(SEQUENCE))),
                chain(
                        "with a date that is none",
                        defective,
                        forged(
                                Field.VALIDITY,
                                der(
                                        SEQUENCE,
                                        der(0x17, "999999999999Z".getBytes(java.nio.charset.StandardCharsets.US_ASCII)),
                                        der(
                                                0x17,
                                                "aaaaaaaaaaaaZ"
                                                        .getBytes(java.nio.charset.StandardCharsets.US_ASCII))))),
                chain("without a key", defective, forged(Field.KEY, der(SEQUENCE))),
                chain(
                        "with a key that nobody knows",
                        defective,
                        forged(
                                Field.KEY,
                                der(
                                        SEQUENCE,
                                        der(SEQUENCE, new byte[] {6, 3, 0x2a, 3, 4}),
                                        der(ForgedCertificate.BIT_STRING, new byte[40])))),
                chain("with a point that is not on its curve", malformed, offCurve(client)),
                chain(
                        "with sequences in sequences",
                        defective,
                        forgedWith(ForgedCertificate.extension(true, nested()))),
                chain("with a subject of sequences in sequences", defective, forged(Field.SUBJECT, nested())),
                chain(
                        "with a critical extension that nobody knows",
                        defective,
                        forgedWith(ForgedCertificate.extension(true, new byte[3]))),
                chain(
                        "with the same extension twice",
                        defective,
                        forgedWith(TlsBytes.concat(
                                ForgedCertificate.extension(false, new byte[3]),
                                ForgedCertificate.extension(false, new byte[3])))),
                chain("with a thousand extensions", EnumSet.of(ENDED_IN_ORDER), forgedWith(thousand())));
    }

    private static byte[] forged(Field field, byte[] replacement) throws GeneralSecurityException {
        return ForgedCertificate.of(TestPki.client().certificate(), TestPki.ca(), field, replacement);
    }

    private static byte[] forgedWith(byte[] extension) throws GeneralSecurityException {
        return ForgedCertificate.with(TestPki.client().certificate(), TestPki.ca(), extension);
    }

    private static byte[] large(X509Certificate client, TestIdentity ca, int bytes) throws GeneralSecurityException {
        return ForgedCertificate.with(client, ca, ForgedCertificate.extension(false, new byte[bytes]));
    }

    private static byte[] offCurve(X509Certificate client) throws GeneralSecurityException {
        byte[] key = client.getPublicKey().getEncoded();
        key[key.length - 1] ^= 1;
        return ForgedCertificate.of(client, TestPki.ca(), Field.KEY, key);
    }

    private static byte[] nested() {
        byte[] inner = {};
        for (int i = 0; i < NESTING; i++) {
            inner = der(SEQUENCE, inner);
        }
        return inner;
    }

    private static byte[] thousand() {
        TlsBytes all = new TlsBytes();
        for (int i = 0; i < 1000; i++) {
            byte[] oid = {0x06, 0x04, 0x2a, 0x03, (byte) (0x81 + i / 128), (byte) (i % 128)};
            all.raw(der(SEQUENCE, oid, der(ForgedCertificate.OCTET_STRING, new byte[1])));
        }
        return all.toByteArray();
    }

    private static byte[] filled(int count) {
        byte[] bytes = new byte[count];
        Arrays.fill(bytes, (byte) 0x55);
        return bytes;
    }

    private static byte[][] copies(int count, byte[] certificate) {
        return Collections.nCopies(count, certificate).toArray(byte[][]::new);
    }

    private static byte[] flipped(byte[] certificate) {
        byte[] flipped = certificate.clone();
        flipped[flipped.length - 1] ^= 1;
        return flipped;
    }

    // ---- what a client does with them

    private interface Proof {
        byte[] of(ScriptedTlsClient client) throws GeneralSecurityException;
    }

    private static HostileCase proof(String name, Outcome outcome, Proof proof) {
        return proof(name, EnumSet.of(outcome), proof);
    }

    private static HostileCase proof(String name, EnumSet<Outcome> outcomes, Proof proof) {
        return refused("a proof: " + name, outcomes, client -> {
            client.message(Messages.certificate(List.of(encoded(TestPki.client().certificate()))));
            client.message(proof.of(client)).finish().closeNotify().fin();
        });
    }

    private static HostileCase chain(String name, EnumSet<Outcome> outcomes, byte[]... chain) {
        return refused(
                "a certificate: " + name,
                outcomes,
                client -> certified(client, chain).finish().closeNotify().fin());
    }

    private static HostileCase identity(String name, Outcome outcome, TestIdentity identity) {
        return refused("a certificate: " + name, outcome, client -> {
            client.message(Messages.certificate(
                    identity.chain().stream().map(CertificateCases::encoded).toList()));
            byte[] signature = Messages.sign(identity.privateKey(), "SHA256withECDSA", client.transcriptHash());
            client.message(Messages.certificateVerify(Messages.ECDSA_P256, signature))
                    .finish();
        });
    }

    private static HostileCase refused(String name, Outcome outcome, HostileCase.Script script) {
        return refused(name, EnumSet.of(outcome), script);
    }

    private static HostileCase refused(String name, EnumSet<Outcome> outcomes, HostileCase.Script script) {
        return HostileCase.of(name, outcomes, client -> {
            script.run(client.begin());
            client.readToTheEnd();
        });
    }

    /** The chain and the proof that {@link TestPki#client()} has the key. */
    private static ScriptedTlsClient certified(ScriptedTlsClient client, byte[]... chain)
            throws GeneralSecurityException {
        return proof(client.message(Messages.certificate(List.of(chain))));
    }

    private static ScriptedTlsClient proof(ScriptedTlsClient client) throws GeneralSecurityException {
        byte[] signature = Messages.sign(TestPki.client().privateKey(), "SHA256withECDSA", client.transcriptHash());
        return client.message(Messages.certificateVerify(Messages.ECDSA_P256, signature));
    }

    private static byte[] entry(byte[] certificate, byte[] extensions) {
        return Messages.certificate(new byte[0], Messages.entry(certificate, extensions));
    }

    /** A good message in which the length at this place, of three bytes, is off. */
    private static HostileCase.Script body(byte[] certificate, int at, int off) {
        byte[] message = Messages.certificate(List.of(certificate));
        message[4 + at + 2] += (byte) off;
        return client -> proof(client.message(message)).finish();
    }

    private static byte[] body(byte[] message) {
        return Arrays.copyOfRange(message, 4, message.length);
    }

    private static byte[] encoded(X509Certificate certificate) {
        try {
            return certificate.getEncoded();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("a certificate of this JVM has no bytes", e);
        }
    }
}
