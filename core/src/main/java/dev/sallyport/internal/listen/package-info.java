/** One OS listening socket, the handles that share it, and who gets the next connection. */
@NullMarked
package dev.sallyport.internal.listen;

import org.jspecify.annotations.NullMarked;
