/** Clients that others wrote. */
@NullMarked
package dev.sallyport.interop;

import org.jspecify.annotations.NullMarked;
