/** Taking connections by each of the ways there are, and on which threads. */
@NullMarked
package dev.sallyport.accept;

import org.jspecify.annotations.NullMarked;
