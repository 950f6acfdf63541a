package dev.sallyport.internal.handshake;

import dev.sallyport.ClientHello;

/**
 * What was read of a ClientHello.
 *
 * @param client what users are told of it
 * @param extendedMasterSecret whether it offers the extended master secret (RFC 7627)
 */
record ReceivedHello(ClientHello client, boolean extendedMasterSecret) {}
