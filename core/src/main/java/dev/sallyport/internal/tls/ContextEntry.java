package dev.sallyport.internal.tls;

import dev.sallyport.internal.hello.ProtocolSet;
import java.util.List;

/**
 * What a client is answered with.
 *
 * @param context the context
 * @param protocols the ALPN protocols it was made with
 * @param protocolSet the same, to look for
 * @param validationMayBlock whether validating a client's certificate runs code of the user, or asks the network
 */
public record ContextEntry(
        TlsContext context, List<String> protocols, ProtocolSet protocolSet, boolean validationMayBlock) {}
