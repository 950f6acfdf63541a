package dev.sallyport.internal.tls;

import java.util.List;

/**
 * What a client is answered with.
 *
 * @param context the context
 * @param protocols the ALPN protocols it was made with
 * @param runsUserCode whether verifying a client certificate runs code of the user
 */
public record ContextChoice(TlsContext context, List<String> protocols, boolean runsUserCode) {}
