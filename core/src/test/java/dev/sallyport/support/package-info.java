/** What the tests of several subjects share. */
@NullMarked
package dev.sallyport.support;

import org.jspecify.annotations.NullMarked;
