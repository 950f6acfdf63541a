/** One established connection: read side, write side, close. One state machine for every driver and wire. */
@NullMarked
package dev.sallyport.internal.connection;

import org.jspecify.annotations.NullMarked;
