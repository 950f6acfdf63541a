/** Host names and numeric addresses as text: read strictly, without asking anybody, and what is wrong with others. */
@NullMarked
package dev.sallyport.internal.names;

import org.jspecify.annotations.NullMarked;
