package dev.sallyport.internal.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.sallyport.testkit.Damage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.KeyStore;
import java.security.Security;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Damaged input is read, or refused by an IOException that names the source; nothing else is thrown, and nothing hangs. */
class MutationTest {
    private static final int MUTATIONS = 2_000;
    private static final long SEED = 20_261_122;
    private static final char[] PASSWORD = Encryption.PASSWORD.toCharArray();

    private final Damage damage = new Damage(SEED);

    @Test
    void damagedInputIsReadOrRefusedByName() throws Exception {
        List<Input> inputs = inputs();
        int refused = 0;
        for (int i = 0; i < MUTATIONS; i++) {
            Input original = inputs.get(i % inputs.size());
            Input mutated = new Input(original.name(), damage.to(original.content()));
            refused += assertTimeoutPreemptively(Duration.ofSeconds(10), mutated::refusals, mutated::describe);
        }
        assertThat(refused).as("refusals by three readers").isGreaterThan(2 * MUTATIONS);
    }

    private static List<Input> inputs() throws Exception {
        X509Certificate ec = Issuer.selfSigned("ec", Keys.P256);
        X509Certificate rsa = new Issuer("ec", Keys.P256).certify("rsa", Keys.RSA.getPublic());
        byte[] ecKey = Keys.P256.getPrivate().getEncoded();
        byte[] rsaKey = Keys.RSA.getPrivate().getEncoded();
        List<Input> inputs = new ArrayList<>(List.of(
                new Input("RSA in PEM", ascii(Pem.of(rsa, ec) + Pem.of(Keys.RSA.getPrivate()))),
                new Input("EC in PEM", ascii(Pem.of(Keys.P256.getPrivate()) + Pem.of(ec))),
                new Input("EC in PEM, encrypted", ascii(Pem.block("ENCRYPTED PRIVATE KEY", Encryption.pkcs8(ecKey)))),
                new Input("PKCS#8 RSA", rsaKey),
                new Input("PKCS#8 EC", ecKey),
                new Input("PKCS#8 Ed25519", Keys.ED25519.getPrivate().getEncoded()),
                new Input("PKCS#8 encrypted", Encryption.pkcs8(ecKey)),
                new Input("certificate", Pem.der(rsa)),
                new Input("JKS", store("JKS", ec))));
        inputs.add(new Input("PKCS#12", quickPkcs12(ec)));
        return inputs;
    }

    /** With few iterations: the JDK's usual number makes each reading take milliseconds. */
    private static byte[] quickPkcs12(X509Certificate certificate) throws Exception {
        Map<String, String> before = new HashMap<>();
        for (String name : List.of("certPbe", "keyPbe", "mac")) {
            String property = "keystore.pkcs12." + name + "IterationCount";
            before.put(property, Objects.requireNonNullElse(Security.getProperty(property), ""));
            Security.setProperty(property, "100");
        }
        try {
            return store("PKCS12", certificate);
        } finally {
            before.forEach(Security::setProperty);
        }
    }

    private static byte[] store(String type, X509Certificate certificate) throws Exception {
        KeyStore store = KeyStore.getInstance(type);
        store.load(null, null);
        store.setKeyEntry("one", Keys.P256.getPrivate(), PASSWORD, new X509Certificate[] {certificate});
        store.setCertificateEntry("two", certificate);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        store.store(bytes, PASSWORD);
        return bytes.toByteArray();
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private interface Reading {
        void read(Source source) throws IOException;
    }

    /** Not a record, whose equality would be that of the array. */
    private static final class Input {
        private final String name;
        private final byte[] content;

        Input(String name, byte[] content) {
            this.name = name;
            this.content = content;
        }

        String name() {
            return name;
        }

        byte[] content() {
            return content;
        }

        /** Gives the input to each reader and counts those that refuse it. */
        int refusals() {
            return refusal(source -> IdentityReader.read(source, source, PASSWORD))
                    + refusal(source -> IdentityReader.readKeyStore(source, PASSWORD))
                    + refusal(CertificateReader::read);
        }

        private int refusal(Reading reading) {
            try {
                reading.read(Source.bytes(name, content));
                return 0;
            } catch (IOException e) {
                assertThat(e).hasMessageStartingWith(name);
                return 1;
            } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
                return fail(describe(), e);
            }
        }

        String describe() {
            return name + ", mutated to " + HexFormat.of().formatHex(content);
        }
    }
}
