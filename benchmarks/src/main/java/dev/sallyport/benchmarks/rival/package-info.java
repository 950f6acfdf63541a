/** The servers that are compared. All do the same work, each as its own experts would have it do that. */
@NullMarked
package dev.sallyport.benchmarks.rival;

import org.jspecify.annotations.NullMarked;
