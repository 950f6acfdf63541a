/** What BoringSSL's driver adds to the contracts. */
@NullMarked
package dev.sallyport.internal.tls.boringssl;

import org.jspecify.annotations.NullMarked;
