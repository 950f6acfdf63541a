/** How one direction, a connection and a server come to their end. */
@NullMarked
package dev.sallyport.ending;

import org.jspecify.annotations.NullMarked;
