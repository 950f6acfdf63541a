/** What a client says first: collecting one ClientHello, reading it, refusing it. No cryptography, no sockets. */
@NullMarked
package dev.sallyport.internal.hello;

import org.jspecify.annotations.NullMarked;
