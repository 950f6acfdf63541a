/** The raw layer and its events. */
@NullMarked
package dev.sallyport.raw;

import org.jspecify.annotations.NullMarked;
