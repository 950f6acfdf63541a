/** Contexts, the files that they are made of, and the certificates of clients. */
@NullMarked
package dev.sallyport.certificates;

import org.jspecify.annotations.NullMarked;
