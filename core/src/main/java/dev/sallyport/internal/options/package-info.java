/** Values of options, and whether they are in range: what is wrong is said with the option, the value and what to do. */
@NullMarked
package dev.sallyport.internal.options;

import org.jspecify.annotations.NullMarked;
