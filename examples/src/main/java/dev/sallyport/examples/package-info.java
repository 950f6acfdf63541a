/** One file a task, written against nothing but the exported package. */
@NullMarked
package dev.sallyport.examples;

import org.jspecify.annotations.NullMarked;
