package dev.sallyport.internal.listen;

import dev.sallyport.internal.tls.ClientAuth;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a client has been checked against by the time its handshake is under way. Only a handle with an equal policy may
 * deliver the connection: a strict one never delivers what a lax one let in.
 *
 * @param context the security context, compared by identity
 * @param clientAuth whether certificates are asked for
 * @param protocols the handle's own protocols, or null
 * @param requireProtocol whether one had to be agreed on
 */
record Policy(
        Object context, ClientAuth clientAuth, @Nullable List<String> protocols, boolean requireProtocol) {}
