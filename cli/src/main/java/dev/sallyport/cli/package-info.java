/** The program {@code sallyport}: a TLS server to try from a shell. */
@NullMarked
package dev.sallyport.cli;

import org.jspecify.annotations.NullMarked;
