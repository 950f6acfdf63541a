/** The numbers of a server as meters of Micrometer. */
@NullMarked
package dev.sallyport.micrometer;

import org.jspecify.annotations.NullMarked;
