package dev.sallyport.internal.listen;

import dev.sallyport.internal.handshake.DeliveryPolicy;
import dev.sallyport.internal.tls.ClientAuth;
import dev.sallyport.internal.tls.context.LoadedContext;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is settled about a connection by the time its handshake is under way, and cannot be done anew: what the client has
 * been checked against, and what the system was told. Only a handle with an equal policy may deliver the connection: a strict
 * one never delivers what a lax one let in. All other options of the handle that delivers it are applied by {@link HandOver}.
 *
 * @param context the security context, compared by identity
 * @param clientAuth whether certificates are asked for
 * @param protocols the handle's own protocols, or null
 * @param requireProtocol whether one had to be agreed on
 * @param accepted the options of its socket
 */
record ClientPolicy(
        LoadedContext context,
        ClientAuth clientAuth,
        @Nullable List<String> protocols,
        boolean requireProtocol,
        AcceptedOptions accepted)
        implements DeliveryPolicy {}
