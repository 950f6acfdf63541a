package dev.sallyport.cli;

import dev.sallyport.BindOptions;
import dev.sallyport.SecurityContext;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What the server proves to be. */
final class IdentityOptions {
    @Option(names = "--cert", paramLabel = "FILE", description = "Certificate chain, leaf first; needs --key.")
    @Nullable Path cert;

    @Option(names = "--key", paramLabel = "FILE", description = "Private key of the certificate.")
    @Nullable Path key;

    @Option(
            names = "--key-password-file",
            paramLabel = "FILE",
            description = "Holds the key's password; a newline at its end does not count.")
    @Nullable Path keyPasswordFile;

    @Option(names = "--keystore", paramLabel = "FILE", description = "PKCS#12 file, instead of --cert and --key.")
    @Nullable Path keystore;

    @Option(names = "--keystore-password-file", paramLabel = "FILE", description = "Holds the key store's password.")
    @Nullable Path keystorePasswordFile;

    @Option(
            names = "--sni",
            paramLabel = "NAME=CERT,KEY",
            description =
                    "Another certificate for clients that ask for this host name; *.example.com for any one label."
                            + " May be repeated.")
    Map<String, String> sni = new LinkedHashMap<>();

    @Option(
            names = "--watch",
            description = "Read the certificates again when their files change; what cannot be used changes nothing.")
    boolean watch;

    void check() {
        if (cert != null && key == null) {
            throw new UsageException("--cert needs --key FILE, the private key of the certificate");
        }
        if (key != null && cert == null) {
            throw new UsageException("--key needs --cert FILE, the certificate of the key");
        }
        if (keystore != null && cert != null) {
            throw new UsageException("--keystore and --cert both say who the server is; give one of them");
        }
        if (keyPasswordFile != null && key == null) {
            throw new UsageException("--key-password-file needs --key FILE, the key that it opens");
        }
        if (keystorePasswordFile != null && keystore == null) {
            throw new UsageException("--keystore-password-file needs --keystore FILE, the key store that it opens");
        }
        if (watch && cert == null && keystore == null && sni.isEmpty()) {
            throw new UsageException("--watch has no file to watch; give --cert and --key, --keystore or --sni");
        }
        sni.forEach((name, files) -> {
            if (files.split(",", -1).length != 2) {
                throw new UsageException("--sni " + name + "=" + files
                        + ": needs the certificate's file, a comma and the key's file, as --sni NAME=CERT,KEY");
            }
        });
    }

    void configure(BindOptions.Builder options) {
        options.watchFiles(watch);
    }

    /** Adds the contexts of the names, which are to have the settings of the main one. */
    void addNames(SecurityContext.Builder context, Consumer<SecurityContext.Builder> settings) throws IOException {
        for (Map.Entry<String, String> name : sni.entrySet()) {
            String[] files = name.getValue().split(",", -1);
            SecurityContext.Builder named = SecurityContext.builder().identity(Path.of(files[0]), Path.of(files[1]));
            settings.accept(named);
            context.forServerName(name.getKey(), named.build());
        }
    }

    /** {@return a context with this identity; with none given, with a certificate made now, for {@code address}} */
    SecurityContext.Builder context(String address) throws IOException {
        if (cert != null && key != null) {
            return withPassword(keyPasswordFile, SecurityContext.builder(), cert, key);
        }
        if (keystore != null) {
            char[] password = keystorePasswordFile == null ? new char[0] : PasswordFile.read(keystorePasswordFile);
            SecurityContext.Builder builder = SecurityContext.builder().keyStore(keystore, password);
            Arrays.fill(password, '\0');
            return builder;
        }
        return SecurityContext.selfSigned(developmentNames(address)).toBuilder();
    }

    private static SecurityContext.Builder withPassword(
            @Nullable Path passwordFile, SecurityContext.Builder builder, Path cert, Path key) throws IOException {
        if (passwordFile == null) {
            return builder.identity(cert, key);
        }
        char[] password = PasswordFile.read(passwordFile);
        builder.identity(cert, key, password);
        Arrays.fill(password, '\0');
        return builder;
    }

    /** One line that says which certificate clients will see. */
    String description(String address) {
        if (cert != null) {
            return cert.toString();
        }
        if (keystore != null) {
            return keystore.toString();
        }
        return "for development, made for this run: " + String.join(", ", developmentNames(address));
    }

    private static String[] developmentNames(String address) {
        Set<String> names = new LinkedHashSet<>();
        String bare = ListenAddress.withoutBrackets(address);
        boolean usual = "localhost".equals(bare) || ListenAddress.isAny(bare);
        if (!usual && ListenAddress.isNameOrAddress(bare)) {
            names.add(bare.replaceFirst("%.*", "")); // a zone means something on this machine only
        }
        names.add("localhost");
        names.add("127.0.0.1");
        names.add("::1");
        return names.toArray(String[]::new);
    }
}
