/** One annotation runs a test over transports, providers and TLS versions. */
@NullMarked
package dev.sallyport.matrix;

import org.jspecify.annotations.NullMarked;
