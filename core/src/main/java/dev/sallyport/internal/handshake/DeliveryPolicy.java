package dev.sallyport.internal.handshake;

/**
 * A host's own word for the rules under which a client was let in. A handshake carries it to the connection, and does not look
 * into it; hosts compare it by {@code equals} when a connection changes its host.
 */
public interface DeliveryPolicy {}
