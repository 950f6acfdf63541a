package dev.sallyport.internal.handshake;

import dev.sallyport.internal.tls.ContextEntry;

/**
 * What a client is answered with, and under which rules: its host may have others by the time the handshake is done.
 *
 * @param choice the context, held once for the handshake
 * @param policy the host's own word for the rules
 */
public record ChosenContext(ContextEntry choice, DeliveryPolicy policy) {}
