package dev.sallyport.internal.tls;

import dev.sallyport.ClientCertificateCheck;
import dev.sallyport.TlsProvider;
import dev.sallyport.TlsVersion;
import dev.sallyport.internal.keys.Identity;
import dev.sallyport.testkit.TestIdentity;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Key material in the making; what a test does not say is the default. */
final class MaterialRecipe {
    private final List<Identity> identities = new ArrayList<>();
    private final List<X509Certificate> trusted = new ArrayList<>();
    private final List<X509Certificate> clientAuthorities = new ArrayList<>();
    private @Nullable ClientCertificateCheck check;
    private @Nullable ClientCertificateCheck verifier;
    private TlsVersion minimum = TlsVersion.TLS_1_2;
    private TlsVersion maximum = TlsVersion.TLS_1_3;
    private List<String> cipherSuites = List.of();
    private List<String> namedGroups = List.of();
    private @Nullable Consumer<String> keyLog;
    private boolean keyingMaterialExport;

    static MaterialRecipe of(TestIdentity... identities) {
        MaterialRecipe recipe = new MaterialRecipe();
        for (TestIdentity each : identities) {
            recipe.identities.add(new Identity(each.privateKey(), each.chain(), each.name(), each.name(), false));
        }
        return recipe;
    }

    MaterialRecipe trusting(TestIdentity authority) {
        trusted.add(authority.certificate());
        return this;
    }

    MaterialRecipe advertising(TestIdentity authority) {
        clientAuthorities.add(authority.certificate());
        return this;
    }

    MaterialRecipe check(ClientCertificateCheck value) {
        check = value;
        return this;
    }

    MaterialRecipe verifier(ClientCertificateCheck value) {
        verifier = value;
        return this;
    }

    MaterialRecipe versions(TlsVersion lowest, TlsVersion highest) {
        minimum = lowest;
        maximum = highest;
        return this;
    }

    MaterialRecipe cipherSuites(String... names) {
        cipherSuites = List.of(names);
        return this;
    }

    MaterialRecipe namedGroups(String... names) {
        namedGroups = List.of(names);
        return this;
    }

    MaterialRecipe keyLog(Consumer<String> value) {
        keyLog = value;
        return this;
    }

    MaterialRecipe keyingMaterialExport(boolean value) {
        keyingMaterialExport = value;
        return this;
    }

    TlsConfig material() {
        return new TlsConfig(
                identities,
                trusted,
                clientAuthorities,
                null,
                check,
                verifier,
                minimum,
                maximum,
                cipherSuites,
                namedGroups,
                List.of(),
                TlsProvider.AUTO,
                keyLog,
                keyingMaterialExport);
    }
}
