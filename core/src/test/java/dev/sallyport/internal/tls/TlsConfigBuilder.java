package dev.sallyport.internal.tls;

import dev.sallyport.ClientCertificateCheck;
import dev.sallyport.TlsVersion;
import dev.sallyport.internal.keys.Identity;
import dev.sallyport.internal.tls.context.ContextSpec;
import dev.sallyport.testkit.TestIdentity;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Makes configurations without files, and unchecked; what a test does not say is the default of {@link ContextSpec}. */
final class TlsConfigBuilder {
    private final ContextSpec spec = new ContextSpec();
    private final List<Identity> identities = new ArrayList<>();
    private final List<X509Certificate> trusted = new ArrayList<>();
    private final List<X509Certificate> clientAuthorities = new ArrayList<>();

    static TlsConfigBuilder of(TestIdentity... identities) {
        TlsConfigBuilder builder = new TlsConfigBuilder();
        for (TestIdentity each : identities) {
            builder.identities.add(new Identity(each.privateKey(), each.chain(), each.name(), each.name(), false));
        }
        return builder;
    }

    TlsConfigBuilder trusting(TestIdentity authority) {
        trusted.add(authority.certificate());
        return this;
    }

    TlsConfigBuilder advertising(TestIdentity authority) {
        clientAuthorities.add(authority.certificate());
        return this;
    }

    TlsConfigBuilder check(ClientCertificateCheck value) {
        spec.check = value;
        return this;
    }

    TlsConfigBuilder verifier(ClientCertificateCheck value) {
        spec.verifier = value;
        return this;
    }

    TlsConfigBuilder versions(TlsVersion lowest, TlsVersion highest) {
        spec.minimumVersion = lowest;
        spec.maximumVersion = highest;
        return this;
    }

    TlsConfigBuilder cipherSuites(String... names) {
        spec.cipherSuites = List.of(names);
        return this;
    }

    TlsConfigBuilder namedGroups(String... names) {
        spec.namedGroups = List.of(names);
        return this;
    }

    TlsConfigBuilder keyLog(Consumer<String> value) {
        spec.keyLog = value;
        return this;
    }

    TlsConfig build() {
        return spec.config(identities, trusted, clientAuthorities, null);
    }
}
