/** TLS server sockets: bind a port, accept connections that have finished their handshake. */
@NullMarked
package dev.sallyport;

import org.jspecify.annotations.NullMarked;
