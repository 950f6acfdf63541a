@NullMarked
package dev.sallyport.internal.wire;

import org.jspecify.annotations.NullMarked;
