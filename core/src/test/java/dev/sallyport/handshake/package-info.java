/** What a client and a server agree on before the first byte, and how they fail to. */
@NullMarked
package dev.sallyport.handshake;

import org.jspecify.annotations.NullMarked;
