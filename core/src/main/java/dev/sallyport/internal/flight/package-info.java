/**
 * The events of the JDK's Flight Recorder. Each class but {@link Flight} writes one kind, and does nothing while nobody
 * records it: the object that is made to ask does not leave the method, so the compiler leaves it out.
 */
@NullMarked
package dev.sallyport.internal.flight;

import org.jspecify.annotations.NullMarked;
