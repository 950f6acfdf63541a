/** The documents say what the code does. */
@NullMarked
package dev.sallyport.documents;

import org.jspecify.annotations.NullMarked;
