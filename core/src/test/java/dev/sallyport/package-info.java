/** Tests of the public API, one file a behaviour. */
@NullMarked
package dev.sallyport;

import org.jspecify.annotations.NullMarked;
