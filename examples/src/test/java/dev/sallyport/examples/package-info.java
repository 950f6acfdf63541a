/** Runs every example, with a client that a user could have. */
@NullMarked
package dev.sallyport.examples;

import org.jspecify.annotations.NullMarked;
