package dev.sallyport.internal.tls.jsse;

import dev.sallyport.TlsVersion;
import dev.sallyport.internal.hello.ReceivedHello;
import dev.sallyport.internal.keys.Identity;
import dev.sallyport.internal.tls.CipherSuites;
import dev.sallyport.internal.tls.ClientAuth;
import dev.sallyport.internal.tls.ClientCertificateValidation;
import dev.sallyport.internal.tls.TlsConfig;
import dev.sallyport.internal.tls.TlsContext;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * The JDK's TLS for one set of key material: an {@link SSLContext}, whose sessions and ticket keys nobody else shares, so
 * that no session is ever resumed under another policy. Holds nothing native; what the drivers hold of it the garbage
 * collector frees.
 */
public final class JsseContext implements TlsContext {
    private final SSLContext context;
    private final SSLParameters parameters;
    private final @Nullable ClientCertificateValidation validation; // null when clients are not asked for certificates
    private final List<String> protocols;
    private final boolean hasIdentity;
    private final boolean exports;
    private final AtomicInteger holders = new AtomicInteger(1);

    private JsseContext(
            SSLContext context,
            SSLParameters parameters,
            @Nullable ClientCertificateValidation validation,
            List<String> protocols,
            boolean hasIdentity,
            boolean exports) {
        this.context = context;
        this.parameters = parameters;
        this.validation = validation;
        this.protocols = protocols;
        this.hasIdentity = hasIdentity;
        this.exports = exports;
    }

    /**
     * Makes the JDK's context for this material.
     *
     * @param material what to serve with; its own protocols are not looked at
     * @param protocols ALPN protocols in order of preference; empty for none
     * @param clientAuth whether clients are asked for a certificate
     * @throws SSLException when the JDK cannot do what the material asks for; the message names the option
     */
    public static JsseContext of(TlsConfig material, List<String> protocols, ClientAuth clientAuth)
            throws SSLException {
        if (material.keyLog() != null) {
            throw new SSLException("unsafeKeyLog: the jdk provider has none (use the boringssl provider)");
        }
        if (material.keyingMaterialExport()) {
            JsseKeyExporter.checkAvailable();
        }
        ClientCertificateValidation validation = ClientCertificateValidation.of(material);
        SSLContext context = context(material, validation);
        SSLParameters parameters = parameters(context, material, clientAuth);
        JsseContext made = new JsseContext(
                context,
                parameters,
                clientAuth == ClientAuth.NONE ? null : validation,
                List.copyOf(protocols),
                !material.identities().isEmpty(),
                material.keyingMaterialExport());
        made.checkUsable();
        return made;
    }

    @Override
    public JsseDriver newDriver(ReceivedHello hello) throws SSLException {
        if (holders.get() == 0) {
            throw new SSLException("new connection: its context has been released");
        }
        JsseNegotiation negotiation = new JsseNegotiation(protocols, OfferedSchemes.of(hello));
        return new JsseDriver(newEngine(negotiation), negotiation, validation, hasIdentity, exports);
    }

    /** The engine breaks off at names with underscores, or with a dot at the end. */
    @Override
    public boolean takesNameOf(ReceivedHello hello) {
        return hello.hasPlainName();
    }

    /** An object or three for each element of each list: 73 bytes for an ALPN name of one letter (JDK 17). */
    @Override
    public boolean multipliesHello() {
        return true;
    }

    @Override
    public void retain() {
        holders.incrementAndGet();
    }

    /** Nothing native hangs on it; drivers that were made go on. */
    @Override
    public void release() {
        holders.decrementAndGet();
    }

    private SSLEngine newEngine(JsseNegotiation negotiation) throws SSLException {
        SSLEngine engine = context.createSSLEngine();
        engine.setUseClientMode(false);
        engine.setSSLParameters(parameters);
        // always, even without protocols: it is how the key manager finds the negotiation
        engine.setHandshakeApplicationProtocolSelector(negotiation);
        engine.beginHandshake();
        return engine;
    }

    /** An engine refuses to start when the JVM's security properties disable all that is left: now, not at each client. */
    private void checkUsable() throws SSLException {
        newEngine(new JsseNegotiation(protocols, null));
    }

    private static SSLContext context(TlsConfig material, ClientCertificateValidation validation) throws SSLException {
        List<X509Certificate> advertised =
                material.clientAuthorities().isEmpty() ? material.trusted() : material.clientAuthorities();
        ClientTrustManager trust = new ClientTrustManager(validation, advertised);
        for (Identity identity : material.identities()) {
            identity.proveKey();
        }
        IdentityKeyManager keys = IdentityKeyManager.of(material.identities());
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(new KeyManager[] {keys}, new TrustManager[] {trust}, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new SSLException("the JDK has no TLS (" + e.getMessage() + ")", e);
        }
    }

    private static SSLParameters parameters(SSLContext context, TlsConfig material, ClientAuth clientAuth)
            throws SSLException {
        SSLParameters parameters = context.getDefaultSSLParameters();
        parameters.setProtocols(versions(material));
        parameters.setCipherSuites(cipherSuites(context, material));
        parameters.setUseCipherSuitesOrder(true);
        // each setter resets the other, so at most one is called
        switch (clientAuth) {
            case NONE -> {}
            case REQUESTED -> parameters.setWantClientAuth(true);
            case REQUIRED -> parameters.setNeedClientAuth(true);
        }
        JsseNamedGroups.set(context, material, parameters);
        if (material.namedGroups().isEmpty()) {
            parameters.setAlgorithmConstraints(new NoFiniteFields());
        }
        return parameters;
    }

    private static String[] versions(TlsConfig material) {
        return EnumSet.range(material.minimumVersion(), material.maximumVersion()).stream()
                .map(TlsVersion::protocolName)
                .toArray(String[]::new);
    }

    /** A default suite that this JDK lacks is left out; one that was asked for is not. */
    private static String[] cipherSuites(SSLContext context, TlsConfig material) throws SSLException {
        List<String> chosen = CipherSuites.chosen(material);
        Set<String> supported = Set.of(context.getSupportedSSLParameters().getCipherSuites());
        if (material.cipherSuites().isEmpty()) {
            return chosen.stream().filter(supported::contains).toArray(String[]::new);
        }
        for (String name : chosen) {
            if (!supported.contains(name)) {
                throw new SSLException("cipherSuites: this JDK does not have " + name);
            }
        }
        return chosen.toArray(String[]::new);
    }
}
