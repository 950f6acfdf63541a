/** Which context a client is answered with: what is made from files and options, for both providers. */
@NullMarked
package dev.sallyport.internal.tls.context;

import org.jspecify.annotations.NullMarked;
