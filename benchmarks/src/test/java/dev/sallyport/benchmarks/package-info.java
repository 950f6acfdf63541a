/** What the benchmarks would find too late: allocation, which says the same on every machine. */
@NullMarked
package dev.sallyport.benchmarks;

import org.jspecify.annotations.NullMarked;
