/** Descriptors and channels on event loops: recv, send, readiness, socket options. One implementation per transport; nothing here knows TLS. */
@NullMarked
package dev.sallyport.internal.wire;

import org.jspecify.annotations.NullMarked;
