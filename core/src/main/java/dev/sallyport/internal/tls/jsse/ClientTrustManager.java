package dev.sallyport.internal.tls.jsse;

import dev.sallyport.internal.tls.ClientCertificateValidation;
import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * {@link ClientCertificateValidation} as the JDK wants it. The engine calls it in a delegated task, so without the
 * connection's lock. Immutable; any thread.
 */
final class ClientTrustManager extends X509ExtendedTrustManager {
    private final ClientCertificateValidation validation;
    private final List<X509Certificate> advertised;

    /**
     * @param validation what decides
     * @param advertised whose subjects are sent to clients, so that they know which certificate to present
     */
    ClientTrustManager(ClientCertificateValidation validation, List<X509Certificate> advertised) {
        this.validation = validation;
        this.advertised = advertised;
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, @Nullable SSLEngine engine)
            throws CertificateException {
        JsseNegotiation negotiation = engine == null ? null : JsseNegotiation.of(engine);
        if (negotiation != null) {
            negotiation.judgeCertificate();
        }
        validation.validate(chain, authType);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, @Nullable Socket socket)
            throws CertificateException {
        validation.validate(chain, authType);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        validation.validate(chain, authType);
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return advertised.toArray(X509Certificate[]::new);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, @Nullable SSLEngine engine)
            throws CertificateException {
        throw notForServers();
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, @Nullable Socket socket)
            throws CertificateException {
        throw notForServers();
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        throw notForServers();
    }

    private static CertificateException notForServers() {
        return new CertificateException("server certificate: this context is for servers and trusts none");
    }
}
