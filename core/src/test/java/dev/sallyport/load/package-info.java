/** Many clients at once, and hostile ones. */
@NullMarked
package dev.sallyport.load;

import org.jspecify.annotations.NullMarked;
