/** Bytes of an established connection as streams: blocking, by futures and by {@link java.util.concurrent.Flow}. */
@NullMarked
package dev.sallyport.internal.stream;

import org.jspecify.annotations.NullMarked;
