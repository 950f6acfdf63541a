/** Reading and writing a {@code SecureSocket}: blocking, by futures, by flows. */
@NullMarked
package dev.sallyport.streams;

import org.jspecify.annotations.NullMarked;
