package dev.sallyport.certificates;

import static dev.sallyport.PackageAccess.loaded;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import com.sun.management.ThreadMXBean;
import dev.sallyport.SecurityContext;
import dev.sallyport.TlsProvider;
import dev.sallyport.matrix.Matrix;
import dev.sallyport.matrix.Matrix.Dimension;
import dev.sallyport.matrix.Setup;
import dev.sallyport.testkit.Damage;
import dev.sallyport.testkit.KeyKind;
import dev.sallyport.testkit.TestIdentity;
import dev.sallyport.testkit.TestPki;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.management.ManagementFactory;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.spec.RSAPrivateCrtKeySpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import javax.crypto.Cipher;
import javax.crypto.EncryptedPrivateKeyInfo;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.PBEParameterSpec;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whatever is in the files that a context is made of, and whatever they are: a server comes of it, or an IOException that
 * names the file, soon and in little memory.
 */
class DamagedFilesTest {
    private static final long SEED = 20_261_122;
    private static final int DAMAGES = 150;
    private static final int DAMAGED_KEY_STORES = 30; // opening one takes ten times as long
    private static final Duration SOON = Duration.ofSeconds(10);
    private static final long LITTLE_BYTES = 16 << 20;
    private static final char[] PASSWORD = "changeit".toCharArray();

    @TempDir
    Path folder;

    private final TestIdentity identity = TestPki.serverWithIntermediate();

    /** Makes a context of a file. */
    private interface Use {
        void of(Path file, SecurityContext.Builder builder);
    }

    private record Kind(String name, byte[] content, int damages, Use use) {}

    @Matrix(Dimension.PROVIDER)
    @Tag("slow")
    void aDamagedFileIsTakenOrRefusedByName(Setup setup) throws Exception {
        Damage damage = new Damage(SEED + setup.provider().ordinal());
        for (Kind kind : kinds()) {
            Path file = folder.resolve(kind.name());
            int refused = 0;
            for (int i = 0; i < kind.damages(); i++) {
                byte[] damaged = damage.to(kind.content());
                Files.write(file, damaged);
                String what = "damage " + i + " of " + setup.provider() + " and seed " + SEED + " to " + kind.name();
                refused += assertTimeoutPreemptively(SOON, () -> refusals(setup, kind, file, what), what);
            }
            assertThat(refused).as("refusals of %s", kind.name()).isGreaterThan(kind.damages() / 4);
        }
    }

    @Matrix(Dimension.PROVIDER)
    void filesThatWereTakenForEachOtherAreRefusedByName(Setup setup) throws Exception {
        for (Kind one : kinds()) {
            for (Kind other : kinds()) {
                Path file = Files.write(folder.resolve(one.name()), other.content());
                refusals(setup, one, file, one.name() + " with the content of " + other.name());
            }
        }
    }

    /** A key usage whose unused bits are not zero: the JDK reads over it, and BoringSSL only when a server is made. */
    @Matrix(Dimension.PROVIDER)
    void whatOnlyBoringSslRefusesIsRefusedByName(Setup setup) throws Exception {
        String der = HexFormat.of().formatHex(identity.certificate().getEncoded());
        assertThat(der).contains("0403020780");
        Path file = folder.resolve("usage.der");
        Files.write(file, HexFormat.of().parseHex(der.replace("0403020780", "0403020781")));
        Kind usage =
                new Kind("usage.der", new byte[0], 1, (chain, builder) -> builder.identity(chain, identity.keyFile()));
        assertThat(refusals(setup, usage, file, "a wrong key usage"))
                .isEqualTo(setup.provider() == TlsProvider.BORINGSSL ? 1 : 0);
    }

    @Matrix(Dimension.PROVIDER)
    void aKeyThatIsNotWhatItSaysIsRefusedByName(Setup setup) throws Exception {
        BigInteger secret = ((ECPrivateKey) identity.privateKey()).getS();
        assertRefusedWhenDamaged(setup, identity, withPublicHalf(secret), withPublicHalf(secret.flipBit(7)));
    }

    @Matrix(Dimension.PROVIDER)
    void anRsaKeyThatIsNotWhatItSaysIsRefusedByName(Setup setup) throws Exception {
        TestIdentity rsa = TestPki.server(KeyKind.RSA_2048);
        RSAPrivateCrtKey good = (RSAPrivateCrtKey) rsa.privateKey();
        RSAPrivateCrtKeySpec damaged = new RSAPrivateCrtKeySpec(
                good.getModulus(),
                good.getPublicExponent(),
                good.getPrivateExponent(),
                good.getPrimeP(),
                good.getPrimeQ(),
                good.getPrimeExponentP().flipBit(7),
                good.getPrimeExponentQ(),
                good.getCrtCoefficient());
        byte[] bad = KeyFactory.getInstance("RSA").generatePrivate(damaged).getEncoded();
        assertRefusedWhenDamaged(setup, rsa, good.getEncoded(), bad);
    }

    /** Nothing is wrong with its form: one who only compares what it says with the certificate would take it. */
    private void assertRefusedWhenDamaged(Setup setup, TestIdentity original, byte[] good, byte[] bad)
            throws IOException {
        Path file = folder.resolve("key.der");
        Kind key = new Kind("key.der", good, 1, (own, builder) -> builder.identity(original.chainFile(), own));
        Files.write(file, good);
        assertThat(refusals(setup, key, file, "the key as it should be")).isZero();
        Files.write(file, bad);
        assertThat(refusals(setup, key, file, "a key that contradicts itself")).isOne();
    }

    /** PKCS#8 of a key on P-256 as openssl writes it, with the certificate's public key inside (RFC 5915). */
    private byte[] withPublicHalf(BigInteger secret) {
        byte[] info = identity.certificate().getPublicKey().getEncoded();
        String point = HexFormat.of().formatHex(info, info.length - 65, info.length);
        String der = "308187020100301306072a8648ce3d020106082a8648ce3d030107046d306b0201010420"
                + String.format("%064x", secret) + "a144034200" + point;
        return HexFormat.of().parseHex(der);
    }

    private static int refusals(Setup setup, Kind kind, Path file, String what) {
        try {
            SecurityContext.Builder builder = SecurityContext.builder().provider(setup.provider());
            kind.use().of(file, builder);
            SecurityContext context = builder.build();
            if (loaded(context).hasIdentity()) {
                setup.open(context, options -> {}).close();
            }
            return 0;
        } catch (IOException refusal) {
            assertThat(refusal).as(what).hasMessageContaining(file.toString());
            return 1;
        } catch (RuntimeException | StackOverflowError | OutOfMemoryError failure) {
            return fail(what, failure);
        }
    }

    private List<Kind> kinds() throws Exception {
        Path chain = identity.chainFile();
        Path key = identity.keyFile();
        byte[] keyDer = identity.privateKey().getEncoded();
        Use asKey = (file, builder) -> builder.identity(chain, file);
        Use asChain = (file, builder) -> builder.identity(file, key);
        return List.of(
                new Kind("chain.pem", Files.readAllBytes(chain), DAMAGES, asChain),
                new Kind("key.pem", Files.readAllBytes(key), DAMAGES, asKey),
                new Kind("key.der", keyDer, DAMAGES, asKey),
                new Kind(
                        "encrypted.pem",
                        encrypted(keyDer),
                        DAMAGES,
                        (file, builder) -> builder.identity(chain, file, PASSWORD)),
                new Kind("certificate.der", identity.certificate().getEncoded(), DAMAGES, asChain),
                new Kind(
                        "trusted.pem",
                        Files.readAllBytes(chain),
                        DAMAGES,
                        (file, builder) -> builder.trustedCertificates(file)),
                new Kind(
                        "store.p12",
                        Files.readAllBytes(identity.pkcs12File()),
                        DAMAGED_KEY_STORES,
                        (file, builder) -> builder.keyStore(file, identity.pkcs12Password())));
    }

    private static byte[] encrypted(byte[] key) throws Exception {
        String algorithm = "PBEWithSHA1AndDESede";
        Cipher cipher = Cipher.getInstance(algorithm);
        cipher.init(
                Cipher.ENCRYPT_MODE,
                SecretKeyFactory.getInstance(algorithm).generateSecret(new PBEKeySpec(PASSWORD)),
                new PBEParameterSpec("saltsalt".getBytes(StandardCharsets.US_ASCII), 1000));
        byte[] der = new EncryptedPrivateKeyInfo(cipher.getParameters(), cipher.doFinal(key)).getEncoded();
        String base64 = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
        return ("-----BEGIN ENCRYPTED PRIVATE KEY-----\n" + base64 + "\n-----END ENCRYPTED PRIVATE KEY-----\n")
                .getBytes(StandardCharsets.US_ASCII);
    }

    // ---- what is no such file at all

    @Test
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "has no pipes and devices among its files")
    void whatIsNoKeyFileIsRefusedByNameSoonAndInLittleMemory() throws Exception {
        List<Path> files = new ArrayList<>(List.of(
                Files.createFile(folder.resolve("empty")),
                Files.createDirectory(folder.resolve("directory")),
                folder.resolve("missing"),
                large(),
                pipe(),
                Path.of("/dev/zero"),
                Path.of("/dev/null")));
        for (Path file : files) {
            for (Map.Entry<String, Use> use : uses().entrySet()) {
                String what = file.getFileName() + " as " + use.getKey();
                long allocated =
                        assertTimeoutPreemptively(SOON, () -> refusalAllocates(use.getValue(), file, what), what);
                assertThat(allocated).as("bytes allocated for %s", what).isLessThan(LITTLE_BYTES);
            }
        }
    }

    private Map<String, Use> uses() {
        Map<String, Use> uses = new LinkedHashMap<>();
        uses.put("chain", (file, builder) -> builder.identity(file, identity.keyFile()));
        uses.put("key", (file, builder) -> builder.identity(identity.chainFile(), file));
        uses.put("encrypted key", (file, builder) -> builder.identity(identity.chainFile(), file, PASSWORD));
        uses.put("key store", (file, builder) -> builder.keyStore(file, PASSWORD));
        uses.put("trust", (file, builder) -> builder.trustedCertificates(file));
        uses.put("authorities", (file, builder) -> builder.clientAuthorities(file));
        return uses;
    }

    private static long refusalAllocates(Use use, Path file, String what) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        SecurityContext.Builder builder = SecurityContext.builder();
        try {
            use.of(file, builder);
            builder.build();
            return fail(what + " was taken");
        } catch (IOException refusal) {
            assertThat(refusal).as(what).hasMessageContaining(file.toString());
        }
        return threads.getCurrentThreadAllocatedBytes() - before;
    }

    /** 100 MiB that begin well, and are a hole for the rest. */
    private Path large() throws IOException {
        Path file = Files.copy(identity.chainFile(), folder.resolve("large"));
        try (RandomAccessFile hole = new RandomAccessFile(file.toFile(), "rw")) {
            hole.setLength(100 << 20);
        }
        return file;
    }

    private Path pipe() throws Exception {
        Path pipe = folder.resolve("pipe");
        Process mkfifo = new ProcessBuilder("mkfifo", pipe.toString()).start();
        assertThat(mkfifo.waitFor(10, TimeUnit.SECONDS)).as("mkfifo ends").isTrue();
        return pipe;
    }
}
