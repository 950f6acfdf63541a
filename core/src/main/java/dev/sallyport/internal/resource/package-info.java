/** What is lent and has to come back: buffers outside of the heap, and the count of all that the library holds. */
@NullMarked
package dev.sallyport.internal.resource;

import org.jspecify.annotations.NullMarked;
