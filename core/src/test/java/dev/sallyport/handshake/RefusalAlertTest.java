package dev.sallyport.handshake;

import static dev.sallyport.matrix.Matrix.Dimension.PROVIDER;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.TlsProvider;
import dev.sallyport.load.HostileTarget;
import dev.sallyport.matrix.Matrix;
import dev.sallyport.matrix.Setup;
import dev.sallyport.testkit.TestPki;
import dev.sallyport.testkit.TlsAlert;
import dev.sallyport.testkit.hostile.CertificateCases;
import dev.sallyport.testkit.hostile.EstablishedCases;
import dev.sallyport.testkit.hostile.HandshakeCases;
import dev.sallyport.testkit.hostile.HostileCase;
import dev.sallyport.testkit.hostile.Outcome;
import dev.sallyport.testkit.hostile.PlainFlight;
import dev.sallyport.testkit.hostile.ScriptedTlsClient;
import java.io.IOException;
import java.security.Signature;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** Who breaks the rules in or after the handshake is told by an alert, as far as the provider can by the right one. */
class RefusalAlertTest {
    private static final int ECDSA_P256 = 0x0403;

    /** Those who say themselves that it is over, or end the connection, need not be told. */
    private static final Set<String> ENDED_BY_THE_CLIENT =
            Set.of("an alert", "a fatal alert", "an alert of an unknown kind", "an alert of level 7");

    @FunctionalInterface
    private interface Script {
        void run(PlainFlight client) throws Exception;
    }

    /** TLS 1.2, where all this is plain, and the JDK's alerts can be set right. */
    @Matrix(PROVIDER)
    void messagesOfAClientThatAreWrongGetTheAlertOfTheRfc(Setup setup) throws Exception {
        byte[] certificate = TestPki.client().certificate().getEncoded();
        byte[] good = PlainFlight.certificates(certificate);
        byte[] proof = PlainFlight.proof(ECDSA_P256, signatureOfSomethingElse());
        Map<String, Script> decodeError = new LinkedHashMap<>();
        decodeError.put("half a Certificate", client -> client.certificate(half(good)));
        decodeError.put("a Certificate of nothing", client -> client.certificate(new byte[0]));
        decodeError.put("a list that is shorter than it says", client -> client.certificate(changed(good, 2)));
        decodeError.put("a certificate that is shorter than it says", client -> client.certificate(changed(good, 5)));
        decodeError.put(
                "half a key exchange", client -> client.certificate(good).keyExchange(new byte[] {32, 1, 2}));
        decodeError.put("a proof of nothing", client -> certified(client, good).certificateVerify(new byte[0]));
        decodeError.put("half a proof", client -> certified(client, good).certificateVerify(half(proof)));
        Map<String, Script> decryptError = new LinkedHashMap<>();
        decryptError.put("a wrong signature", client -> certified(client, good).certificateVerify(proof));
        decryptError.put(
                "no signature at all",
                client -> certified(client, good).certificateVerify(PlainFlight.proof(ECDSA_P256, new byte[64])));
        Map<String, Script> illegalParameter = new LinkedHashMap<>();
        illegalParameter.put(
                "an algorithm that nobody knows",
                client -> certified(client, good).certificateVerify(PlainFlight.proof(0x7777, new byte[64])));
        byte[] zeros = new byte[33];
        zeros[0] = 32;
        illegalParameter.put(
                "a key share of zeros", client -> client.certificate(good).keyExchange(zeros));

        try (HostileTarget server = HostileTarget.requiringCertificates(setup)) {
            List<String> wrong = new ArrayList<>();
            check(server, "decode_error", decodeError, wrong);
            check(server, "decrypt_error", decryptError, wrong);
            check(server, "illegal_parameter", illegalParameter, wrong);
            assertThat(wrong).isEmpty();
            server.assertUnharmed();
        }
    }

    private static void check(HostileTarget server, String alert, Map<String, Script> cases, List<String> wrong)
            throws Exception {
        for (Map.Entry<String, Script> each : cases.entrySet()) {
            try (PlainFlight client = PlainFlight.to(server.address())) {
                each.getValue().run(client);
                TlsAlert received = client.awaitAlert();
                if (received == null || !received.fatal() || !received.name().equals(alert)) {
                    wrong.add(each.getKey() + ": " + received + " instead of " + alert);
                }
                server.assertEnded(client.localAddress(), Outcome.PEER_MISBEHAVED, Outcome.PEER_BAD_CERTIFICATE);
            }
        }
    }

    private static PlainFlight certified(PlainFlight client, byte[] certificates) {
        return client.certificate(certificates).keyExchange();
    }

    private static byte[] signatureOfSomethingElse() throws Exception {
        Signature signature = Signature.getInstance("SHA256withECDSA");
        signature.initSign(TestPki.client().privateKey());
        signature.update((byte) 1);
        return signature.sign();
    }

    private static byte[] half(byte[] whole) {
        return Arrays.copyOf(whole, whole.length / 2);
    }

    private static byte[] changed(byte[] body, int lengthAt) {
        byte[] changed = body.clone();
        changed[lengthAt]++;
        return changed;
    }

    /** TLS 1.3, where the JDK has sealed its alert, if it has one, before anybody can see it. */
    @Matrix(PROVIDER)
    void nobodyIsRefusedWithoutAnAlert(Setup setup) throws Exception {
        List<HostileCase> certificates = new ArrayList<>(CertificateCases.messages());
        certificates.addAll(CertificateCases.proofs());
        certificates.addAll(CertificateCases.certificates());
        List<HostileCase> others = new ArrayList<>(HandshakeCases.violations());
        others.addAll(EstablishedCases.violations());
        List<String> silent = new ArrayList<>();
        try (HostileTarget server = HostileTarget.requiringCertificates(setup)) {
            findSilent(server, certificates, silent);
        }
        try (HostileTarget server = HostileTarget.open(setup)) {
            findSilent(server, others, silent);
        }
        assertThat(silent).isEmpty();
    }

    private static void findSilent(HostileTarget server, List<HostileCase> cases, List<String> silent)
            throws Exception {
        for (HostileCase each : cases) {
            if (each.outcomes().contains(Outcome.ENDED_IN_ORDER) || ENDED_BY_THE_CLIENT.contains(each.toString())) {
                continue;
            }
            try (ScriptedTlsClient client = ScriptedTlsClient.to(server.address())) {
                run(each, client);
                TlsAlert alert = client.awaitAlert();
                if (alert == null || !alert.fatal()) {
                    silent.add(each + ": " + alert);
                }
            }
        }
    }

    private static void run(HostileCase hostile, ScriptedTlsClient client) throws Exception {
        try {
            hostile.script().run(client);
        } catch (IOException refused) {
            assertThat(Objects.requireNonNull(refused.getMessage())).contains("the server");
        }
    }

    /** As near as the JDK comes in TLS 1.3; the row in docs/capabilities.md has these. */
    @Matrix(PROVIDER)
    void inTls13TheAlertIsTheProviders(Setup setup) throws Exception {
        boolean jdk = setup.provider() == TlsProvider.JDK;
        Map<String, Set<String>> expected = Map.of(
                "a proof: a wrong signature", Set.of(jdk ? "handshake_failure" : "decrypt_error"),
                "a proof: half of it", jdk ? Set.of("unexpected_message", "internal_error") : Set.of("decode_error"),
                "a message without a body",
                        jdk ? Set.of("unexpected_message", "internal_error") : Set.of("decode_error"));
        List<HostileCase> cases = new ArrayList<>(CertificateCases.messages());
        cases.addAll(CertificateCases.proofs());
        try (HostileTarget server = HostileTarget.requiringCertificates(setup)) {
            int met = 0;
            for (HostileCase each : cases) {
                Set<String> alerts = expected.get(each.toString());
                if (alerts != null) {
                    try (ScriptedTlsClient client = ScriptedTlsClient.to(server.address())) {
                        each.script().run(client);
                        TlsAlert alert = Objects.requireNonNull(client.awaitAlert(), each::toString);
                        assertThat(alerts).as(each.toString()).contains(alert.name());
                        met++;
                    }
                }
            }
            assertThat(met).isEqualTo(expected.size());
        }
    }
}
