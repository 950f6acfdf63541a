package dev.sallyport.internal.tls.context;

import dev.sallyport.internal.keys.ContextSource;
import dev.sallyport.internal.tls.RevocationPolicy;
import java.io.IOException;
import java.net.URI;
import java.security.cert.X509CRL;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How revocation is found out, before its lists are read.
 *
 * @param lists where the lists come from; empty for OCSP
 * @param ocsp whether responders are asked
 * @param responder the one responder, or null for those that the certificates name
 * @param leafOnly whether only the client's own certificate is looked up
 * @param allowUnknown whether no answer is a good one
 */
public record RevocationSource(
        List<ContextSource<X509CRL>> lists,
        boolean ocsp,
        @Nullable URI responder,
        boolean leafOnly,
        boolean allowUnknown) {
    RevocationPolicy read() throws IOException {
        List<X509CRL> read = new ArrayList<>();
        for (ContextSource<X509CRL> list : lists) {
            read.addAll(list.read());
        }
        return new RevocationPolicy(read, ocsp, responder, leafOnly, allowUnknown);
    }
}
