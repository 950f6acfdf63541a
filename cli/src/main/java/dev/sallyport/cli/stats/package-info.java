/** The program's numbers over plain HTTP, for Prometheus and for a browser. */
@NullMarked
package dev.sallyport.cli.stats;

import org.jspecify.annotations.NullMarked;
