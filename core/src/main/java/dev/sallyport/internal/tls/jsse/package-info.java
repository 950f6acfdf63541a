/** TLS by the JDK's engine. */
@NullMarked
package dev.sallyport.internal.tls.jsse;

import org.jspecify.annotations.NullMarked;
