/** Pieces of the library on their own, by JMH. */
@NullMarked
package dev.sallyport.benchmarks.piece;

import org.jspecify.annotations.NullMarked;
