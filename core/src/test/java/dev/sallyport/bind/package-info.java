/** Binding: addresses, sharing them, what a bind may be given, and the life of what it gives. */
@NullMarked
package dev.sallyport.bind;

import org.jspecify.annotations.NullMarked;
