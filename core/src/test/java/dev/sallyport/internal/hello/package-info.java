@NullMarked
package dev.sallyport.internal.hello;

import org.jspecify.annotations.NullMarked;
