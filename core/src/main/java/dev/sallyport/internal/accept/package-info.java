/** How a server's user takes its connections: calls that wait, a handler on threads, a publisher, a handler on the loop. */
@NullMarked
package dev.sallyport.internal.accept;

import org.jspecify.annotations.NullMarked;
