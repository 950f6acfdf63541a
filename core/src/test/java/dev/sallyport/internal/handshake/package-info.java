@NullMarked
package dev.sallyport.internal.handshake;

import org.jspecify.annotations.NullMarked;
