/**
 * Files and bytes to keys and certificate chains. {@link dev.sallyport.internal.keys.IdentityReader} and
 * {@link dev.sallyport.internal.keys.CertificateReader} are the ways in; nothing here knows of TLS.
 *
 * <p>The way of a file: {@code Source} (bytes) to {@code PemBlocks} (PEM blocks, or one binary block) to {@code KeyReader},
 * {@code CertificateReader} or {@code KeyStoreReader}, and last {@code IdentityCheck}. All of it is stateless and may be
 * called from any thread.
 */
@NullMarked
package dev.sallyport.internal.keys;

import org.jspecify.annotations.NullMarked;
