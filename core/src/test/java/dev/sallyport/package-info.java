/** Tests of what the public types keep to their package; the packages below have those of what users can see. */
@NullMarked
package dev.sallyport;

import org.jspecify.annotations.NullMarked;
