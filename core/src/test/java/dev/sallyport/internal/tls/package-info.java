/** The TLS drivers against a client of the JDK, in memory. What both must do is in the contracts. */
@NullMarked
package dev.sallyport.internal.tls;

import org.jspecify.annotations.NullMarked;
