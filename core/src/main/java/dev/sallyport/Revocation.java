package dev.sallyport;

import dev.sallyport.internal.keys.ContextSource;
import dev.sallyport.internal.keys.RevocationListReader;
import dev.sallyport.internal.keys.Source;
import dev.sallyport.internal.tls.context.RevocationSource;
import java.net.URI;
import java.nio.file.Path;
import java.security.cert.X509CRL;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * How a server finds out whether a client's certificate was revoked by its issuer: from lists (CRL, RFC 5280 section 5) or
 * by asking a responder (OCSP, RFC 6960). Done by the JDK's own path validation. Immutable.
 *
 * <p>By default every certificate of the path but the trusted one is looked up, and a client is refused not only when one
 * is revoked but also when its status cannot be found out: no list of its issuer, a list past its next update, no answer.
 *
 * <p>A client that resumes a session is not looked up again; its session ends with the ticket, and lists that change
 * ({@link BindOptions.Builder#watchFiles}, {@link SecurityContext#reload}) end all sessions from before.
 */
public final class Revocation {
    private final RevocationSource source;

    private Revocation(RevocationSource source) {
        this.source = source;
    }

    /**
     * Looks certificates up in lists that are read with the context, and again when it is reloaded. Nothing is fetched.
     *
     * @param files one or more, each with one or more lists (PEM or DER); of every issuer in the path
     * @return the way
     */
    public static Revocation lists(Path... files) {
        if (Objects.requireNonNull(files, "files").length == 0) {
            throw new IllegalArgumentException("revocation: no list is given; give at least one");
        }
        List<ContextSource<X509CRL>> sources = new ArrayList<>();
        for (Path file : files) {
            Source source = Source.file(Objects.requireNonNull(file, "a file in files"));
            sources.add(ContextSource.files(source.name(), List.of(file), () -> RevocationListReader.read(source)));
        }
        return new Revocation(new RevocationSource(List.copyOf(sources), false, null, false, false));
    }

    /**
     * Asks, for each certificate, the responder that the certificate names, over plain HTTP. This blocks, on
     * {@link BindOptions#executor()}, for at most the time that the handshake has; the JDK's system properties
     * ({@code com.sun.security.ocsp.timeout}) hold too.
     *
     * @return the way
     */
    public static Revocation ocsp() {
        return new Revocation(new RevocationSource(List.of(), true, null, false, false));
    }

    /**
     * Asks one responder for all certificates; see {@link #ocsp()}.
     *
     * @param responder its address, {@code http} or {@code https}
     * @return the way
     */
    public static Revocation ocsp(URI responder) {
        String scheme = Objects.requireNonNull(responder, "responder").getScheme();
        if (responder.getHost() == null || !("http".equalsIgnoreCase(scheme) || "https".equalsIgnoreCase(scheme))) {
            throw new IllegalArgumentException(
                    "responder is " + responder + "; it must be an http or https address with a host");
        }
        return new Revocation(new RevocationSource(List.of(), true, responder, false, false));
    }

    /** {@return the same, for the client's own certificate only and not for those between it and the trusted one} */
    public Revocation leafOnly() {
        return new Revocation(
                new RevocationSource(source.lists(), source.ocsp(), source.responder(), true, source.allowUnknown()));
    }

    /**
     * {@return the same, but a client whose certificate's status cannot be found out is accepted} Unsafe: an attacker who
     * can keep the answer from the server makes a revoked certificate good.
     */
    public Revocation unsafeAllowUnknown() {
        return new Revocation(
                new RevocationSource(source.lists(), source.ocsp(), source.responder(), source.leafOnly(), true));
    }

    RevocationSource source() {
        return source;
    }
}
