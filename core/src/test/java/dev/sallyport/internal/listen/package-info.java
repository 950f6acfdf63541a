/** Parts of the listening side that need no socket. */
@NullMarked
package dev.sallyport.internal.listen;

import org.jspecify.annotations.NullMarked;
