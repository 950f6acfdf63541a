/** From key material to native or JDK contexts, and the two TLS drivers behind one seam. Nothing here touches a socket. */
@NullMarked
package dev.sallyport.internal.tls;

import org.jspecify.annotations.NullMarked;
