/** TLS by BoringSSL: native contexts and connections, each with one owner. */
@NullMarked
package dev.sallyport.internal.tls.boringssl;

import org.jspecify.annotations.NullMarked;
