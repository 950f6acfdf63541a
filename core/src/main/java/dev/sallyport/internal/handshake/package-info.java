/** From an accepted descriptor to a finished handshake: admission, deadline, ClientHello, cryptography, outcome. */
@NullMarked
package dev.sallyport.internal.handshake;

import org.jspecify.annotations.NullMarked;
