/** What the benchmarks start: the servers that are compared, each as a process of its own. */
@NullMarked
package dev.sallyport.benchmarks;

import org.jspecify.annotations.NullMarked;
