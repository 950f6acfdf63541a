package dev.sallyport.internal.keys;

import java.nio.file.Path;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The forms in which an identity can be given. Passwords are copied; a copy is cleared once no reading will need it.
 */
public final class IdentitySources {
    private IdentitySources() {}

    public static ContextSource<Identity> files(Path chain, Path key, char @Nullable [] password) {
        Source chainFile = Source.file(Objects.requireNonNull(chain, "chain"));
        Source keyFile = Source.file(Objects.requireNonNull(key, "key"));
        char[] copy = copy(password);
        return ContextSource.files(
                chainFile.name(), List.of(chain, key), () -> List.of(IdentityReader.read(chainFile, keyFile, copy)));
    }

    public static ContextSource<Identity> bytes(byte[] chain, byte[] key, char @Nullable [] password) {
        Source chainBytes = Source.bytes("certificate chain", Objects.requireNonNull(chain, "chain"));
        Source keyBytes = Source.bytes("private key", Objects.requireNonNull(key, "key"));
        char[] copy = copy(password);
        return ContextSource.given("given as bytes", () -> {
            Identity identity = IdentityReader.read(chainBytes, keyBytes, copy);
            clear(copy);
            return List.of(identity);
        });
    }

    public static ContextSource<Identity> objects(PrivateKey key, X509Certificate... chain) {
        Objects.requireNonNull(key, "key");
        List<X509Certificate> certificates = CertificateSources.copy("identity", "chain", chain);
        return ContextSource.given("given as objects", () -> List.of(IdentityReader.of(key, certificates)));
    }

    public static ContextSource<Identity> keyStoreFile(Path file, char[] password) {
        Source source = Source.file(Objects.requireNonNull(file, "file"));
        char[] copy = Objects.requireNonNull(password, "password").clone();
        return ContextSource.files(source.name(), List.of(file), () -> IdentityReader.readKeyStore(source, copy));
    }

    public static ContextSource<Identity> keyStore(KeyStore store, char @Nullable [] password) {
        Objects.requireNonNull(store, "store");
        char[] copy = copy(password);
        return ContextSource.given("given as a keystore", () -> {
            List<Identity> identities = IdentityReader.fromKeyStore(store, copy);
            clear(copy);
            return identities;
        });
    }

    public static ContextSource<Identity> selfSigned(String... names) {
        for (String name : Objects.requireNonNull(names, "names")) {
            Objects.requireNonNull(name, "a name in names");
        }
        List<String> copy = List.of(names);
        return ContextSource.given("self-signed", () -> List.of(SelfSigned.create(copy)));
    }

    private static char @Nullable [] copy(char @Nullable [] password) {
        return password == null ? null : password.clone();
    }

    private static void clear(char @Nullable [] password) {
        if (password != null) {
            Arrays.fill(password, '\0');
        }
    }
}
