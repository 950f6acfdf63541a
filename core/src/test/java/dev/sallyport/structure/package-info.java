/** Tests of the code's shape: what is exported, what may use what, what the public API looks like. */
@NullMarked
package dev.sallyport.structure;

import org.jspecify.annotations.NullMarked;
